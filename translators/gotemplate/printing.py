"""How one value prints under one verb of fmt: the flags, the padding, and %v of everything."""

from __future__ import annotations

from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.errors import Exhausted
from translators.gotemplate.floats import format_float
from translators.gotemplate.quoting import can_backquote, code_point, quote, quote_rune, to_bytes
from translators.gotemplate.values import (
    NIL,
    ByteSlice,
    Map,
    Pointer,
    Slice,
    Struct,
    kind,
    type_name,
)


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


class Unpointed:
    """The struct a pointer points to, for printing only."""

    kind = "struct"

    def __init__(self, struct: Struct) -> None:
        self.struct = struct
        self.go_type = struct.go_name


class Printer:
    """Prints one argument under one verb."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.erroring = False

    def argument(self, arg: Any, verb: str) -> str:
        if arg is None:
            return self.pad("<nil>") if verb in "Tv" else self.bad(verb, None)
        if verb == "T":
            return self.string(type_name(arg), "s")
        if verb == "p":
            return (
                self.pointer(arg, "p")
                if kind(arg) in ("ptr", "slice", "map")
                else self.bad("p", arg)
            )
        return self.value(arg, verb, 0)

    def value(self, value: Any, verb: str, depth: int) -> str:
        cls = value.__class__
        if cls is str:
            return self.string(value, verb)
        if cls is bool:
            return self.pad("true" if value else "false") if verb in "tv" else self.bad(verb, value)
        if cls is int:
            return self.integer(value, True, verb, value)
        if cls is float:
            return self.floating(value, verb)
        if depth > 100:
            raise Exhausted("value nested too deeply to print")
        if verb == "w":
            return self.bad(verb, value)
        stringer = getattr(value, "go_string", None)
        if (
            stringer is not None
            and not self.erroring
            and verb in "vsxXq"
            and not self.flags.sharp_v
        ):
            return self.string(stringer(), verb)
        return self.structured(value, verb, depth)

    def structured(self, value: Any, verb: str, depth: int) -> str:
        bounds.step()
        if value is None or value is NIL:
            if self.flags.sharp_v:
                return "interface {}(nil)"
            return "<nil>"
        if isinstance(value, str):
            return self.string(value, verb)
        if isinstance(value, int):
            return self.integer(int(value), kind(value) != "uint", verb, value)
        if isinstance(value, complex):
            return self.complex(value, verb)
        if isinstance(value, Slice):
            return self.slice(value, verb, depth)
        if isinstance(value, Map):
            return self.map(value, verb, depth)
        if isinstance(value, Unpointed):
            return self.struct(value.struct, verb, depth)
        if kind(value) == "struct":
            return self.struct(value, verb, depth)
        if isinstance(value, Struct) and depth == 0:
            return "&" + self.struct(value, verb, depth + 1)
        return self.pointer(value, verb)

    def slice(self, value: Slice, verb: str, depth: int) -> str:
        if isinstance(value, ByteSlice):
            raw = bytes(value)
            if verb in "sqxX":
                return self.string(raw.decode("utf-8", "surrogateescape"), verb)
        items = [self.value(item, verb, depth + 1) for item in value]
        if self.flags.sharp_v:
            return f"{value.go_type}{{{', '.join(items)}}}"
        return f"[{' '.join(items)}]"

    def map(self, value: Map, verb: str, depth: int) -> str:
        items = [
            f"{self.value(key, verb, depth + 1)}:{self.value(value[key], verb, depth + 1)}"
            for key in sorted_keys(value)
        ]
        if self.flags.sharp_v:
            return (
                f"{value.go_type}(nil)"
                if value.is_nil
                else f"{value.go_type}{{{', '.join(items)}}}"
            )
        return f"map[{' '.join(items)}]"

    def struct(self, value: Any, verb: str, depth: int) -> str:
        if self.flags.sharp_v and hasattr(value, "go_source"):
            return str(value.go_source())
        items = []
        for name, member in value.members():
            item = self.value(member, verb, depth + 1)
            items.append(f"{name}:{item}" if self.flags.plus_v or self.flags.sharp_v else item)
        if self.flags.sharp_v:
            return f"{value.go_name}{{{', '.join(items)}}}"
        return f"{{{' '.join(items)}}}"

    def pointer(self, value: Any, verb: str) -> str:
        address = 0 if isinstance(value, Pointer) and value.target is None else 0xC000000000
        if verb == "v" and not address:
            return self.pad("<nil>")
        if verb in "vp":
            return f"{address:#x}"
        return (
            self.integer(address, False, verb, value) if verb in "bodxX" else self.bad(verb, value)
        )

    def bad(self, verb: str, value: Any) -> str:
        if value is None:
            return f"%!{verb}(<nil>)"
        self.erroring = True
        shown = self.value(value, "v", 0)
        self.erroring = False
        return f"%!{verb}({type_name(value)}={shown})"

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

    def string(self, value: str, verb: str) -> str:
        flags = self.flags
        if flags is PLAIN and verb == "v":
            return value
        if verb in "xX":
            return self.hexadecimal(value, verb)
        quoted = verb == "q" or (verb == "v" and flags.sharp_v)
        if not quoted and verb not in "vs":
            return self.bad(verb, value)
        if flags.precision is not None:
            value = value[: flags.precision]
        if not quoted:
            return self.pad(value)
        if flags.sharp and can_backquote(value):
            return self.pad(f"`{value}`")
        return self.pad(quote(value, flags.plus))

    def hexadecimal(self, value: str, verb: str) -> str:
        flags = self.flags
        data = to_bytes(value)
        if flags.precision is not None:
            data = data[: flags.precision]
        digits = data.hex() if verb == "x" else data.hex().upper()
        prefix = ("0" + verb) if flags.sharp and data else ""
        if flags.space:
            pairs = [prefix + digits[i : i + 2] for i in range(0, len(digits), 2)]
            return self.pad(" ".join(pairs))
        return self.pad(prefix + digits)

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


_ORDER = {"invalid": 0, "bool": 1, "int": 2, "uint": 2, "float": 2, "string": 3}


def sorted_keys(value: Map) -> list[Any]:
    """The keys in the order Go prints and ranges over them. Strings sort by their bytes."""
    keys = list(value)
    if value.key == "string":
        try:
            return sorted(keys) if all(map(str.isascii, keys)) else sorted(keys, key=to_bytes)
        except TypeError:
            pass
    return sorted(
        keys, key=lambda k: (_ORDER.get(kind(k), 4), to_bytes(k) if isinstance(k, str) else k)
    )
