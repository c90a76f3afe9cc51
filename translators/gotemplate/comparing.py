"""eq, ne, lt, le, gt and ge: which Go values compare, and how."""

from __future__ import annotations

from typing import Any

from translators.gotemplate.errors import GoError
from translators.gotemplate.formatting import sprint, sprintf
from translators.gotemplate.quoting import to_bytes
from translators.gotemplate.values import (
    NIL,
    Map,
    Slice,
    Struct,
    indirect,
    kind,
    type_name,
)

_BASIC = ("bool", "int", "uint", "float", "complex", "string")


def _basic(value: Any) -> str | None:
    found = kind(value)
    return found if found in _BASIC else None


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
    if first.__class__ is int and second.__class__ is int:
        return bool(first < second)
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
