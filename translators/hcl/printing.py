"""Blocks and attributes to text, laid out as ``terraform fmt`` does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contactpoints.fields import Expression, FromFile
from translators.hcl.texts import quote, quote_text, show

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(slots=True)
class Raw:
    """A part that is printed as it was written."""

    text: str


@dataclass(slots=True)
class Printed:
    """A block to print: its header, and attributes, blocks and raw parts in order."""

    header: str
    attributes: dict[str, Any] = field(default_factory=dict)
    inner: list[Printed | Raw] = field(default_factory=list)


def header(kind: str, *labels: str) -> str:
    """``kind "label" "label"``."""
    return " ".join([kind, *(quote(label) for label in labels)])


def print_file(parts: list[Printed | Raw]) -> str:
    """The parts of a file, a blank line between them."""
    return "\n".join("\n".join(_lines(part, "")) + "\n" for part in parts)


def _lines(part: Printed | Raw, pad: str) -> list[str]:
    if isinstance(part, Raw):
        return [pad + part.text]
    if not part.attributes and not part.inner:
        return [f"{pad}{part.header} {{}}"]
    inside = pad + "  "
    lines = [f"{pad}{part.header} {{", *_attributes(part.attributes, inside)]
    for index, inner in enumerate(part.inner):
        if index or part.attributes:
            lines.append("")
        lines += _lines(inner, inside)
    return [*lines, pad + "}"]


def _attributes(attributes: Mapping[str, Any], pad: str) -> list[str]:
    """``name = value`` lines; the signs of neighbours stand below each other, but for brackets that
    are open at the end of the line.
    """
    lines: list[str] = []
    group: list[tuple[str, str]] = []

    def close() -> None:
        width = max((len(name) for name, _ in group), default=0)
        lines.extend(f"{pad}{name.ljust(width)} = {value}" for name, value in group)
        group.clear()

    for name, value in attributes.items():
        written = expression(value, pad)
        has_bracket_open = "\n" in written and not written.startswith("<<")
        if has_bracket_open:
            close()
        group.append((name, written))
        if has_bracket_open:
            close()
    close()
    return lines


def expression(value: Any, pad: str = "") -> str:
    """A value as an expression."""
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, FromFile):
        return f"chomp(file({quote(value.path)}))"
    if isinstance(value, bool | int | float):
        return show(value)
    if value is None:
        return "null"
    if isinstance(value, str):
        written = quote_text(value)
        return f"{written[:-1]}{pad})" if written.startswith("chomp(<<") else written
    if isinstance(value, Mapping):
        return _object(value, pad)
    return f"[{', '.join(expression(item, pad) for item in value)}]"


def _object(value: Mapping[str, Any], pad: str) -> str:
    if not value:
        return "{}"
    named = {key if NAME.fullmatch(key) else quote(key): item for key, item in value.items()}
    return "\n".join(["{", *_attributes(named, pad + "  "), pad + "}"])
