"""The functions of Terraform that only change values.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from translators.hcl.texts import show


class UnknownError(Exception):
    """The file alone does not tell what an expression means."""


def _text(value: Any) -> str:
    if isinstance(value, str | int | float):
        return show(value)
    raise UnknownError


def _jsonencode(value: Any) -> str:
    """As Go writes it: keys in order, and ``<``, ``>`` and ``&`` escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _replace(text: Any, old: Any, new: Any) -> str:
    if str(old).startswith("/") and str(old).endswith("/") and len(str(old)) > 1:
        raise UnknownError  # a regular expression of Go
    return _text(text).replace(_text(old), _text(new))


def _join(separator: Any, *lists: Any) -> str:
    return _text(separator).join(_text(item) for items in lists for item in items)


def _concat(*lists: Any) -> list[Any]:
    return [item for items in lists for item in items]


def _merge(*maps: Any) -> dict[str, Any]:
    return {key: value for each in maps for key, value in (each or {}).items()}


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value not in (None, ""):
            return value
    raise UnknownError


def _lookup(mapping: Any, key: Any, default: Any = None) -> Any:
    if key not in mapping and default is None:
        raise UnknownError
    return mapping.get(key, default)


def _same(value: Any) -> Any:
    return value


def _set(value: Any) -> list[Any]:
    return list(dict.fromkeys(value))


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """With every wrong argument made "not known": Terraform itself will say what is wrong."""

    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (TypeError, ValueError, AttributeError, IndexError, KeyError):
            raise UnknownError from None

    return call


_PLAIN: Mapping[str, Callable[..., Any]] = {
    "chomp": lambda text: _text(text).rstrip("\r\n"),
    "coalesce": _coalesce,
    "compact": lambda items: [item for item in items if item not in (None, "")],
    "concat": _concat,
    "distinct": _set,
    "join": _join,
    "jsonencode": _jsonencode,
    "length": len,
    "lookup": _lookup,
    "lower": lambda text: _text(text).lower(),
    "merge": _merge,
    "nonsensitive": _same,
    "replace": _replace,
    "sensitive": _same,
    "split": lambda separator, text: _text(text).split(_text(separator)),
    "title": lambda text: _text(text).title(),
    "tolist": _same,
    "tomap": _same,
    "toset": _set,
    "tostring": _text,
    "trimspace": lambda text: _text(text).strip(),
    "upper": lambda text: _text(text).upper(),
}
FUNCTIONS = {name: _guarded(function) for name, function in _PLAIN.items()}
