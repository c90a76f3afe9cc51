"""How a piece of text moves a template from one HTML context to the next."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from translators.gotemplate import html_contexts as at
from translators.gotemplate.html_contexts import Context, failed
from translators.gotemplate.html_scripts import SCRIPT_TRANSITIONS
from translators.gotemplate.html_styles import STYLE_TRANSITIONS, in_url
from translators.gotemplate.quoting import quote

_SPACE = " \t\n\f\r"
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[:-][A-Za-z0-9]+)*", re.ASCII)
_ELEMENTS = {
    "script": "Script",
    "style": "Style",
    "textarea": "Textarea",
    "title": "Title",
    "meta": "Meta",
}
_END_NAMES = {"Script": "script", "Style": "style", "Textarea": "textarea", "Title": "title"}
_KINDS = {"URL": "URL", "CSS": "Style", "JS": "Script", "Srcset": "Srcset"}
_SCRIPT_TYPES = {
    "application/ecmascript",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/x-ecmascript",
    "application/x-javascript",
    "module",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
} | {""}

Step = tuple[Context, int]
"""The context after some text, and how many of its characters led there."""


def _space_end(text: str, start: int) -> int:
    while start < len(text) and text[start] in _SPACE:
        start += 1
    return start


def _in_text(c: Context, text: str) -> Step:
    start = 0
    while True:
        tag = text.find("<", start)
        if tag < 0 or tag + 1 == len(text):
            return c, len(text)
        if text.startswith("<!--", tag):
            return Context(at.HTML_COMMENT), tag + 4
        name = tag + 1
        closing = text[name] == "/"
        if closing:
            if name + 1 == len(text):
                return c, len(text)
            name += 1
        found = _TAG_NAME.match(text, name)
        if found:
            element = "" if closing else _ELEMENTS.get(found.group().lower(), "")
            return Context(at.TAG, element=element), found.end()
        start = name


def _attribute_name_end(text: str, start: int) -> tuple[int, Context | None]:
    for place in range(start, len(text)):
        char = text[place]
        if char in " \t\n\f\r=>":
            return place, None
        if char in "'\"<":
            shown = quote(text[:32])
            return -1, failed(f"{quote(char)} in attribute name: {shown}")
    return len(text), None


def _in_tag(c: Context, text: str) -> Step:
    start = _space_end(text, 0)
    if start == len(text):
        return c, len(text)
    if text[start] == ">":
        if c.element == "Meta":
            return Context(), start + 1
        return Context(at.ELEMENT_BODY[c.element], element=c.element), start + 1
    end, fault = _attribute_name_end(text, start)
    if fault:
        return fault, len(text)
    if start == end:
        message = f"expected space, attr name, or end of tag, but got {quote(text[start:])}"
        return failed(message), len(text)
    name = text[start:end].lower()
    if c.element == "Script" and name == "type":
        attribute = "ScriptType"
    elif c.element == "Meta" and name == "content":
        attribute = "MetaContent"
    else:
        attribute = _KINDS.get(at.attribute_kind(name), "")
    state = at.ATTR_NAME if end == len(text) else at.AFTER_NAME
    return Context(state, element=c.element, attribute=attribute), end


def _in_attribute_name(c: Context, text: str) -> Step:
    end, fault = _attribute_name_end(text, 0)
    if fault:
        return fault, len(text)
    return (c if end == len(text) else c._replace(state=at.AFTER_NAME)), end


def _after_name(c: Context, text: str) -> Step:
    start = _space_end(text, 0)
    if start == len(text):
        return c, len(text)
    if text[start] != "=":
        return c._replace(state=at.TAG), start
    return c._replace(state=at.BEFORE_VALUE), start + 1


def _before_value(c: Context, text: str) -> Step:
    start = _space_end(text, 0)
    if start == len(text):
        return c, len(text)
    delimiter = {"'": at.SINGLE_QUOTE, '"': at.DOUBLE_QUOTE}.get(text[start], at.UNQUOTED)
    state = at.START_STATES[c.attribute]
    return c._replace(state=state, delimiter=delimiter), start + (delimiter != at.UNQUOTED)


def _in_comment(c: Context, text: str) -> Step:
    end = text.find("-->")
    return (c, len(text)) if end < 0 else (Context(), end + 3)


def _same(c: Context, text: str) -> Step:
    return c, len(text)


def _in_meta(c: Context, text: str) -> Step:
    for place in range(len(text) - 3):
        if text[place : place + 3].lower() == "url":
            equals = _space_end(text, place + 3)
            if text[equals : equals + 1] == "=":
                return c._replace(state=at.META_CONTENT_URL), equals + 1
    return c, len(text)


def _in_meta_url(c: Context, text: str) -> Step:
    end = text.find(";")
    return (c, len(text)) if end < 0 else (c._replace(state=at.META_CONTENT), end + 1)


def special_end(c: Context, text: str) -> Step:
    """Up to the end tag of a script, a style, a textarea or a title."""
    if c.element in _END_NAMES:
        if c.element == "Script" and (c.state in at.SCRIPT_LITERALS or c.state in at.COMMENTS):
            return c, len(text)
        end = re.search(rf"</{_END_NAMES[c.element]}(?=[> \t\n\f/])", text, re.IGNORECASE)
        if end:
            return Context(), end.start()
    return c, len(text)


TRANSITIONS: dict[str, Callable[[Context, str], Step]] = {
    at.TEXT: _in_text,
    at.TAG: _in_tag,
    at.ATTR_NAME: _in_attribute_name,
    at.AFTER_NAME: _after_name,
    at.BEFORE_VALUE: _before_value,
    at.HTML_COMMENT: _in_comment,
    at.RCDATA: special_end,
    at.ATTR: _same,
    at.URL: in_url,
    at.SRCSET: in_url,
    at.META_CONTENT: _in_meta,
    at.META_CONTENT_URL: _in_meta_url,
    at.ERROR: _same,
    **SCRIPT_TRANSITIONS,
    **STYLE_TRANSITIONS,
}


def _is_script_type(text: str) -> bool:
    return text.partition(";")[0].lower().strip() in _SCRIPT_TYPES


def first_of(text: str, chars: str) -> int:
    """The first place of any of the characters; -1 when there is none."""
    return min((place for char in chars if (place := text.find(char)) >= 0), default=-1)


def step(c: Context, text: str) -> Step:
    """The context after the first tokens of a text, and how long those are."""
    if c.delimiter == at.NO_DELIMITER:
        after, length = special_end(c, text)
        if length == 0:
            return after, 0
        return TRANSITIONS[c.state](c, text[:length])
    end = first_of(text, at.DELIMITER_ENDS[c.delimiter])
    inside = len(text) if end < 0 else end
    if c.delimiter == at.UNQUOTED:
        bad = first_of(text[:inside], "\"'<=`")
        if bad >= 0:
            message = f"{quote(text[bad])} in unquoted attr: {quote(text[:inside])}"
            return failed(message), len(text)
    if inside == len(text):
        rest = html.unescape(text)
        while rest:
            c, length = TRANSITIONS[c.state](c, rest)
            rest = rest[length:]
        return c, len(text)
    element = c.element
    if c.state == at.ATTR and element == "Script" and c.attribute == "ScriptType":
        element = element if _is_script_type(text[:inside]) else ""
    return Context(at.TAG, element=element), inside + (c.delimiter != at.UNQUOTED)
