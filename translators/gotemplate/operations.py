"""What a template does to Go values: fields, methods, index, slice, comparison, range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.errors import GoError
from translators.gotemplate.formatting import sorted_keys, sprint, sprintf, text
from translators.gotemplate.quoting import byte_length, from_bytes, to_bytes
from translators.gotemplate.values import (
    NIL,
    Literal,
    Map,
    Method,
    Slice,
    Struct,
    Uint8,
    assignable,
    checked,
    constant,
    indirect,
    kind,
    type_name,
)


def field(value: Any, name: str, node: int) -> Any:
    """value.name without arguments: a method's result, a struct's field or a map's element."""
    methods = getattr(value, "go_methods", None)
    if methods is not None:
        method = methods.get(name)
        if method is not None:
            return invoke(method, name, [value], node, (node,))
        if isinstance(value, Struct):
            try:
                return value.fields[name]
            except KeyError:
                pass
        elif isinstance(value, Map):
            return value.get(name, value.zero)
    elif value is None:
        return None
    elif value is NIL:
        raise GoError(f"nil pointer evaluating interface {{}}.{name}", node)
    raise GoError(f"can't evaluate field {name} in type {_seen_as(value)}", node)


def get(value: Any, node: int, *names: str) -> Any:
    """A chain of fields whose value a pipeline goes on with."""
    for name in names:
        value = field(value, name, node)
    return None if value is NIL else value


def arg(value: Any, node: int, *names: str) -> Any:
    """A chain of fields as an argument: a nil inside an `any` stays a nil of that type."""
    for name in names:
        value = field(value, name, node)
    return value


def call(args: list[Any], node: int, owner: int, name: str, *arg_nodes: int) -> Any:
    """A method with arguments; `args[0]` is what it belongs to, `owner` where that was found."""
    value = args[0]
    if value is None:
        return None
    if value is NIL:
        raise GoError(f"nil pointer evaluating interface {{}}.{name}", owner)
    method = getattr(value, "go_methods", {}).get(name)
    if method is not None:
        result = invoke(method, name, args, node, (owner, *arg_nodes))
        return None if result is NIL else result
    if isinstance(value, Struct) and name in value.fields:
        raise GoError(f"{name} has arguments but cannot be invoked as function", owner)
    if isinstance(value, Map):
        raise GoError(f"{name} is not a method but has arguments", owner)
    raise GoError(f"can't evaluate field {name} in type {_seen_as(value)}", owner)


def _seen_as(value: Any) -> str:
    """The type Go knows a value by: a namespace of functions is only known as an interface."""
    return getattr(value, "seen_as", None) or type_name(value)


def invoke(
    method: Method, name: str, args: list[Any], node: int, arg_nodes: tuple[int, ...]
) -> Any:
    """Calls a method on `args[0]` with the rest, each checked against its parameter."""
    given = len(args) - 1
    params = method.params
    if method.variadic:
        if given < len(params) - 1:
            wanted = len(params) - 1
            raise GoError(
                f"wrong number of args for {name}: want at least {wanted} got {given}", arg_nodes[0]
            )
    elif given != len(params):
        raise GoError(
            f"wrong number of args for {name}: want {len(params)} got {given}", arg_nodes[0]
        )
    converted = [args[0]]
    for index in range(given):
        go_type = params[index] if index < len(params) else params[-1]
        value = args[index + 1]
        place = arg_nodes[index + 1] if index + 1 < len(arg_nodes) else node
        make = constant if isinstance(value, Literal) else checked
        try:
            converted.append(make(value, go_type, place))
        except GoError as error:
            error.of_argument = True
            raise
    try:
        return method.call(*converted)
    except GoError as error:
        raise _called(error, name, node) from None


def _called(error: GoError, name: str, node: int | None) -> GoError:
    if type(error) is not GoError:
        return error
    if error.message.startswith(("function ", "invalid function signature")):
        return GoError(error.message, node)
    return GoError(f"error calling {name}: {error.message}", node)


