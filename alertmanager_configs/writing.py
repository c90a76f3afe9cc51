"""Canonical YAML out: readable, stable, and read back as the same text by every YAML 1.1 and 1.2
reader."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .loading import Quoted, Value
from .scalars import tag_of


class Plain(str):
    """A scalar to be written exactly as it stands: a number, bool or date that must keep its
    spelling."""

    __slots__ = ()


# Begins with a letter, "_" or "/", and holds nothing that any reader takes for syntax.
_WORD = re.compile(
    r"(?:[^\W\d]|/)"
    r"(?:[^\x00-\x20:#\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]++"
    r"|:(?=[^\x00-\x20,\[\]{}\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff])"
    r"| (?![ #]|\Z)|(?<! )\#)*+"
)
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+")
# Words that some reader takes for a bool, null or a number (https://yaml.org/type/bool.html and its
# neighbours).
_RESERVED = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity")
)
# What single quotes cannot hold on one line: controls, line breaks of YAML 1.1, and what is not a
# character.
_NEEDS_ESCAPE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
# A literal block keeps its text only without these; line feeds and tabs are fine.
_NOT_LITERAL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|^[ \t]+$",
    re.MULTILINE,
)
_LINE_START = re.compile(r"\n(?=[^\n])")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\0": "\\0"}
_LONGEST_KEY = 1000  # a key of more than 1024 characters must be written in the long form, "? key"


def dump(value: object) -> str:
    """`value` as one YAML document in block style, two spaces a step.

    Takes None, bool, int, float, str, Quoted, Plain, lists (or tuples) and mappings, whose order
    is kept. A str is text and is read back as text. Raises ValueError for text that is not Unicode
    (a lone surrogate), TypeError for anything else. The same value gives the same text.
    """
    return _Writer().document(value)


def as_written(value: Value) -> object:
    """A loaded value as `dump` must have it to write it as it stood: 5 stays 5, and '5' text."""
    if isinstance(value, dict):
        return {key: as_written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_written(item) for item in value]
    if isinstance(value, str) and tag_of(value) != "!!str":
        return Plain(value)
    return value


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.scalars: dict[
            str, str
        ] = {}  # how text was written before: the same text comes back often
        self.blocks: dict[tuple[str, str], str] = {}
        self.keys: dict[object, str] = {}

    def document(self, value: object) -> str:
        if isinstance(value, Mapping) and value:
            self.mapping(value, "", "")
        elif isinstance(value, (list, tuple)) and value:
            self.sequence(value, "", "")
        else:
            self.lines.append(f"{self.scalar(value, None)}\n")
        return "".join(self.lines)

    def mapping(self, items: Mapping[Any, object], pad: str, lead: str) -> None:
        """`pad` stands before every line but the first, which has `lead`: the dashes of the lists
        around."""
        append, keys, scalars = self.lines.append, self.keys, self.scalars
        for key, value in items.items():
            name = keys.get(key) or self.key(key, pad)
            kind = value.__class__
            if kind is str or kind is Quoted:
                text = scalars.get(value)  # type: ignore[call-overload]
                if text is None:
                    text = self.text(value, pad)  # type: ignore[arg-type]
                append(f"{lead}{name} {text}\n")
            elif kind is bool:
                append(f"{lead}{name} {'true' if value else 'false'}\n")
            elif kind is dict and value:
                append(f"{lead}{name}\n")
                inner = pad + "  "
                self.mapping(value, inner, inner)  # type: ignore[arg-type]
            elif kind is list and value:
                append(f"{lead}{name}\n")
                self.sequence(value, pad, pad)  # type: ignore[arg-type]
            elif kind is int:
                append(f"{lead}{name} {value}\n")
            else:
                self.other(value, pad, f"{lead}{name}", pad)
            lead = pad

    def sequence(self, items: Sequence[object], pad: str, lead: str) -> None:
        append, scalars = self.lines.append, self.scalars
        inner = pad + "  "
        for value in items:
            kind = value.__class__
            if kind is str or kind is Quoted:
                text = scalars.get(value)  # type: ignore[call-overload]
                if text is None:
                    text = self.text(value, pad)  # type: ignore[arg-type]
                append(f"{lead}- {text}\n")
            elif kind is dict and value:
                self.mapping(value, inner, f"{lead}- ")  # type: ignore[arg-type]
            elif kind is list and value:
                self.sequence(value, inner, f"{lead}- ")  # type: ignore[arg-type]
            else:
                self.other(value, pad, f"{lead}-", inner)
            lead = pad

    def other(self, value: object, pad: str, start: str, inner: str) -> None:
        """A subclass of a collection, or a scalar that is not text."""
        if isinstance(value, Mapping) and value:
            if start.endswith("-"):
                return self.mapping(value, inner, f"{start} ")
            self.lines.append(f"{start}\n")
            return self.mapping(value, pad + "  ", pad + "  ")
        if isinstance(value, (list, tuple)) and value:
            if start.endswith("-"):
                return self.sequence(value, inner, f"{start} ")
            self.lines.append(f"{start}\n")
            return self.sequence(value, pad, pad)
        self.lines.append(f"{start} {self.scalar(value, pad)}\n")
        return None

    def key(self, key: object, pad: str) -> str:
        """A key and its colon; remembered, as most keys come back."""
        name = self.scalar(key, None)
        if len(name) > _LONGEST_KEY:
            return f"? {name}\n{pad}:"
        self.keys[key] = f"{name}:"
        return f"{name}:"

    def text(self, text: str, pad: str) -> str:
        if "\n" in text:
            block = self.blocks.get((text, pad))
            if block is None:
                block = "" if _NOT_LITERAL.search(text) else _literal(text, pad)
                self.blocks[text, pad] = block
            if block:
                return block
        written = self.scalars[text] = quote(text)
        return written

    def scalar(self, value: object, pad: str | None) -> str:
        if isinstance(value, Plain):
            return str(value)
        if isinstance(value, str):
            return quote(value) if pad is None else self.text(value, pad)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, Mapping):
            return "{}"
        if isinstance(value, (list, tuple)):
            return "[]"
        raise TypeError(f"cannot write a {type(value).__name__} as YAML")


def quote(text: str) -> str:
    """`text` on one line: plain where no reader takes it for anything else, else in quotes."""
    if _DURATION.fullmatch(text) or (_WORD.fullmatch(text) and text.lower() not in _RESERVED):
        return text
    if _NEEDS_ESCAPE.search(text):
        return f'"{_ESCAPED.sub(_escape, text)}"'
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    known = _ESCAPES.get(character)
    if known:
        return known
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("text with a lone surrogate is not Unicode and cannot be written")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _literal(text: str, pad: str) -> str:
    """`text` as a literal block, or "" where a block cannot hold it."""
    body = text.rstrip("\n")
    if not body:
        return ""
    ends = len(text) - len(body)
    chomp = "-" if not ends else "" if ends == 1 else "+"
    hint = "2" if body[0] in " \t\n" else ""  # else the first line tells the indentation
    start = "" if body[0] == "\n" else f"{pad}  "
    lines = _LINE_START.sub(f"\n{pad}  ", body)
    return f"|{hint}{chomp}\n{start}{lines}" + "\n" * (ends - 1)


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")
