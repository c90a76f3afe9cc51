"""A piece of a template's text on its way through the contexts of HTML: what of it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from translators.gotemplate import html_contexts as at
from translators.gotemplate.html_contexts import Context
from translators.gotemplate.html_transitions import step

_SCRIPT_TAG = re.compile("<(script|/script|!--)", re.IGNORECASE)


_LINE_END = re.compile("[\n\r\u2028\u2029]")
_COMMENT_STARTS = {at.HTML_COMMENT: 4, at.JS_HTML_OPEN: 4, at.JS_HTML_CLOSE: 3}
"""Characters that begin a comment, where these are not two."""


def escaped_text(c: Context, text: str, spend: Callable[[int], None]) -> tuple[Context, str | None]:
    """(the context after the text, the text without comments; None when nothing changes).

    `spend` is told how many characters are looked at.
    """
    parts: list[str] = []
    written = place = 0
    while place != len(text):
        spend(len(text) - place)
        after, length = step(c, text[place:])
        end = place + length
        if c.state in (at.TEXT, at.RCDATA):
            written = _lone_signs(text, (written, place, end), c.state == after.state, parts)
        elif c.state in at.COMMENTS and c.delimiter == at.NO_DELIMITER:
            parts.append(_in_place_of_comment(c.state, text[written:end]))
            written = end
        starts = c.state != after.state and after.state in at.COMMENTS
        if starts and after.delimiter == at.NO_DELIMITER:
            parts.append(text[written : end - _COMMENT_STARTS.get(after.state, 2)])
            written = end
        if c.state in at.SCRIPT_LITERALS and _SCRIPT_TAG.search(text[place:end]):
            parts.append(text[written:place])
            parts.append(_SCRIPT_TAG.sub(r"\\x3C\1", text[place:end]))
            written = end
        c, place = after, end
    if not written or c.state == at.ERROR:
        return c, None
    if c.state not in at.COMMENTS or c.delimiter != at.NO_DELIMITER:
        parts.append(text[written:])
    return c, "".join(parts)


def _lone_signs(text: str, span: tuple[int, int, int], stays: bool, parts: list[str]) -> int:
    """Writes `<` that begins no tag as an entity; up to where the text is written then.

    `span` is (written so far, from, to); unless the text stays text, a tag ends the piece.
    """
    written, place, end = span
    stop = end
    if not stays:
        tag = text.rfind("<", place, end)
        stop = tag if tag >= 0 else end
    for found in re.finditer("<(?!!doctype)", text[place:stop], re.IGNORECASE):
        sign = place + found.start()
        if text[sign : sign + 9].upper() == "<!DOCTYPE":
            continue
        parts.append(text[written:sign] + "&lt;")
        written = sign + 1
    return written


def _in_place_of_comment(state: str, comment: str) -> str:
    if state == at.JS_BLOCK_COMMENT:
        return "\n" if _LINE_END.search(comment) else " "
    return " " if state == at.CSS_BLOCK_COMMENT else ""
