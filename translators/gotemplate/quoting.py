"""Go's quoted strings both ways: strconv.Unquote, %q, %#U; and strings that are not valid UTF-8.

A Go string is bytes. Here it is a `str` in which a byte that is no UTF-8 stands as the surrogate
U+DC80..U+DCFF (Python's surrogateescape), so text stays text and no byte is lost.
"""

from __future__ import annotations

import re
import unicodedata

_SIMPLE = {
    "a": 7,
    "b": 8,
    "f": 12,
    "n": 10,
    "r": 13,
    "t": 9,
    "v": 11,
    "\\": 92,
}
_NAMED = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v"}
_SPECIAL = re.compile(r"[^ !#-\[\]-~]")
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_bytes(text: str) -> bytes:
    """The bytes of the Go string."""
    return text.encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def byte_length(text: str) -> int:
    """len(s) as Go counts it."""
    return len(text) if text.isascii() else len(to_bytes(text))


def joined(text: str) -> str:
    """The text with split UTF-8 sequences put together again (after concatenation)."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return from_bytes(to_bytes(text))


def valid(text: str) -> str:
    """The text as a receiver shows it: every stray byte becomes U+FFFD."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return _SURROGATE.sub("\ufffd", joined(text))


def unquote(literal: str) -> str:
    """The value of a Go string literal, quotes included. ValueError when it is malformed."""
    quote = literal[0]
    body = literal[1:-1]
    if quote == "`":
        return body.replace("\r", "")
    if "\\" not in body:
        if "\n" in body:
            raise ValueError("invalid syntax")
        return body
    out = bytearray()
    position = 0
    while position < len(body):
        if body[position] != "\\":
            end = body.find("\\", position)
            end = len(body) if end < 0 else end
            out += to_bytes(body[position:end])
            position = end
            continue
        code, is_byte, position = _escape(body, position, quote)
        out += bytes([code]) if is_byte else chr(code).encode("utf-8")
    return from_bytes(bytes(out))


def unquote_char(literal: str) -> int:
    """The code point of a Go character literal such as 'a' or '\\n'."""
    body = literal[1:]
    if not body or body[0] in "'\n":
        raise ValueError("invalid syntax")
    if body[0] == "\\":
        code, _, position = _escape(body, 0, "'")
    else:
        code, position = ord(body[0]), 1
        if 0xDC80 <= code <= 0xDCFF:
            code = 0xFFFD
    if body[position:] != "'":
        raise ValueError(f"malformed character constant: {literal}")
    return code


def _escape(body: str, position: int, quote: str) -> tuple[int, bool, int]:
    """(code, is it a raw byte, position after it) of the escape that starts at `position`."""
    invalid = ValueError("invalid syntax")
    if position + 1 >= len(body):
        raise invalid
    char = body[position + 1]
    position += 2
    if char in _SIMPLE:
        return _SIMPLE[char], False, position
    if char in "xuU":
        size = {"x": 2, "u": 4, "U": 8}[char]
        digits = body[position : position + size]
        if len(digits) != size or not re.fullmatch("[0-9a-fA-F]+", digits):
            raise invalid
        code = int(digits, 16)
        if char == "x":
            return code, True, position + size
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise invalid
        return code, False, position + size
    if char in "01234567":
        digits = body[position - 1 : position + 2]
        if not re.fullmatch("[0-7]{3}", digits) or int(digits, 8) > 255:
            raise invalid
        return int(digits, 8), True, position + 2
    if char in "'\"":
        if char != quote:
            raise invalid
        return ord(char), False, position
    raise invalid


def is_print(code: int) -> bool:
    """unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space."""
    if code < 0x7F:
        return code >= 0x20
    return unicodedata.category(chr(code))[0] in "LMNPS"


def _quoted_rune(code: int, quote: str, ascii_only: bool) -> str:
    char = chr(code)
    if char == quote or char == "\\":
        return "\\" + char
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if (code < 0x80 or not ascii_only) and is_print(code):
        return char
    if code in _NAMED:
        return _NAMED[code]
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quote(text: str, ascii_only: bool = False) -> str:
    """strconv.Quote, or QuoteToASCII."""
    return '"' + _SPECIAL.sub(lambda c: _quoted_rune(ord(c[0]), '"', ascii_only), text) + '"'


def quote_rune(code: int, ascii_only: bool = False) -> str:
    """strconv.QuoteRune, or QuoteRuneToASCII."""
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return "'" + _quoted_rune(code, "'", ascii_only) + "'"


def can_backquote(text: str) -> bool:
    """strconv.CanBackquote: a single line without control characters or backquotes."""
    return not any(
        c == "`"
        or c == "\x7f"
        or c == "\ufeff"
        or (c < " " and c != "\t")
        or "\ud800" <= c <= "\udfff"
        for c in text
    )


def code_point(code: int) -> str:
    """%#U: U+0041 'A'."""
    if 0xDC80 <= code <= 0xDCFF:
        code = 0xFFFD
    text = f"U+{code:04X}"
    return f"{text} '{chr(code)}'" if 0 <= code <= 0x10FFFF and is_print(code) else text
