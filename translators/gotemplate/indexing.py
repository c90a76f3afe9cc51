"""len, index and slice: how long a value is, and parts of it."""

from __future__ import annotations

from typing import Any

from translators.gotemplate.assigning import assignable
from translators.gotemplate.errors import GoError
from translators.gotemplate.quoting import byte_length, from_bytes, to_bytes
from translators.gotemplate.values import (
    NIL,
    Map,
    Slice,
    Uint8,
    indirect,
    kind,
    type_name,
)


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


def _pointee(value: Any) -> str:
    """The type of a value, of what it points to when it is a pointer."""
    return type_name(value).removeprefix("*")
