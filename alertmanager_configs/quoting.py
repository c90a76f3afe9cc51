"""Go's quoted strings, which Alertmanager prints in messages and group keys and reads in matchers.

Source: https://pkg.go.dev/strconv#Quote and https://go.dev/ref/spec#String_literals
"""

from __future__ import annotations

import re

_NAMED = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}
_BY_NAME = {written[1]: character for character, written in _NAMED.items()}
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)


def go_quote(text: str) -> str:
    """`text` in double quotes, with everything escaped that is not printable."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no character, as Python's surrogateescape has it
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def go_unquote(quoted: str) -> str:
    """The text of a literal in double quotes; raises ValueError where Go refuses it.

    Besides bad escapes that is a bare line feed, a bare quote, and escaped bytes that are not
    UTF-8.
    """
    inner = quoted[1:-1]
    if len(quoted) < 2 or quoted[0] != '"' or quoted[-1] != '"' or "\n" in inner:
        raise ValueError("invalid syntax")
    if "\\" not in inner:
        if '"' in inner:
            raise ValueError("invalid syntax")
        return inner
    octets = bytearray()
    position = 0
    while position < len(inner):
        if inner[position] != "\\":
            if inner[position] == '"':
                raise ValueError("invalid syntax")
            octets += inner[position].encode()
            position += 1
            continue
        match = _ESCAPE.match(inner, position)
        if match is None:
            raise ValueError("invalid syntax")
        octets += _octets(match)
        position = match.end()
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise ValueError("invalid UTF-8") from None


def _octets(match: re.Match[str]) -> bytes:
    name, hexadecimal, octal, short, long = match.groups()
    if name:
        return _BY_NAME[name].encode()
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    if octal:
        value = int(octal, 8)
        if value > 0xFF:
            raise ValueError("invalid syntax")
        return bytes([value])
    code = int(short or long, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError("invalid syntax")
    return chr(code).encode()
