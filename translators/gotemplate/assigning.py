"""Which value a parameter of a Go type takes, and what Go says of one that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from translators.gotemplate.errors import GoError
from translators.gotemplate.values import (
    ANY,
    NIL,
    VALUE,
    Int32,
    Int64,
    Literal,
    Map,
    Pointer,
    Slice,
    StringSlice,
    type_name,
)

_UNNAMED = ("[]", "map[", "*", "func(")


_UNDERLYING = {
    "template.KV": "map[string]string",
    "template.Strings": "[]string",
    "template.Pairs": "[]template.Pair",
    "template.Alerts": "[]template.Alert",
    "templates.ExtendedAlerts": "[]templates.ExtendedAlert",
}


_NULLABLE = ("[]", "map[", "*", "func(", "interface")


def can_be_nil(go_type: str) -> bool:
    return go_type.startswith(_NULLABLE) or go_type in _UNDERLYING or go_type == VALUE


def assignable(value: Any, go_type: str) -> bool:
    """Whether Go assigns the value to a variable of the type without a conversion."""
    own = type_name(value)
    if go_type == "fmt.Stringer":
        return not own.startswith(_UNNAMED) and "String" in getattr(value, "go_methods", ())
    return own == go_type or _is_same(own, go_type)


@lru_cache(maxsize=1024)
def _is_same(own: str, go_type: str) -> bool:
    """Whether one type takes the other's values."""
    if go_type == ANY:
        return True
    if own.startswith(_UNNAMED) or go_type.startswith(_UNNAMED):
        return _UNDERLYING.get(own, own) == _UNDERLYING.get(go_type, go_type)
    return False


def checked(value: Any, go_type: str, node: int | None) -> Any:
    """The value as an argument of the type. GoError when Go would refuse it."""
    if go_type in (VALUE, ANY):
        return None if value is NIL and go_type == ANY else value
    if value is None:
        if can_be_nil(go_type):
            return zero_of(go_type)
        raise GoError(f"invalid value; expected {go_type}", node)
    if assignable(value, go_type):
        return value
    if isinstance(value, Pointer) and value.go_type == "*" + go_type:
        if value.target is None:
            raise GoError(f"dereference of nil pointer of type {go_type}", node)
        return value.target
    raise GoError(f"wrong type for value; expected {go_type}; got {type_name(value)}", node)


def zero_of(go_type: str) -> Any:
    """The nil of a type that has one."""
    if go_type in ("[]string", "template.Strings"):
        return StringSlice()
    if go_type.startswith("[]"):
        return Slice()
    if go_type.startswith("map["):
        empty = Map()
        empty.is_nil = True
        return empty
    return None


def constant(literal: Literal, go_type: str, node: int | None) -> Any:
    """A number literal as an argument of the type."""
    if go_type in (ANY, VALUE):
        return literal.value
    if go_type in ("float64", "float32"):
        if literal.floating is None:
            raise GoError(f"expected float; found {literal.text}", node)
        return literal.floating
    if go_type in _INTEGERS:
        if literal.integer is None:
            raise GoError(f"expected integer; found {literal.text}", node)
        return _INTEGERS[go_type](literal.integer)
    if go_type == "string":
        raise GoError(f"expected string; found {literal.text}", node)
    if go_type == "bool":
        raise GoError(f"expected bool; found {literal.text}", node)
    raise GoError(f"can't handle {literal.text} for arg of type {go_type}", node)


_INTEGERS: dict[str, Callable[[int], int]] = {"int": int, "int64": Int64, "int32": Int32}


def register_integer(go_type: str, make: Callable[[int], int]) -> None:
    """Makes literals usable for parameters of a named integer type."""
    _INTEGERS[go_type] = make


def is_integer(go_type: str) -> bool:
    """Whether a parameter of the type takes an integer literal."""
    return go_type in _INTEGERS
