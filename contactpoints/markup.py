"""HTML cut to length so that it stays HTML."""

from __future__ import annotations

import re

from contactpoints.truncation import end_of

TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)[^<>]*>")
PIECE = re.compile(TAG.pattern + r"|&#?\w+;|</?[A-Za-z][^<>]*|[^<&]|[<&]")


def cut_html(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, no tag or entity broken, and closed what was open.

    What was open in the whole text stays open: it was no markup before.

    >>> cut_html("<b>one &amp; two</b>", 14), cut_html("a <b", 3)
    ('<b>one …</b>', 'a …')
    """
    if len(text) <= limit:
        return text
    is_whole = not open_tags(text)
    end = end_of(text, limit)
    room, at = limit - len(end), 0
    opened: list[str] = []
    for piece in PIECE.finditer(text):
        after = open_after(opened, piece)
        closing = closers(after) if is_whole else ""
        if piece.end() + len(closing) > room:
            break
        at, opened = piece.end(), after
    return text[:at] + end + (closers(opened) if is_whole else "")


def open_tags(text: str) -> list[str]:
    """The tags that are open at the end of ``text``."""
    opened: list[str] = []
    for tag in TAG.finditer(text):
        opened = open_after(opened, tag)
    return opened


def open_after(opened: list[str], piece: re.Match[str]) -> list[str]:
    closing, name = piece[1], piece[2]
    if not name:
        return opened
    if not closing:
        return [*opened, name]
    return opened[:-1] if opened[-1:] == [name] else [*opened, name]


def closers(opened: list[str]) -> str:
    return "".join(f"</{name}>" for name in reversed(opened))
