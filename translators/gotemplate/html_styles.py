"""CSS and URLs inside a template."""

from __future__ import annotations

import re
from collections.abc import Callable

from translators.gotemplate import html_contexts as at
from translators.gotemplate.html_contexts import Context, failed
from translators.gotemplate.quoting import quote

Step = tuple[Context, int]
PRE_QUERY = "PreQuery"
QUERY = "QueryOrFrag"
UNKNOWN = "Unknown"

_SPACE = " \t\n\f\r"
_URL_WORD = re.compile(r"(?:\A|[^-_0-9A-Za-z\x80-\U0010ffff])url\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})(\r\n|[ \t\n\f\r])?|\\(.)|\\\Z", re.DOTALL)


def in_url(c: Context, text: str) -> Step:
    if "#" in text or "?" in text:
        c = c._replace(url_part=QUERY)
    elif text.strip(_SPACE) and not c.url_part:
        c = c._replace(url_part=PRE_QUERY)
    return c, len(text)


def decoded(text: str) -> str:
    """CSS text without its escapes."""
    if "\\" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        if found.group(1):
            digits, rest = found.group(1), found.group(2) or ""
            code = int(digits, 16)
            if code > 0x10FFFF:
                return chr(int(digits[:5], 16)) + digits[5:] + rest
            return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
        return found.group(3) or ""

    return _ESCAPE.sub(plain, text)


def _in_style(c: Context, text: str) -> Step:
    for found in re.finditer(r"[(\"'/]", text):
        place, char = found.start(), found.group()
        if char == '"':
            return c._replace(state=at.CSS_DOUBLE), place + 1
        if char == "'":
            return c._replace(state=at.CSS_SINGLE), place + 1
        following = text[place + 1 : place + 2]
        if char == "/" and following == "/":
            return c._replace(state=at.CSS_LINE_COMMENT), place + 2
        if char == "/" and following == "*":
            return c._replace(state=at.CSS_BLOCK_COMMENT), place + 2
        if char == "(" and _URL_WORD.search(text[:place].rstrip(_SPACE)):
            start = len(text) - len(text[place + 1 :].lstrip(_SPACE))
            mark = text[start : start + 1]
            if mark == '"':
                return c._replace(state=at.CSS_DOUBLE_URL), start + 1
            if mark == "'":
                return c._replace(state=at.CSS_SINGLE_URL), start + 1
            return c._replace(state=at.CSS_URL), start
    return c, len(text)


_ENDS = {
    at.CSS_DOUBLE: '"',
    at.CSS_DOUBLE_URL: '"',
    at.CSS_SINGLE: "'",
    at.CSS_SINGLE_URL: "'",
    at.CSS_URL: "\t\n\f\r )",
}


def _in_string(c: Context, text: str) -> Step:
    ends = _ENDS[c.state]
    start = place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
            if place == len(text):
                message = f"unfinished escape sequence in CSS string: {quote(text)}"
                return failed(message), len(text)
            c, _ = in_url(c, decoded(text[: place + 1]))
            start = place + 1
        elif char in ends:
            return c._replace(state=at.CSS), place + 1
        place += 1
    c, _ = in_url(c, decoded(text[start:]))
    return c, len(text)


def _in_block_comment(c: Context, text: str) -> Step:
    end = text.find("*/")
    return (c, len(text)) if end < 0 else (c._replace(state=at.CSS), end + 2)


def _in_line_comment(c: Context, text: str) -> Step:
    end = re.search(r"[\n\f\r]", text)
    return (c, len(text)) if end is None else (c._replace(state=at.CSS), end.start())


STYLE_TRANSITIONS: dict[str, Callable[[Context, str], Step]] = {
    at.CSS: _in_style,
    at.CSS_DOUBLE: _in_string,
    at.CSS_SINGLE: _in_string,
    at.CSS_DOUBLE_URL: _in_string,
    at.CSS_SINGLE_URL: _in_string,
    at.CSS_URL: _in_string,
    at.CSS_BLOCK_COMMENT: _in_block_comment,
    at.CSS_LINE_COMMENT: _in_line_comment,
}
