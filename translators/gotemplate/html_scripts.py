"""JavaScript inside a template: strings, comments, regular expressions, template literals."""

from __future__ import annotations

import re
from collections.abc import Callable

from translators.gotemplate import html_contexts as at
from translators.gotemplate.html_contexts import Context, failed
from translators.gotemplate.quoting import SPACE, quote

Step = tuple[Context, int]
DIVISION = "DivOp"
UNKNOWN = "Unknown"

_SPACE = SPACE.replace("\x85", "") + "\ufeff"
_KEYWORDS = {
    "break",
    "case",
    "continue",
    "delete",
    "do",
    "else",
    "finally",
    "in",
    "instanceof",
    "return",
    "throw",
    "try",
    "typeof",
    "void",
}
_TOKEN = re.compile(r"[\"'`/{}<\-#]")
_WORD = re.compile(r"[$_0-9A-Za-z]*\Z")


def after_tokens(text: str, before: str) -> str:
    """Whether a slash after these tokens starts a regular expression ("") or divides."""
    text = text.rstrip(_SPACE)
    if not text:
        return before
    last = text[-1]
    if last in "+-":
        run = len(text) - len(text.rstrip(last))
        return "" if run % 2 else DIVISION
    if last == ".":
        return DIVISION if text[-2:-1].isdecimal() and text[-2:-1].isascii() else ""
    if last in ",<>=*%&|^?!~([:;{}":
        return ""
    word = _WORD.search(text)
    return "" if word and word.group() in _KEYWORDS else DIVISION


def _in_script(c: Context, text: str) -> Step:
    found = _TOKEN.search(text)
    if found is None:
        return c._replace(slash=after_tokens(text, c.slash)), len(text)
    place = found.start()
    slash = after_tokens(text[:place], c.slash)
    c = c._replace(slash=slash)
    char, following = text[place], text[place + 1 : place + 2]
    if char in _QUOTES:
        return c._replace(state=_QUOTES[char], slash=""), place + 1
    if char == "/":
        return _slash(c, text, place, following)
    if char == "<" and text.startswith("<!--", place):
        return c._replace(state=at.JS_HTML_OPEN), place + 4
    if char == "-" and text.startswith("-->", place):
        return c._replace(state=at.JS_HTML_CLOSE), place + 3
    if char == "#" and following == "!":
        return c._replace(state=at.JS_LINE_COMMENT), place + 2
    if char == "{":
        braces = (*c.braces[:-1], c.braces[-1] + 1) if c.braces else c.braces
        return c._replace(braces=braces, slash=after_tokens("{", slash)), place + 1
    if char == "}":
        if not c.braces:
            return c._replace(slash=after_tokens("}", slash)), place + 1
        if c.braces[-1] > 0:
            braces = (*c.braces[:-1], c.braces[-1] - 1)
            return c._replace(braces=braces, slash=after_tokens("}", slash)), place + 1
        return c._replace(braces=c.braces[:-1], state=at.JS_TEMPLATE), place + 1
    return c, place + 1


_QUOTES = {'"': at.JS_DOUBLE, "'": at.JS_SINGLE, "`": at.JS_TEMPLATE}


def _slash(c: Context, text: str, place: int, following: str) -> Step:
    if following == "/":
        return c._replace(state=at.JS_LINE_COMMENT), place + 2
    if following == "*":
        return c._replace(state=at.JS_BLOCK_COMMENT), place + 2
    if c.slash == "":
        return c._replace(state=at.JS_REGEXP), place + 1
    if c.slash == DIVISION:
        return c._replace(slash=""), place + 1
    shown = quote(text[place : place + 32])
    return failed(f"'/' could start a division or regexp: {shown}"), len(text)


def _unfinished(text: str, kind: str = "JS") -> Step:
    return failed(f"unfinished escape sequence in {kind} string: {quote(text)}"), len(text)


def _in_template(c: Context, text: str) -> Step:
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
            if place == len(text):
                return _unfinished(text)
        elif char == "$" and text.startswith("{", place + 1):
            return c._replace(state=at.JS, braces=(*(c.braces or ()), 0)), place + 2
        elif char == "`":
            return c._replace(state=at.JS), place + 1
        place += 1
    return c, len(text)


_ENDS = {at.JS_DOUBLE: '"', at.JS_SINGLE: "'", at.JS_REGEXP: "/"}


def _in_literal(c: Context, text: str) -> Step:
    end, regexp = _ENDS[c.state], c.state == at.JS_REGEXP
    in_set = False
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
            if place == len(text):
                return _unfinished(text)
        elif regexp and char == "[":
            in_set = True
        elif regexp and char == "]":
            in_set = False
        elif regexp and char == "/" and text[max(place - 1, 0) : place + 7].lower() == "</script":
            place += 1
        elif char == end and not in_set:
            return c._replace(state=at.JS, slash=DIVISION), place + 1
        place += 1
    if in_set:
        return failed(f"unfinished JS regexp charset: {quote(text)}"), len(text)
    return c, len(text)


def _in_block_comment(c: Context, text: str) -> Step:
    end = text.find("*/")
    return (c, len(text)) if end < 0 else (c._replace(state=at.JS), end + 2)


_LINE_END = re.compile("[\n\r\u2028\u2029]")


def _in_line_comment(c: Context, text: str) -> Step:
    end = _LINE_END.search(text)
    return (c, len(text)) if end is None else (c._replace(state=at.JS), end.start())


SCRIPT_TRANSITIONS: dict[str, Callable[[Context, str], Step]] = {
    at.JS: _in_script,
    at.JS_DOUBLE: _in_literal,
    at.JS_SINGLE: _in_literal,
    at.JS_REGEXP: _in_literal,
    at.JS_TEMPLATE: _in_template,
    at.JS_BLOCK_COMMENT: _in_block_comment,
    at.JS_LINE_COMMENT: _in_line_comment,
    at.JS_HTML_OPEN: _in_line_comment,
    at.JS_HTML_CLOSE: _in_line_comment,
}
