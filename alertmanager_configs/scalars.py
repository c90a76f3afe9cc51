"""Typed values from written ones, by the rules and in the words of the YAML library that
Alertmanager uses.

Source of the rules: gopkg.in/yaml.v2 v2.4.0, decode.go and resolve.go.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from .loading import Quoted, Value

Tag = Literal["!!null", "!!str", "!!bool", "!!int", "!!float", "!!timestamp", "!!seq", "!!map"]

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOTTED_FLOAT = re.compile(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_INFINITE = (".inf", ".Inf", ".INF")
_SPECIAL_FLOAT = frozenset(
    [".nan", ".NaN", ".NAN", *_INFINITE, *(sign + word for sign in "+-" for word in _INFINITE)]
)
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)


class WrongTypeError(ValueError):
    """A value that cannot be what it is asked for; the text is the YAML library's, without a
    line."""


def as_text(value: Value) -> str:
    """The text of any scalar, exactly as written; nothing at all is the empty text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise WrongTypeError(mismatch(value, "string"))


def as_bool(value: Value) -> bool:
    """A bool, spelled in any of YAML 1.1's ways (yes, on, y ...); null is False, as in Go."""
    if isinstance(value, str) and not isinstance(value, Quoted):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    if value is None:
        return False
    raise WrongTypeError(mismatch(value, "bool"))


def as_int(value: Value, go_type: str = "int") -> int:
    """A whole number: decimal, 0x, 0b, 0o or 0 for octal, with underscores; a fraction is cut off;
    null is 0.

    Raises WrongTypeError for anything else, also for a quoted number and for one beyond 64 bits.
    """
    if value is None:
        return 0
    if isinstance(value, str) and not isinstance(value, Quoted):
        number = _number(value)
        if number is not None and -(2**63) <= number < 2**63:
            return int(number)
    raise WrongTypeError(mismatch(value, go_type))


def as_float(value: Value) -> float:
    """A number; null is 0. Raises WrongTypeError for anything else, also for a quoted number."""
    if value is None:
        return 0.0
    if isinstance(value, str) and not isinstance(value, Quoted):
        number = _number(value)
        if number is not None:
            return float(number)
        if value in _SPECIAL_FLOAT:
            return float(value.replace(".", "", 1))
    raise WrongTypeError(mismatch(value, "float64"))


def as_any(value: Value) -> object:
    """What the YAML library makes of a value that may be of any type; there a date stays text."""
    if isinstance(value, dict):
        return {key: as_any(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_any(item) for item in value]
    match tag_of(value):
        case "!!bool":
            return as_bool(value)
        case "!!float":
            return as_float(value)
        case "!!int":
            return _number(str(value))  # it may be beyond what as_int takes
        case _:
            return value


def mismatch(value: Value, go_type: str) -> str:
    """The YAML library's sentence about a value of the wrong type, `go_type` as Go spells the
    wanted one."""
    return f"cannot unmarshal {tag_of(value)}{_shown(value)} into {go_type}"


def _shown(value: Value) -> str:
    if not isinstance(value, str):
        return ""
    raw = value.encode()
    if len(raw) > 10:
        return f" `{raw[:7].decode(errors='replace')}...`"
    return f" `{value}`"


def tag_of(value: Value) -> Tag:
    """What YAML takes a value for, written without a tag."""
    if value is None:
        return "!!null"
    if isinstance(value, list):
        return "!!seq"
    if isinstance(value, dict):
        return "!!map"
    if isinstance(value, Quoted):
        return "!!str"
    return _plain_tag(value)


@lru_cache(maxsize=4096)
def _plain_tag(text: str) -> Tag:
    if text in _TRUE or text in _FALSE:
        return "!!bool"
    if _TIMESTAMP.fullmatch(text):
        return "!!timestamp"
    number = _number(text)
    if isinstance(number, int):
        return "!!int"
    return "!!float" if number is not None or text in _SPECIAL_FLOAT else "!!str"


@lru_cache(maxsize=4096)
def _number(text: str) -> int | float | None:
    """The number that a plain scalar is; an int beyond 64 bits is a float, as in Go."""
    if not text or text[0] not in "+-.0123456789":
        return None
    if text[0] == ".":
        return float(text) if _DOTTED_FLOAT.fullmatch(text) else None
    plain = text.replace("_", "")
    if _INT.fullmatch(plain) and len(plain) <= 70:  # 70: 64 binary digits and their prefix
        number = _int(plain)
        if -(2**63) <= number < 2**64:
            return number
    return float(plain) if _FLOAT.fullmatch(plain) else None


def _int(plain: str) -> int:
    digits = plain.lstrip("+-")
    sign = -1 if plain[0] == "-" else 1
    if len(digits) > 1 and digits[0] == "0" and digits[1] in "01234567":
        return sign * int(digits, 8)
    return sign * int(digits, 0)