def length(value: Any) -> int:
    """len: of a string in bytes."""
    if value.__class__ is str:
        return byte_length(value)
    if isinstance(value, (list, dict)):
        return len(value)
    if value is None:
        raise GoError("reflect: call of reflect.Value.Type on zero Value")
    value, is_nil = indirect(value)
    if is_nil:
        raise GoError("len of nil pointer")
    if isinstance(value, str):
        return byte_length(value)
    raise GoError(f"len of type {_pointee(value)}")


def _position(value: Any, size: int, inclusive: bool = False) -> int:
    """An index into something of that size; a slice may end at the size itself."""
    if value is None or value is NIL:
        raise GoError("cannot index slice/array with nil")
    if kind(value) not in ("int", "uint"):
        raise GoError(f"cannot index slice/array with type {type_name(value)}")
    if value < 0 or value > size:
        raise GoError(f"index out of range: {int(value)}")
    return int(value)


def index(item: Any, *indexes: Any) -> Any:
    """index item 1 "a" …"""
    if item is None or item is NIL:
        raise GoError("index of untyped nil")
    for position in indexes:
        if item is None:
            raise GoError("index of nil pointer")
        item, is_nil = indirect(item)
        if is_nil:
            raise GoError("index of nil pointer")
        if isinstance(item, Slice):
            at = _position(position, len(item))
            if at == len(item):
                raise GoError("reflect: slice index out of range")
            item = item[at]
        elif isinstance(item, str):
            data = to_bytes(item)
            at = _position(position, len(data))
            if at == len(data):
                raise GoError("reflect: string index out of range")
            item = Uint8(data[at])
        elif isinstance(item, Map):
            item = item.get(_key(position, item), item.zero)
        else:
            raise GoError(f"can't index item of type {_pointee(item)}")
    return None if item is NIL else item


def _key(value: Any, mapping: Map) -> Any:
    """A value as a key of the map."""
    if value is None or value is NIL:
        if mapping.key.startswith("interface"):
            return None
        raise GoError(f"value is nil; should be of type {mapping.key}")
    if not assignable(value, mapping.key):
        raise GoError(f"value has type {type_name(value)}; should be {mapping.key}")
    if isinstance(value, (list, dict)):
        raise GoError(f"runtime error: hash of unhashable type {type_name(value)}")
    return value


def cut(item: Any, *indexes: Any) -> Any:
    """slice item from to cap."""
    if item is None or item is NIL:
        raise GoError("slice of untyped nil")
    item, is_nil = indirect(item)
    if is_nil:
        raise GoError("slice of nil pointer")
    if len(indexes) > 3:
        raise GoError(f"too many slice indexes: {len(indexes)}")
    if isinstance(item, str):
        if len(indexes) == 3:
            raise GoError("cannot 3-index slice a string")
        size = byte_length(item)
    elif isinstance(item, Slice):
        size = len(item)
    else:
        raise GoError(f"can't slice item of type {_pointee(item)}")
    bounds_ = [0, size, size]
    for place, value in enumerate(indexes):
        bounds_[place] = _position(value, size)
    first, last, cap = bounds_
    if first > last:
        raise GoError(f"invalid slice index: {first} > {last}")
    if len(indexes) == 3 and last > cap:
        raise GoError(f"invalid slice index: {last} > {cap}")
    if isinstance(item, Slice):
        return type(item)(item[first:last])
    piece = item[first:last] if item.isascii() else from_bytes(to_bytes(item)[first:last])
    return piece if type(item) is str else type(item)(piece)


_BASIC = ("bool", "int", "uint", "float", "complex", "string")


def _basic(value: Any) -> str | None:
    found = kind(value)
    return found if found in _BASIC else None


def _pointee(value: Any) -> str:
    """The type of a value, of what it points to when it is a pointer."""
    return type_name(value).removeprefix("*")


