"""What is wrong with a text that is no YAML for us, in the words of Go's YAML library."""

from __future__ import annotations

from typing import Any

from yaml.scanner import ScannerError

from .problems import Problem, SetupError


class RefusedError(Exception):
    """YAML, but not what we take: a message and the mark of the event."""

    def __init__(self, message: str, event: Any) -> None:
        super().__init__(message)
        self.mark = event.start_mark


_DECODING = {  # in the YAML library's words
    "invalid start byte": "invalid leading UTF-8 octet",
    "invalid continuation byte": "invalid trailing UTF-8 octet",
    "unexpected end of data": "incomplete UTF-8 octet sequence",
}


def decode(text: str | bytes, name: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with a mark. Raises SetupError with the place."""
    if isinstance(text, str):
        return text
    encoding = "utf-16" if text.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as error:
        place = _place_in(text[: error.start].decode(encoding, errors="replace"))
        message = "yaml: " + _DECODING.get(error.reason, "invalid Unicode text")
        raise SetupError([Problem(message, (), *place, "syntax")], name) from None


def describe_failure(error: Any, text: str) -> Problem:
    """The problem in the words of go-yaml, which leaves out line 0 and, for errors of its parser,
    counts from 0."""
    if isinstance(error, UnicodeEncodeError):
        place = _place_in(text[: error.start])
        return Problem("yaml: invalid Unicode character", (), *place, "syntax")
    if isinstance(error, RefusedError):
        mark = error.mark
        return Problem(f"yaml: {error}", (), mark.line + 1, mark.column + 1, "syntax")
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # a ReaderError, which counts bytes
        before = text.encode()[: getattr(error, "position", 0)].decode(errors="replace")
        reason = getattr(error, "reason", "unreadable text")
        return Problem(f"yaml: {reason}", (), *_place_in(before), "syntax")
    told = mark.line + isinstance(error, ScannerError) if mark.line else 0
    context = getattr(error, "context_mark", None)
    if not told and context is not None:
        told = context.line
    where = f"line {told}: " if told else ""
    return Problem(f"yaml: {where}{error.problem}", (), mark.line + 1, mark.column + 1, "syntax")


def _place_in(before: str) -> tuple[int, int]:
    """Line and column of what follows `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
