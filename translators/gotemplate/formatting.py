"""fmt.Sprint, Sprintln and Sprintf over Go's values: verbs, flags, and %v of everything."""

from __future__ import annotations

from typing import Any

from translators.gotemplate.errors import Exhausted
from translators.gotemplate.number_printing import PLAIN, Flags
from translators.gotemplate.printing import Printer, Unpointed, sorted_keys
from translators.gotemplate.values import NIL, Pointer, Struct, type_name

MAX_WIDTH = 1_000_000
"""Go stops at ten million; a message never needs a thousandth of it."""
MAX_STRING = 10 * 1024 * 1024
"""The longest string a function may build: as long as a whole message may be."""


def text(value: Any) -> str:
    """What an action prints for the value: fmt.Fprint of what a pointer points to."""
    cls = value.__class__
    if cls is str:
        return value  # type: ignore[no-any-return]
    if cls is int:
        return str(value)
    if cls is bool:
        return "true" if value else "false"
    if value is None or value is NIL:
        return "<no value>"
    return Printer(PLAIN).value(_pointed(value), "v", 0)


def _pointed(value: Any) -> Any:
    """A pointer's target, for printing; a nil pointer stays."""
    if isinstance(value, Pointer):
        return value if value.target is None else value.target
    if isinstance(value, Struct) and value.pointer:
        return Unpointed(value)
    return value


def default(value: Any) -> str:
    """fmt.Sprint of one value, without following pointers: %v."""
    if value.__class__ is str:
        return value
    return "<nil>" if value is None else Printer(PLAIN).value(value, "v", 0)


def sprint(args: list[Any]) -> str:
    """fmt.Sprint: a space between two operands neither of which is a string."""
    parts: list[str] = []
    previous = True
    for arg in args:
        is_string = isinstance(arg, str)
        if parts and not is_string and not previous:
            parts.append(" ")
        parts.append(default(None if arg is NIL else arg))
        previous = is_string
    return bounded("".join(parts))


def sprintln(args: list[Any]) -> str:
    return bounded(" ".join(default(None if arg is NIL else arg) for arg in args) + "\n")


def bounded(result: str) -> str:
    """The string itself; Exhausted when it is too long to go on with."""
    if len(result) > MAX_STRING:
        raise Exhausted(f"string longer than {MAX_STRING} bytes")
    return result


def evaluated(args: list[Any]) -> str:
    """The text of the arguments of html, js and urlquery."""
    if len(args) == 1 and args[0].__class__ is str:
        return args[0]
    shown = ["<no value>" if arg is None or arg is NIL else _pointed(arg) for arg in args]
    return sprint(shown)


def sprintf(layout: str, args: list[Any]) -> str:
    """fmt.Sprintf."""
    return _Formatter(layout, [None if arg is NIL else arg for arg in args]).run()


class _Formatter:
    """One run over a format: Go's rules for flags, indexes, widths and missing arguments."""

    def __init__(self, layout: str, args: list[Any]) -> None:
        self.layout = layout
        self.args = args
        self.at = 0
        self.arg = 0
        self.good = True
        self.reordered = False
        self.parts: list[str] = []
        self.size = 0

    def emit(self, part: str) -> None:
        self.parts.append(part)
        self.size += len(part)
        if self.size > MAX_STRING:
            raise Exhausted(f"string longer than {MAX_STRING} bytes")

    def run(self) -> str:
        layout = self.layout
        while self.at < len(layout):
            percent = layout.find("%", self.at)
            if percent < 0:
                self.emit(layout[self.at :])
                break
            if percent > self.at:
                self.emit(layout[self.at : percent])
            self.at = percent + 1
            if not self.verb():
                break
        if not self.reordered and self.arg < len(self.args):
            extra = ", ".join(_typed(arg) for arg in self.args[self.arg :])
            self.emit(f"%!(EXTRA {extra})")
        return "".join(self.parts)

    def verb(self) -> bool:
        self.good = True
        flags = Flags()
        layout = self.layout
        while self.at < len(layout) and layout[self.at] in _FLAGS:
            setattr(flags, _FLAGS[layout[self.at]], True)
            self.at += 1
        after_index = self.index()
        if layout[self.at : self.at + 1] == "*":
            self.at += 1
            flags.width = self.integer_argument()
            if flags.width is None:
                self.emit("%!(BADWIDTH)")
            elif flags.width < 0:
                flags.width = -flags.width
                flags.minus, flags.zero = True, False
            after_index = False
        else:
            flags.width = self.number()
            if after_index and flags.width is not None:
                self.good = False
        if layout[self.at : self.at + 1] == "." and self.at + 1 < len(layout):
            after_index = self.precision(flags, after_index)
        if not after_index:
            self.index()
        if self.at >= len(layout):
            self.emit("%!(NOVERB)")
            return False
        self.directive(flags)
        return True

    def precision(self, flags: Flags, after_index: bool) -> bool:
        self.at += 1
        if after_index:
            self.good = False
        after_index = self.index()
        if self.layout[self.at : self.at + 1] == "*":
            self.at += 1
            value = self.integer_argument()
            flags.precision = None if value is None or value < 0 else value
            if flags.precision is None:
                self.emit("%!(BADPREC)")
            return False
        flags.precision = self.number() or 0
        return after_index

    def directive(self, flags: Flags) -> None:
        verb = self.layout[self.at]
        self.at += 1
        if verb == "%":
            self.emit("%")
        elif not self.good:
            self.emit(f"%!{verb}(BADINDEX)")
        elif self.arg >= len(self.args):
            self.emit(f"%!{verb}(MISSING)")
        else:
            if verb in "vw":
                flags.sharp_v, flags.sharp = flags.sharp, False
                flags.plus_v, flags.plus = flags.plus, False
            for size in (flags.width, flags.precision):
                if size is not None and size > MAX_WIDTH:
                    raise Exhausted(f"width {size} is larger than {MAX_WIDTH}")
            self.emit(Printer(flags).argument(self.args[self.arg], verb))
            self.arg += 1

    def number(self) -> int | None:
        """Digits at this place. A number beyond all sense swallows the rest, as in Go."""
        start, value = self.at, 0
        while self.at < len(self.layout) and "0" <= self.layout[self.at] <= "9":
            if value > 1_000_000:
                self.at = len(self.layout)
                return None
            value = value * 10 + int(self.layout[self.at])
            self.at += 1
        return value if self.at > start else None

    def integer_argument(self) -> int | None:
        if self.arg >= len(self.args):
            return None
        value = self.args[self.arg]
        self.arg += 1
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 1_000_000:
            return int(value)
        return None

    def index(self) -> bool:
        """An explicit argument index such as [2]; whether there was one."""
        layout, start = self.layout, self.at
        if layout[start : start + 1] != "[":
            return False
        self.reordered = True
        close = layout.find("]", start + 1)
        if close < 0 or len(layout) - start < 3:
            self.at = start + 1
            self.good = False
            return False
        inner = layout[start + 1 : close]
        self.at = close + 1
        if not (inner.isascii() and inner.isdigit() and len(inner) < 8):
            self.good = False
            return False
        number = int(inner) - 1
        if not 0 <= number < len(self.args):
            self.good = False
            return True
        self.arg = number
        return True


_FLAGS = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}


def _typed(arg: Any) -> str:
    """string=abc, as Go shows an argument it could not use."""
    return "<nil>" if arg is None else f"{type_name(arg)}={Printer(PLAIN).argument(arg, 'v')}"


__all__ = [
    "bounded",
    "default",
    "evaluated",
    "sorted_keys",
    "sprint",
    "sprintf",
    "sprintln",
    "text",
]
