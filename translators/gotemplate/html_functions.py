"""The escapers that html/template adds to each action, one for each kind of context."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from translators.gotemplate import jsontext
from translators.gotemplate.errors import GoError
from translators.gotemplate.formatting import evaluated, sprint
from translators.gotemplate.functions import URL, Function
from translators.gotemplate.html_styles import decoded
from translators.gotemplate.html_values import (
    FAILSAFE,
    attribute_escaper,
    comment_escaper,
    html_escaper,
    name_filter,
    rcdata_escaper,
    shown,
    unquoted_escaper,
)
from translators.gotemplate.quoting import to_bytes
from translators.gotemplate.times import Time
from translators.gotemplate.values import ANY, Pointer, indirect, kind

_CONTROLS = {chr(code): f"\\u{code:04x}" for code in range(0x20)}
_CONTROLS |= {"\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_LINES = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_JS_KEPT = _CONTROLS | _LINES | {char: f"\\u{ord(char):04x}" for char in "\"`&'+<>"} | {"/": "\\/"}
_JS = _JS_KEPT | {"\\": "\\\\"}
_JS_TEMPLATE = _JS | {char: f"\\u{ord(char):04x}" for char in "${}"}
_JS_REGEXP = (
    _CONTROLS
    | _LINES
    | {char: f"\\u{ord(char):04x}" for char in "\"&'+<>"}
    | {char: "\\" + char for char in "$()*-./?[\\]^{|}"}
)
_JS_TABLE = str.maketrans(_JS)
_JS_TEMPLATE_TABLE = str.maketrans(_JS_TEMPLATE)
_JS_REGEXP_TABLE = str.maketrans(_JS_REGEXP)


def js_string_escaper(*args: Any) -> str:
    return shown(args)[0].translate(_JS_TABLE)


def js_template_escaper(*args: Any) -> str:
    return shown(args)[0].translate(_JS_TEMPLATE_TABLE)


def js_regexp_escaper(*args: Any) -> str:
    return shown(args)[0].translate(_JS_REGEXP_TABLE) or "(?:)"


_IDENTIFIER = re.compile("[$_0-9A-Za-z]")


def js_value_escaper(*args: Any) -> str:
    """A value as a JavaScript expression."""
    if len(args) == 1:
        value = indirect(args[0])[0] if isinstance(args[0], Pointer) else args[0]
        stringer = getattr(value, "go_string", None)
        # Of a pointer only what it points to counts, and that has no String method.
        if stringer is not None and not isinstance(value, Time) and kind(value) != "ptr":
            value = stringer()
    else:
        value = sprint(list(args))
    try:
        text = jsontext.marshal(value)
    except GoError as error:
        message = re.sub("(?i)<(/?)script", r"\\x3C\1script", error.message)
        message = message.replace("*/", "* /").replace("<!--", "\\x3C!--")
        return f" /* {message} */null "
    if not text:
        return " null "
    pad = _IDENTIFIER.match(text[0]) or _IDENTIFIER.match(text[-1])
    return f" {text} " if pad else text


_CSS = {
    "\0": "\\0",
    "\t": "\\9",
    "\n": "\\a",
    "\f": "\\c",
    "\r": "\\d",
    "\\": "\\\\",
    **{char: f"\\{ord(char):x}" for char in "\"&'()+/:;<>{}"},
}
_CSS_PLACES = re.compile("([\\0\t\n\f\r\\\\\"&'()+/:;<>{}])(?=([0-9a-fA-F \t\n\f\r])|(\\Z))?")


def css_escaper(*args: Any) -> str:
    def escaped(found: re.Match[str]) -> str:
        result = _CSS[found.group(1)]
        if result != "\\\\" and (found.group(2) is not None or found.group(3) is not None):
            result += " "
        return result

    return _CSS_PLACES.sub(escaped, shown(args)[0])


def css_value_filter(*args: Any) -> str:
    text = decoded(shown(args)[0])
    if re.search("[\\0\"'()/;@[\\\\\\]`{}<>]|--", text):
        return FAILSAFE
    word = "".join(re.findall("[-_0-9A-Za-z]", text)).lower()
    return FAILSAFE if "expression" in word or "mozbinding" in word else text


def _is_safe_url(url: str) -> bool:
    scheme, colon, _ = url.partition(":")
    return not colon or "/" in scheme or scheme.lower() in ("http", "https", "mailto")


def url_filter(*args: Any) -> str:
    text, kind = shown(args)
    return text if kind is URL or _is_safe_url(text) else "#" + FAILSAFE


_RESERVED = re.compile(rb"[^-._~0-9A-Za-z]")
_NOT_URL = re.compile(rb"%(?![0-9a-fA-F]{2})|[^-._~0-9A-Za-z%!#$&*+,/:;=?@\[\]]")


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02x" % found.group()[0]


def normalized(url: str) -> str:
    """A URL with what may not stand in one percent-encoded."""
    return _NOT_URL.sub(_percent, to_bytes(url)).decode()


def url_normalizer(*args: Any) -> str:
    return normalized(shown(args)[0])


def url_escaper(*args: Any) -> str:
    text, kind = shown(args)
    if kind is URL:
        return normalized(text)
    return _RESERVED.sub(_percent, to_bytes(text)).decode()


def srcset_escaper(*args: Any) -> str:
    text, kind = shown(args)
    if kind is URL:
        return normalized(text).replace(",", "%2c")
    return ",".join(map(_srcset_element, text.split(",")))


def _srcset_element(text: str) -> str:
    found = re.fullmatch("([ \t\n\f\r]*)([^ \t\n\f\r]*)(.*)", text, re.DOTALL)
    assert found is not None  # every part may be empty
    space, url, metadata = found.groups()
    if _is_safe_url(url) and re.fullmatch("[ \t\n\f\r0-9A-Za-z]*", metadata):
        return space + normalized(url) + metadata
    return "#" + FAILSAFE


def eval_args(*args: Any) -> Any:
    if len(args) == 1 and isinstance(args[0], str) and type(args[0]) is str:
        return args[0]
    return evaluated(list(args))


_TABLE: dict[str, Callable[..., Any]] = {
    "_html_template_attrescaper": attribute_escaper,
    "_html_template_commentescaper": comment_escaper,
    "_html_template_cssescaper": css_escaper,
    "_html_template_cssvaluefilter": css_value_filter,
    "_html_template_htmlnamefilter": name_filter,
    "_html_template_htmlescaper": html_escaper,
    "_html_template_jsregexpescaper": js_regexp_escaper,
    "_html_template_jsstrescaper": js_string_escaper,
    "_html_template_jstmpllitescaper": js_template_escaper,
    "_html_template_jsvalescaper": js_value_escaper,
    "_html_template_nospaceescaper": unquoted_escaper,
    "_html_template_rcdataescaper": rcdata_escaper,
    "_html_template_srcsetescaper": srcset_escaper,
    "_html_template_urlescaper": url_escaper,
    "_html_template_urlfilter": url_filter,
    "_html_template_urlnormalizer": url_normalizer,
    "_eval_args_": eval_args,
}
ESCAPERS: dict[str, Function] = {
    name: Function(function, (ANY,), True) for name, function in _TABLE.items()
}
