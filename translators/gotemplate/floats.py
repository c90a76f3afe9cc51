"""strconv.FormatFloat: every way Go writes a float64."""

from __future__ import annotations

import math
from collections.abc import Callable


def format_float(value: float, verb: str, precision: int) -> str:
    """The float under the verb e, E, f, F, g, G, b, x or X; precision -1 is the shortest that reads
    back the same."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return _WRITE[verb](value, precision)


_LARGE = 6
"""%v and %g with the shortest precision write an exponent from a million on."""


def _digits(value: float) -> tuple[str, str, int]:
    """(sign, shortest digits, exponent of the first digit) of a finite float."""
    sign = "-" if math.copysign(1, value) < 0 else ""
    if value == 0:
        return sign, "0", 0
    mantissa, exponent = repr(abs(value)), 0
    if "e" in mantissa:
        mantissa, power = mantissa.split("e")
        exponent = int(power)
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    exponent += len(whole) - 1
    stripped = digits.lstrip("0")
    exponent -= len(digits) - len(stripped)
    return sign, stripped.rstrip("0") or "0", exponent


def _scientific(value: float, precision: int) -> str:
    if precision >= 0:
        return f"{value:.{precision}e}"
    sign, digits, exponent = _digits(value)
    point = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _plain(value: float, precision: int) -> str:
    if precision >= 0:
        return f"{value:.{precision}f}"
    sign, digits, exponent = _digits(value)
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return sign + whole + ("." + fraction if fraction else "")


def _general(value: float, precision: int) -> str:
    if precision < 0:
        exponent = _digits(value)[2]
        if exponent < -4 or exponent >= _LARGE:
            return _scientific(value, -1)
        return _plain(value, -1)
    precision = precision or 1
    text = f"{value:.{precision - 1}e}"
    mantissa, _, power = text.partition("e")
    exponent = int(power)
    digits = mantissa.replace(".", "").lstrip("-").rstrip("0") or "0"
    limit = precision
    if limit > len(digits) and len(digits) >= exponent + 1:
        limit = len(digits)
    if exponent < -4 or exponent >= limit:
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{power}"
    text = f"{value:.{max(precision - 1 - exponent, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _binary(value: float, precision: int) -> str:
    sign = "-" if math.copysign(1, value) < 0 else ""
    mantissa, exponent = math.frexp(abs(value))
    if value == 0 or exponent < -1021:
        return f"{sign}{int(math.ldexp(abs(value), 1074))}p-1074"
    number = int(math.ldexp(mantissa, 53))
    power = exponent - 53
    return f"{sign}{number}p{'-' if power < 0 else '+'}{abs(power)}"


def _hexadecimal(value: float, precision: int) -> str:
    sign = "-" if math.copysign(1, value) < 0 else ""
    if value == 0:
        zeros = "." + "0" * precision if precision > 0 else ""
        return f"{sign}0x0{zeros}p+00"
    mantissa, exponent = math.frexp(abs(value))
    number = int(math.ldexp(mantissa, 53))
    power = exponent - 1
    if 0 <= precision < 13:
        shift = 52 - 4 * precision
        extra = number & ((1 << shift) - 1)
        number >>= shift
        half = 1 << (shift - 1)
        if extra > half or (extra == half and number & 1):
            number += 1
        number <<= shift
        if number >> 53:
            number >>= 1
            power += 1
    fraction = f"{number & ((1 << 52) - 1):013x}"
    fraction = fraction.rstrip("0") if precision < 0 else fraction[:precision].ljust(precision, "0")
    point = "." + fraction if fraction else ""
    return f"{sign}0x1{point}p{'-' if power < 0 else '+'}{abs(power):02d}"


_WRITE: dict[str, Callable[[float, int], str]] = {
    "e": _scientific,
    "E": lambda v, p: _scientific(v, p).upper(),
    "f": _plain,
    "F": _plain,
    "g": _general,
    "G": lambda v, p: _general(v, p).upper(),
    "b": _binary,
    "x": _hexadecimal,
    "X": lambda v, p: _hexadecimal(v, p).upper(),
}
