"""Go's regexp by way of RE2: the same matches, in time linear in the text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.quoting import from_bytes, quote, to_bytes

_FAULTS = (
    ("missing ]", "missing closing ]"),
    ("missing )", "missing closing )"),
    ("unexpected )", "unexpected )"),
    ("trailing \\", "trailing backslash at end of expression"),
    ("no argument for repetition operator", "missing argument to repetition operator"),
    ("bad repetition operator", "invalid nested repetition operator"),
    ("invalid repetition size", "invalid repeat count"),
    ("bad named capture group", "invalid named capture"),
    ("invalid named capture group", "invalid named capture"),
    ("duplicate capture group name", "duplicate capture group name"),
    ("invalid character class range", "invalid character class range"),
    ("invalid character class", "invalid character class"),
    ("invalid escape sequence", "invalid escape sequence"),
    ("invalid perl operator", "invalid or unsupported Perl syntax"),
    ("invalid UTF-8", "invalid UTF-8"),
)
_ANY_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")
"""RE2 matches any byte with it; Go refuses it."""
_REFERENCE = re.compile(rb"\$(?:\$|([0-9A-Za-z_]+)|\{([0-9A-Za-z_]+)\})")


def _fault(message: str) -> str:
    for theirs, ours in _FAULTS:
        if message.startswith(theirs):
            detail = message.partition(": ")[2]
            if ours.startswith("trailing"):
                return f"error parsing regexp: {ours}: ``"
            return f"error parsing regexp: {ours}" + (f": `{detail}`" if detail else "")
    return f"error parsing regexp: {message}"


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """The pattern. GoError with Go's sentence when it is none."""
    import re2  # loaded by the first pattern

    if _ANY_BYTE.search(pattern):
        raise GoError("error parsing regexp: invalid escape sequence: `\\C`")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(to_bytes(pattern), options=options)
    except re2.error as error:
        message = error.args[0] if error.args else ""
        message = from_bytes(message) if isinstance(message, bytes) else str(message)
        raise GoError(_fault(message)) from None


def match(pattern: str, text: str) -> bool:
    """regexp.MatchString."""
    return compiled(pattern).search(to_bytes(text)) is not None


def replace_all(pattern: str, replacement: str, text: str) -> str:
    """Regexp.ReplaceAllString with its $1 and ${name}."""
    try:
        expression = compiled(pattern)
    except GoError as error:
        detail = error.message.removeprefix("error parsing regexp: ")
        raise GoError(
            f"regexp: Compile({_backquoted(pattern)}): error parsing regexp: {detail}"
        ) from None
    source = to_bytes(text)
    template = to_bytes(replacement)
    parts: list[bytes] = []
    last = position = size = 0
    while position <= len(source):
        found = expression.search(source, position)
        if found is None:
            break
        bounds.step()
        start, end = found.span()
        parts.append(source[last:start])
        if end > last or start == 0:
            parts.append(_expanded(template, found, expression))
            size += len(parts[-1])
            if size > bounds.MAX_OUTPUT:
                raise Exhausted(f"string longer than {bounds.MAX_OUTPUT} bytes")
        last = end
        step = position + _width(source, position)
        position = step if step > end else end
    parts.append(source[last:])
    return from_bytes(b"".join(parts))


def _backquoted(pattern: str) -> str:
    return quote(pattern) if "`" in pattern else f"`{pattern}`"


def _width(source: bytes, position: int) -> int:
    """Bytes of the character at the position, at least one."""
    if position >= len(source):
        return 1
    lead = source[position]
    size = 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    try:
        source[position : position + size].decode()
    except UnicodeDecodeError:
        return 1
    return size


def _expanded(template: bytes, found: Any, expression: Any) -> bytes:
    if b"$" not in template:
        return template

    def value(reference: re.Match[bytes]) -> bytes:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return b"$"
        if name.isdigit() and (name == b"0" or not name.startswith(b"0") or len(name) == 1):
            number = int(name) if len(name) < 9 else 1 << 30
            return (found.group(number) or b"") if number <= expression.groups else b""
        number = expression.groupindex.get(from_bytes(name))
        if number is None:
            number = expression.groupindex.get(name)
        return b"" if number is None else (found.group(number) or b"")

    return _REFERENCE.sub(value, template)
