"""The escapes of text/template: html, js and urlquery."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from translators.gotemplate.errors import GoError
from translators.gotemplate.quoting import from_bytes, is_print, quote, to_bytes

_HTML = str.maketrans(
    {'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"}
)
_JS = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "<": "\\u003C",
    ">": "\\u003E",
    "&": "\\u0026",
    "=": "\\u003D",
}
_JS_SPECIAL = re.compile("[^ !#-%(-;?-\\[\\]-~]")
_UNSAFE = re.compile(r"[^0-9A-Za-z_.~-]")
_PERCENT = {chr(byte): f"%{byte:02X}" for byte in range(128)} | {" ": "+"}
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2}).{0,2}", re.DOTALL)


def html(text: str) -> str:
    return text.translate(_HTML)


def _js_char(char: str) -> str:
    code = ord(char)
    if char in _JS:
        return _JS[char]
    if code < 0x20:
        return f"\\u{code:04X}"
    if code < 0x80:
        return char
    # A stray byte counts as U+FFFD, which prints: Go writes the byte itself.
    return char if 0xDC80 <= code <= 0xDCFF or is_print(code) else f"\\u{code:04X}"


def js(text: str) -> str:
    return _JS_SPECIAL.sub(lambda char: _js_char(char[0]), text)


def query(text: str) -> str:
    """url.QueryEscape."""
    return _UNSAFE.sub(_percent, text)


def _percent(char: re.Match[str]) -> str:
    return _PERCENT.get(char[0]) or "".join([f"%{byte:02X}" for byte in to_bytes(char[0])])


def unquery(text: str) -> str:
    """url.QueryUnescape. GoError: invalid URL escape "%zz"."""
    bad = _BAD_ESCAPE.search(text)
    if bad:
        raise GoError(f"invalid URL escape {quote(bad.group())}")
    return from_bytes(unquote_to_bytes(to_bytes(text.replace("+", " "))))
