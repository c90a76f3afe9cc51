"""time.Duration with its methods, and humanizeDuration as prometheus/common writes it."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from translators.gotemplate.assigning import register_integer
from translators.gotemplate.errors import GoError
from translators.gotemplate.floats import format_float
from translators.gotemplate.numbers import parse_float
from translators.gotemplate.quoting import quote
from translators.gotemplate.values import Int64, Method, type_name

_LARGEST = (1 << 63) - 1


class Duration(int):
    """Nanoseconds."""

    go_type = "time.Duration"
    __slots__ = ()
    go_methods: ClassVar[dict[str, Method]] = {}

    def go_string(self) -> str:
        """Duration.String: 1h2m3.5s, 1.5ms, 0s."""
        if self == 0:
            return "0s"
        sign, rest = ("-", -int(self)) if self < 0 else ("", int(self))
        for unit, size in (("ns", 1), ("µs", 1000), ("ms", 1_000_000)):
            if rest < size * 1000:
                return sign + _decimal(rest, size) + unit
        minutes, rest = divmod(rest, 60_000_000_000)
        text = _decimal(rest, 1_000_000_000) + "s"
        if minutes:
            text = f"{minutes % 60}m{text}"
            if minutes >= 60:
                text = f"{minutes // 60}h{text}"
        return sign + text


def _decimal(value: int, size: int) -> str:
    whole, fraction = divmod(value, size)
    digits = str(fraction).zfill(len(str(size)) - 1).rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)


def clamped(value: int) -> Duration:
    return Duration(max(min(value, _LARGEST), -_LARGEST - 1))


def _round_duration(d: Duration, unit: Duration) -> Duration:
    if unit <= 0:
        return d
    rest = abs(d) % unit
    size = abs(d) - rest + (unit if rest + rest >= unit else 0)
    return clamped(size if d >= 0 else -size)


def _truncate_duration(d: Duration, unit: Duration) -> Duration:
    if unit <= 0:
        return d
    size = abs(d) - abs(d) % unit
    return Duration(size if d >= 0 else -size)


Duration.go_methods = {
    "Hours": Method(lambda d: _floating(d, 3_600_000_000_000)),
    "Minutes": Method(lambda d: _floating(d, 60_000_000_000)),
    "Seconds": Method(lambda d: _floating(d, 1_000_000_000)),
    "Milliseconds": Method(lambda d: Int64(quotient(d, 1_000_000))),
    "Microseconds": Method(lambda d: Int64(quotient(d, 1000))),
    "Nanoseconds": Method(lambda d: Int64(d)),
    "Abs": Method(lambda d: clamped(abs(d))),
    "Round": Method(_round_duration, ("time.Duration",)),
    "Truncate": Method(_truncate_duration, ("time.Duration",)),
    "String": Method(Duration.go_string),
}


def _floating(value: int, unit: int) -> float:
    """Whole units plus the rest, in the order Go adds them (the rounding depends on it)."""
    whole = quotient(value, unit)
    return float(whole) + (value - whole * unit) / unit


def quotient(value: int, by: int) -> int:
    """Go's integer division, towards zero."""
    return value // by if value >= 0 else -(-value // by)


register_integer("time.Duration", Duration)


def _seconds(value: Any) -> float:
    if isinstance(value, Duration):
        return _floating(value, 1_000_000_000)
    if isinstance(value, str) and type(value) is str:
        number = parse_float(value)
        if number is None:
            raise GoError(f"strconv.ParseFloat: parsing {quote(value)}: invalid syntax")
        if math.isinf(number) and value.lower().lstrip("+-")[:1] != "i":
            raise GoError(f"strconv.ParseFloat: parsing {quote(value)}: value out of range")
        return number
    if type_name(value) in ("float64", "int", "int64", "uint64", "uint"):
        return float(value)
    raise GoError(f"can't convert {type_name(value)} to float")


_PREFIXES = "munpfazy"


def humanized(value: Any) -> str:
    """prometheus/common's HumanizeDuration: 1d 2h 3m 4s, 1.234s, 12ms."""
    number = _seconds(value)
    if math.isnan(number) or math.isinf(number) or number == 0:
        return format_float(number, "g", 4) + ("s" if number == 0 else "")
    if abs(number) < 1:
        steps = 0
        while abs(number) < 1 and steps < len(_PREFIXES):
            number *= 1000
            steps += 1
        return format_float(number, "g", 4) + _PREFIXES[steps - 1] + "s"
    sign, number = ("-", -number) if number < 0 else ("", number)
    # Go's division and remainder go towards zero, which shows where int64 overflowed.
    whole = int(number) if number < 1 << 63 else -1 << 63
    days, hours = quotient(whole, 86400), _rest(quotient(whole, 3600), 24)
    minutes, seconds = _rest(quotient(whole, 60), 60), _rest(whole, 60)
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return sign + format_float(number, "g", 4) + "s"


def _rest(number: int, by: int) -> int:
    return number - quotient(number, by) * by
