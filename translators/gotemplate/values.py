"""Go's values in Python: which Python object stands for which Go type.

======================  =========================================================================
Go                      here
======================  =========================================================================
string                  str; a named string type is a subclass of it (HTML, URL, JS ...)
bool                    bool
int, float64            int, float; other number types are subclasses (Int64, Uint8, Duration ...)
[]T, map[K]V            Slice and Map, one subclass for each type
struct, pointer to it   Struct
*int, *int64            Pointer
no value at all         None ("<no value>" in text)
nil inside any          NIL
======================  =========================================================================

Their truth is Go's truth, so that `if`, `and` and `or` need no translation. Methods and fields a
template may reach are those listed in `go_methods` and `fields`, nothing else of the Python object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

ANY = "interface {}"
VALUE = "reflect.Value"
"""A parameter of this type takes whatever comes: the built-in functions look at it themselves."""


class Method(NamedTuple):
    """A method or function as a template may call it.

    `params` are Go type names; with `variadic` the last one repeats.
    """

    call: Callable[..., Any]
    params: tuple[str, ...] = ()
    variadic: bool = False


class _Nil:
    """The nil that an element of type any holds. Unlike None, it has a type: interface {}."""

    __slots__ = ()
    go_type = ANY
    kind = "interface"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NIL"


NIL = _Nil()


class Slice(list[Any]):
    """A Go slice; `element` is the type of its elements. A nil slice is an empty one here."""

    go_type: ClassVar[str] = "[]interface {}"
    element: ClassVar[str] = ANY
    kind: ClassVar[str] = "slice"
    go_methods: ClassVar[Mapping[str, Method]] = {}
    __slots__ = ()


class StringSlice(Slice):
    go_type = "[]string"
    element = "string"
    __slots__ = ()


class ByteSlice(Slice):
    go_type = "[]uint8"
    element = "uint8"
    __slots__ = ()


class Map(dict[Any, Any]):
    """A Go map; `zero` is what a missing key gives. `is_nil` marks the map that was never made."""

    go_type: ClassVar[str] = "map[string]interface {}"
    key: ClassVar[str] = "string"
    element: ClassVar[str] = ANY
    zero: ClassVar[Any] = NIL
    kind: ClassVar[str] = "map"
    go_methods: ClassVar[Mapping[str, Method]] = {}
    is_nil = False


class AnyKeyMap(Map):
    """What a YAML mapping with keys other than strings decodes to."""

    go_type = "map[interface {}]interface {}"
    key = ANY


class FloatMap(Map):
    go_type = "map[string]float64"
    element = "float64"
    zero = 0.0


class StringMap(Map):
    go_type = "map[string]string"
    element = "string"
    zero = ""


class Struct:
    """A Go struct, seen through a pointer when `pointer` is true.

    `layout` lists (field, Go type) in Go's order, `json` (field, key, left out when empty),
    `hidden` (field, value) of those that a template cannot reach and that print all the same.
    A field's value is in `fields`.
    """

    go_name: ClassVar[str] = "struct {}"
    layout: ClassVar[tuple[tuple[str, str], ...]] = ()
    hidden: ClassVar[tuple[tuple[str, Any], ...]] = ()
    json: ClassVar[tuple[tuple[str, str, bool], ...]] = ()
    pointer: ClassVar[bool] = False
    go_methods: ClassVar[Mapping[str, Method]] = {}
    __slots__ = ("fields",)

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    @property
    def go_type(self) -> str:
        return "*" + self.go_name if self.pointer else self.go_name

    @property
    def kind(self) -> str:
        return "ptr" if self.pointer else "struct"

    def members(self) -> list[tuple[str, Any]]:
        """(field, value) of every field, in Go's order: what prints."""
        return [*((name, self.fields[name]) for name, _ in self.layout), *self.hidden]

    def __eq__(self, other: object) -> bool:
        if self.pointer:
            return self is other
        return type(self) is type(other) and self.fields == other.fields

    def __hash__(self) -> int:
        return id(self)


class Pointer:
    """A pointer to a number, nil when `target` is None."""

    kind: ClassVar[str] = "ptr"
    go_methods: ClassVar[Mapping[str, Method]] = {}
    __slots__ = ("go_type", "target")

    def __init__(self, go_type: str, target: Any) -> None:
        self.go_type = go_type
        self.target = target

    def __bool__(self) -> bool:
        return self.target is not None


class Int64(int):
    go_type = "int64"
    __slots__ = ()


class Int32(int):
    go_type = "int32"
    __slots__ = ()


class Uint8(int):
    go_type = "uint8"
    __slots__ = ()


class Uint64(int):
    go_type = "uint64"
    __slots__ = ()


class Literal:
    """A number written in the template, given to a method whose parameter decides its type."""

    __slots__ = ("floating", "integer", "text")

    def __init__(self, text: str, integer: int | None, floating: float | None) -> None:
        self.text = text
        self.integer = integer
        self.floating = floating

    @property
    def value(self) -> Any:
        if self.integer is not None and not _looks_floating(self.text):
            return self.integer
        return self.floating


def _looks_floating(text: str) -> bool:
    if text.startswith("'") or (text[:2].lower() == "0x" and not set(text) & set("pP")):
        return False
    return bool(set(text) & set(".eEpP"))


_BASIC = {
    str: ("string", "string"),
    bool: ("bool", "bool"),
    int: ("int", "int"),
    float: ("float64", "float"),
    complex: ("complex128", "complex"),
    type(None): ("<nil>", "invalid"),
}


def type_name(value: Any) -> str:
    """The Go type of a value, as %T prints it."""
    basic = _BASIC.get(value.__class__)
    return basic[0] if basic else str(value.go_type)


def kind(value: Any) -> str:
    """The Go kind: bool, int, uint, float, complex, string, slice, map, struct, ptr, interface or
    invalid."""
    basic = _BASIC.get(value.__class__)
    if basic:
        return basic[1]
    if isinstance(value, int):
        return "uint" if value.go_type.startswith("uint") else "int"  # type: ignore[attr-defined]
    if isinstance(value, str):
        return "string"
    return str(value.kind)


def kept(value: Any) -> Any:
    """A value as an element of type any."""
    return NIL if value is None else value


def indirect(value: Any) -> tuple[Any, bool]:
    """(what a pointer points to, whether that is nil)."""
    if value is NIL:
        return value, True
    if isinstance(value, Pointer):
        return (value, True) if value.target is None else (value.target, False)
    return value, False
