"""The two ways to write a duration: Prometheus' (`1d12h`) and Go's (`1.5h`).

Prometheus' durations are whole milliseconds, Go's whole nanoseconds: that is what each can say.
Sources: https://prometheus.io/docs/alerting/latest/configuration/ (<duration>) and
https://pkg.go.dev/time#ParseDuration
"""

from __future__ import annotations

import re
from functools import lru_cache

from .quoting import go_quote

_MOST = 2**63 - 1  # nanoseconds that Go can count, some 292 years

_UNITS = {  # milliseconds; in the order in which they must come
    "y": 365 * 24 * 3_600_000,
    "w": 7 * 24 * 3_600_000,
    "d": 24 * 3_600_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_ORDER = {unit: position for position, unit in enumerate(_UNITS)}
_PART = re.compile(r"([0-9]+)([^0-9]+)")

_GO_UNITS = {  # nanoseconds
    "ns": 1,
    "us": 1000,
    "\u00b5s": 1000,  # the micro sign
    "\u03bcs": 1000,  # the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_GO_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")


class DurationError(ValueError):
    """Not a duration; the text is Prometheus' or Go's own."""


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> int:
    """Milliseconds of a Prometheus duration: units from y to ms, each once, the biggest first.

    A bare "0" is one too. Raises DurationError for anything else: "", "5", "1.5h", "-1m", 300y.
    """
    if text == "0":
        return 0
    if not text:
        raise DurationError("empty duration string")
    total = position = 0
    last = -1
    while position < len(text):
        part = _PART.match(text, position)
        if part is None or _number(part[1]) >= 2**64:
            raise DurationError(f"not a valid duration string: {go_quote(text)}")
        unit = part[2]
        if unit not in _UNITS:
            raise DurationError(f"unknown unit {go_quote(unit)} in duration {go_quote(text)}")
        if _ORDER[unit] <= last:
            raise DurationError(f"not a valid duration string: {go_quote(text)}")
        last = _ORDER[unit]
        total += _number(part[1]) * _UNITS[unit]
        if total * 1_000_000 > _MOST:
            raise DurationError("duration out of range")
        position = part.end()
    return total


def _number(digits: str) -> int:
    """The number; one that is too large anyway for one of more digits than Python converts."""
    digits = digits.lstrip("0")
    return int(digits or 0) if len(digits) <= 20 else 2**64


def format_duration(milliseconds: int) -> str:
    """A duration as Prometheus prints it: years and weeks only where nothing is left over."""
    if milliseconds == 0:
        return "0s"
    text = "-" if milliseconds < 0 else ""
    left = abs(milliseconds)
    for unit, size in _UNITS.items():
        if unit in ("y", "w") and left % size:
            continue
        count, left = divmod(left, size)
        if count:
            text += f"{count}{unit}"
    return text


@lru_cache(maxsize=4096)
def parse_go_duration(text: str) -> int:
    """Nanoseconds of a Go duration: signed decimals with units from ns to h, in any order.

    Raises DurationError in Go's words.
    """
    unsigned = text[1:] if text[:1] in ("+", "-") else text
    if unsigned == "0":
        return 0
    invalid = DurationError(f"time: invalid duration {_time_quote(text)}")
    if not unsigned:
        raise invalid
    total = position = 0
    while position < len(unsigned):
        part = _GO_PART.match(unsigned, position)
        if part is None or not (part[1] or part[2]) or _number(part[1]) > 2**63:
            raise invalid
        unit = part[3]
        if not unit:
            raise DurationError(f"time: missing unit in duration {_time_quote(text)}")
        if unit not in _GO_UNITS:
            unknown = f"time: unknown unit {_time_quote(unit)} in duration {_time_quote(text)}"
            raise DurationError(unknown)
        fraction = (part[2] or "")[:18]  # more digits than this are less than a nanosecond
        total += _number(part[1]) * _GO_UNITS[unit]
        total += int(int(fraction or 0) * (_GO_UNITS[unit] / 10 ** len(fraction)))
        if total > _MOST + (text[0] == "-"):
            raise invalid
        position = part.end()
    return -total if text[0] == "-" else total


def _time_quote(text: str) -> str:
    """Go's package time quotes in its own way: byte by byte."""
    quoted = ""
    for octet in text.encode():
        if octet in b'"\\':
            quoted += "\\" + chr(octet)
        elif octet < 0x20 or octet >= 0x80:
            quoted += f"\\x{octet:02x}"
        else:
            quoted += chr(octet)
    return f'"{quoted}"'


def format_go_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: `1h30m0s`, `1.5s`, `100ms`, `0s`."""
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left == 0:
        return "0s"
    if left < 1_000_000_000:
        for unit, size in (("ms", 1_000_000), ("\u00b5s", 1000), ("ns", 1)):
            if left >= size:
                return f"{sign}{_decimal(left, size)}{unit}"
    minutes, rest = divmod(left, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, 1_000_000_000)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return sign + (f"{hours}h{text}" if hours else text)


def _decimal(value: int, size: int) -> str:
    whole, rest = divmod(value, size)
    if not rest:
        return str(whole)
    digits = str(rest).zfill(len(str(size)) - 1)
    return f"{whole}.{digits.rstrip('0')}"
