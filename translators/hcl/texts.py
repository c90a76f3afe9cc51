"""Texts of HCL: what is written in quotes and in heredocs, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

HALVES = range(0xD800, 0xE000)  # of surrogate pairs: no characters by themselves
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.S)
_MEANS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WRITTEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_MUST_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\\u2028\u2029]')
_PLAIN_LINES = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")
_HEREDOC = re.compile(r"<<(-?)([^\r\n]+?)\r?\n(.*)\Z", re.S)


def unescape(text: str) -> str:
    """What the inside of a quoted text means."""

    def meant(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            rune = int(code, 16)
            return "\ufffd" if rune in HALVES or rune > 0x10FFFF else chr(rune)
        return _MEANS.get(match[3], match[0])

    return _ESCAPE.sub(meant, text)


def heredoc(written: str) -> str:
    """The text of a heredoc, its marker and the indentation that ``<<-`` takes away left out."""
    found = _HEREDOC.match(written)
    if found is None:
        return ""
    inside = found[3].rstrip().removesuffix(found[2].strip())
    lines = re.findall(r"[^\n]*\n", inside)  # without what stands before the closing marker
    if found[1]:
        filled = [line for line in lines if line.strip()]
        spaces = min((len(line) - len(line.lstrip(" \t")) for line in filled), default=0)
        lines = [line[spaces:] if line.strip() else line for line in lines]
    return "".join(lines)


def split_template(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a template: literal text, and the inside of each ``${…}`` (True). A directive
    comes as code that no parser takes.
    """
    start = 0
    while (found := re.search(r"[$%]\{", text[start:])) is not None:
        begin = start + found.start()
        yield text[start:begin], False
        end = _closing(text, begin + 2)
        yield (text[begin + 2 : end] if text[begin] == "$" else "%{"), True
        start = end + 1
    yield text[start:], False


def _closing(text: str, position: int) -> int:
    """Where the brace that is open at ``position`` closes; quoted braces do not count."""
    depth, quoted = 1, False
    while position < len(text):
        sign = text[position]
        if sign == "\\" and quoted:
            position += 1
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in "{}":
            depth += 1 if sign == "{" else -1
            if not depth:
                break
        position += 1
    return position


def show(value: Any) -> str:
    """A value as a template prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def literal(text: str) -> str:
    """``text`` as a piece of a template: nothing in it starts code."""
    return text.replace("${", "$${").replace("%{", "%%{")


def quote(text: str) -> str:
    """``text`` in quotes."""

    def written(match: re.Match[str]) -> str:
        return _WRITTEN.get(match[0]) or f"\\u{ord(match[0]):04x}"

    return f'"{literal(_MUST_ESCAPE.sub(written, text))}"'


def quote_text(text: str) -> str:
    """``text`` as an expression: in quotes, or when it has several lines as a heredoc."""
    if "\n" not in text.rstrip("\n") or not _PLAIN_LINES.fullmatch(text) or not text.strip():
        return quote(text)
    marker = "EOT"
    while re.search(rf"^\s*{marker}\s*$", text, re.M):
        marker += "X"
    if text.endswith("\n"):
        return f"<<{marker}\n{literal(text)}{marker}"
    return f"chomp(<<{marker}\n{literal(text)}\n{marker}\n)"
