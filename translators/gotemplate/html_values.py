"""The escapers of html/template for element text, attributes and names of attributes."""

from __future__ import annotations

import re
from typing import Any

from translators.gotemplate import html_contexts as at
from translators.gotemplate.formatting import evaluated
from translators.gotemplate.functions import HTML, URL
from translators.gotemplate.html_contexts import Context
from translators.gotemplate.html_transitions import TRANSITIONS, first_of
from translators.gotemplate.values import NIL

FAILSAFE = "ZgotmplZ"
"""Stands in the place of a value that no escape makes safe."""


def shown(args: tuple[Any, ...]) -> tuple[str, type]:
    """(the text of an escaper's arguments, str, HTML or URL)."""
    if len(args) == 1:
        value = args[0]
        if value.__class__ is str:
            return value, str
        if isinstance(value, (HTML, URL)):
            return str(value), type(value)
    present = [arg for arg in args if arg is not None and arg is not NIL]
    if not present:
        return "", str
    return evaluated(present), str


_NORMAL = {"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "+": "&#43;", "<": "&lt;", ">": "&gt;"}


_SPACES = {
    "\0": "&#xfffd;",
    **{chr(code): f"&#{code};" for code in (9, 10, 11, 12, 13, 32)},
    "=": "&#61;",
    "`": "&#96;",
}


_HTML = str.maketrans(_NORMAL | {"&": "&amp;"})


_HTML_KEPT = str.maketrans(_NORMAL)


_UNQUOTED = str.maketrans(_NORMAL | _SPACES | {"&": "&amp;"})


_UNQUOTED_KEPT = str.maketrans(_NORMAL | _SPACES)


_ODD = re.compile("[\ufdd0-\ufdef\ufff0-\uffff]")


_HTML_SPECIAL = re.compile("[\\0\"'+&<>]")


def html_escaper(*args: Any) -> str:
    value = args[0]
    if value.__class__ is str and len(args) == 1:
        # Almost every value is a short text with nothing to escape.
        return value.translate(_HTML) if _HTML_SPECIAL.search(value) else value
    text, kind = shown(args)
    return text if kind is HTML else text.translate(_HTML)


def rcdata_escaper(*args: Any) -> str:
    text, kind = shown(args)
    return text.translate(_HTML_KEPT if kind is HTML else _HTML)


def attribute_escaper(*args: Any) -> str:
    text, kind = shown(args)
    return strip_tags(text).translate(_HTML_KEPT) if kind is HTML else text.translate(_HTML)


def unquoted_escaper(*args: Any) -> str:
    text, kind = shown(args)
    if text == "":
        return FAILSAFE
    text = strip_tags(text).translate(_UNQUOTED_KEPT) if kind is HTML else text.translate(_UNQUOTED)
    return _ODD.sub(lambda found: f"&#x{ord(found.group()):x};", text)


def strip_tags(html: str) -> str:
    """The text of a piece of HTML."""
    parts: list[str] = []
    c, place, all_text = Context(), 0, True
    while place != len(html):
        if c.delimiter == at.NO_DELIMITER:
            state = c.state
            if c.element and state not in at.IN_TAG:
                state = at.RCDATA
            after, length = TRANSITIONS[state](c, html[place:])
            end = place + length
            if c.state in (at.TEXT, at.RCDATA):
                stop = end
                if after.state != c.state:
                    tag = html.rfind("<", place, end)
                    stop = tag if tag >= 0 else end
                parts.append(html[place:stop])
            else:
                all_text = False
            c, place = after, end
            continue
        end = first_of(html[place:], at.DELIMITER_ENDS[c.delimiter])
        if end < 0:
            break
        place += end + (c.delimiter != at.UNQUOTED)
        c = Context(at.TAG, element=c.element)
    if all_text:
        return html
    if c.state in (at.TEXT, at.RCDATA):
        parts.append(html[place:])
    return "".join(parts)


def name_filter(*args: Any) -> str:
    text, _ = shown(args)
    text = text.lower()
    if not re.fullmatch("[0-9a-z]+", text) or at.attribute_kind(text) != "plain":
        return FAILSAFE
    return text


def comment_escaper(*args: Any) -> str:
    return ""