def equal(first: Any, *others: Any) -> bool:
    """eq: whether the first equals any of the others."""
    if not others:
        raise GoError("missing argument for comparison")
    first = None if first is NIL else first
    for other in others:
        if first.__class__ is str and other.__class__ is str:
            if first == other:
                return True
            continue
        if _same(first, None if other is NIL else other):
            return True
    return False


def _same(first: Any, other: Any) -> bool:
    one, two = _basic(first), _basic(other)
    if one != two:
        if {one, two} == {"int", "uint"}:
            return bool(int(first) == int(other))
        if first is not None and other is not None:
            raise GoError(
                f"incompatible types for comparison: {type_name(first)} and {type_name(other)}"
            )
        return False
    if one is not None:
        return bool(first == other)
    if first is None or other is None:
        return _is_nil(first) == _is_nil(other)
    if kind(first) != kind(other):
        raise GoError(
            f"non-comparable types {sprint([first])}: {type_name(first)}, "
            f"{type_name(other)}: {sprint([other])}"
        )
    if _is_nil(first) or _is_nil(other):
        return _is_nil(first) == _is_nil(other)
    if isinstance(other, (Slice, Map)) or not _comparable(other):
        raise GoError(f"non-comparable type {_reflected(other)}: {type_name(other)}")
    return type_name(first) == type_name(other) and bool(first == other)


def _comparable(value: Any) -> bool:
    if isinstance(value, Struct) and not value.pointer:
        return all(not isinstance(item, (Slice, Map)) for item in value.fields.values())
    return True


def _reflected(value: Any) -> str:
    """How Go prints a reflect.Value with %s."""
    return sprintf("%s", [value])


def _is_nil(value: Any) -> bool:
    if value is None:
        return True
    return indirect(value)[1] or (isinstance(value, Map) and value.is_nil)


def not_equal(first: Any, second: Any) -> bool:
    return not equal(first, second)


def less(first: Any, second: Any) -> bool:
    """lt."""
    one, two = _basic(first), _basic(second)
    if one is None or two is None:
        raise GoError("invalid type for comparison")
    if one != two and {one, two} != {"int", "uint"}:
        raise GoError(
            f"incompatible types for comparison: {type_name(first)} and {type_name(second)}"
        )
    if one in ("bool", "complex"):
        raise GoError("invalid type for comparison")
    if one == "string" and not (first.isascii() and second.isascii()):
        return to_bytes(first) < to_bytes(second)
    return bool(first < second)


def less_or_equal(first: Any, second: Any) -> bool:
    return less(first, second) or equal(first, second)


def greater(first: Any, second: Any) -> bool:
    return not less_or_equal(first, second)


def greater_or_equal(first: Any, second: Any) -> bool:
    return not less(first, second)


def each(value: Any, node: int) -> Iterator[Any]:
    """range over the elements (of a map: the values in order of the keys)."""
    for _, element in _items(value, node, False):
        yield element


def pairs(value: Any, node: int) -> Iterator[tuple[Any, Any]]:
    """range with two variables: (index or key, element)."""
    return _items(value, node, True)


def _items(value: Any, node: int, two: bool) -> Iterator[tuple[Any, Any]]:
    budget = bounds.current.get()
    if value.__class__ is not int:
        value, is_nil = indirect(value)
        if value is None:
            return
        if is_nil:
            raise GoError(f"range can't iterate over {sprint([value])}", node)
    if isinstance(value, Slice):
        for place, element in enumerate(list(value)):
            budget.step()
            yield place, element
    elif isinstance(value, Map):
        for key in sorted_keys(value):
            budget.step()
            yield key, value[key]
    elif isinstance(value, int) and not isinstance(value, bool):
        if two:
            raise GoError(
                f"can't use {sprint([value])} to iterate over more than one variable", node
            )
        make = int if type(value) is int else type(value)
        for number in range(value):
            budget.step()
            yield None, make(number)
    else:
        raise GoError(f"range can't iterate over {text(value)}", node)
