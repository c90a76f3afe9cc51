"""How one value prints under one verb of fmt: text, lists, maps, structs and pointers."""

from __future__ import annotations

from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.errors import Exhausted
from translators.gotemplate.number_printing import PLAIN, Flags, NumberPrinter
from translators.gotemplate.quoting import can_backquote, quote, to_bytes
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


class Unpointed:
    """The struct a pointer points to, for printing only."""

    kind = "struct"

    def __init__(self, struct: Struct) -> None:
        self.struct = struct
        self.go_type = struct.go_name


class Printer(NumberPrinter):
    """Prints one argument under one verb."""

    def __init__(self, flags: Flags) -> None:
        super().__init__(flags)
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
