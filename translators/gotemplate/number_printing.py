"""How a number prints under one verb of fmt, and the flags and the padding of every verb."""

from __future__ import annotations

from typing import Any

from translators.gotemplate.floats import format_float
from translators.gotemplate.quoting import code_point, quote_rune


class Flags:
    """The flags, width and precision of one verb."""

    __slots__ = (
        "minus",
        "plus",
        "plus_v",
        "precision",
        "sharp",
        "sharp_v",
        "space",
        "width",
        "zero",
    )

    def __init__(self) -> None:
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.plus_v = self.sharp_v = False
        self.width: int | None = None
        self.precision: int | None = None


PLAIN = Flags()


class NumberPrinter:
    """Prints one number; `bad` is how a value shows under a verb that it does not have."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags

    def bad(self, verb: str, value: Any) -> str:
        raise NotImplementedError

    def pad(self, result: str) -> str:
        width = self.flags.width
        if not width:
            return result
        missing = width - len(result)
        if missing <= 0:
            return result
        if self.flags.minus:
            return result + " " * missing
        return ("0" if self.flags.zero else " ") * missing + result

    def unpadded(self, result: str) -> str:
        """Pads, with spaces whatever the flags say."""
        zero, self.flags.zero = self.flags.zero, False
        result = self.pad(result) if self.flags.width else result
        self.flags.zero = zero
        return result

    def integer(self, value: int, signed: bool, verb: str, original: Any) -> str:
        flags = self.flags
        if verb == "v" and flags is PLAIN:
            return str(value)
        if verb == "v" and flags.sharp_v and not signed:
            return self.based(value, 16, "x", True)
        if verb in _BASES:
            return self.based(value, _BASES[verb], verb, flags.sharp)
        if verb == "c":
            return self.pad(chr(value) if _is_rune(value) else "\ufffd")
        if verb == "q":
            return self.pad(quote_rune(value, flags.plus))
        if verb == "U":
            return self.unicode(value)
        return self.bad(verb, original)

    def unicode(self, value: int) -> str:
        flags = self.flags
        value %= 1 << 64
        digits = f"{value:X}".zfill(max(flags.precision or 4, 4))
        shown = f"U+{digits}"
        if flags.sharp and _is_rune(value) and "'" in code_point(value):
            shown += f" '{chr(value)}'"
        return self.unpadded(shown)

    def based(self, value: int, base: int, verb: str, sharp: bool) -> str:
        flags = self.flags
        least = 0
        if flags.precision is not None:
            least = flags.precision
            if least == 0 and value == 0:
                return self.unpadded("")
        elif flags.zero and not flags.minus and flags.width:
            least = flags.width - (1 if value < 0 or flags.plus or flags.space else 0)
        digits = format(abs(value), _CODES[base]).zfill(least)
        if verb == "X":
            digits = digits.upper()
        if sharp:
            if base == 8:
                digits = digits if digits[0] == "0" else "0" + digits
            elif base != 10:
                digits = {2: "0b", 16: "0X" if verb == "X" else "0x"}[base] + digits
        if verb == "O":
            digits = "0o" + digits
        sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
        return self.unpadded(sign + digits)

    def floating(self, value: float, verb: str) -> str:
        if verb not in "vbgGxXfFeE":
            return self.bad(verb, value)
        return self.float_text(value, "g" if verb == "v" else verb, 6 if verb in "fFeE" else -1)

    def float_text(self, value: float, verb: str, precision: int) -> str:
        flags = self.flags
        if flags.precision is not None:
            precision = flags.precision
        number = format_float(value, verb, precision)
        if number[0] not in "+-":
            number = "+" + number
        if flags.space and number[0] == "+" and not flags.plus:
            number = " " + number[1:]
        if number[1] in "IN":
            if number[1] == "N" and not flags.space and not flags.plus:
                number = number[1:]
            return self.unpadded(number)
        if flags.sharp and verb != "b":
            number = _sharp(number, verb, precision)
        if flags.plus or number[0] != "+":
            width = flags.width or 0
            if flags.zero and not flags.minus and width > len(number):
                return number[0] + "0" * (width - len(number)) + number[1:]
            return self.pad(number)
        return self.pad(number[1:])

    def complex(self, value: complex, verb: str) -> str:
        if verb not in "vbgGxXfFeE":
            return self.bad(verb, value)
        flags = self.flags
        if flags is PLAIN:
            flags = self.flags = Flags()
        plus = flags.plus
        real = self.floating(value.real, verb)
        flags.plus = True
        imaginary = self.floating(value.imag, verb)
        flags.plus = plus
        return f"({real}{imaginary}i)"


_BASES = {"v": 10, "d": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}


_CODES = {10: "d", 2: "b", 8: "o", 16: "x"}


def _is_rune(value: int) -> bool:
    return 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF


def _sharp(number: str, verb: str, precision: int) -> str:
    """The # flag of a float: always a decimal point, and the zeros %g cuts off."""
    digits = (6 if precision == -1 else precision) if verb in "gGx" else 0
    tail = ""
    marks = "pP" if verb in "xX" else "eEpP"
    for index, char in enumerate(number):
        if char in marks and index:
            number, tail = number[:index], number[index:]
            break
    seen = False
    for char in number[1:]:
        if char == ".":
            continue
        seen = seen or char != "0"
        digits -= seen
    if "." not in number:
        if number[1:] == "0":
            digits -= 1
        number += "."
    return number + "0" * max(digits, 0) + tail
