"""Regular expressions as Alertmanager has them: RE2, anchored at both ends, errors in Go's
words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

_MOST_NESTED = 1000  # Go refuses more, https://pkg.go.dev/regexp/syntax (ErrNestingDepth)

_MOST_REPEATED = 1000

# What RE2 says, and what Go says of the same mistake; the rest of both messages agrees.
_IN_GOS_WORDS = {
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
    "trailing \\": "trailing backslash at end of expression",
}
# Words and alternatives, which are always valid and need not be compiled to know it.
_WORDS = re.compile(r"(?:[A-Za-z0-9_.][*+?]|[A-Za-z0-9_|. -])*")
_ANY_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")  # RE2 has it, Go has not

_COUNT = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")

_options = re2.Options()
_options.log_errors = False


class PatternError(ValueError):
    """Not a regular expression; the text is Go's own, with the pattern as Alertmanager wraps it."""


def check_pattern(pattern: str) -> None:
    """Raises PatternError if Go would not take `pattern`."""
    if not _WORDS.fullmatch(pattern):
        compile_pattern(pattern)


@lru_cache(maxsize=8192)
def compile_pattern(pattern: str) -> Callable[[str], Any]:
    """A function that tells whether a whole text matches. Raises PatternError."""
    wrapped = f"^(?:{pattern})$"
    if _ANY_BYTE.search(pattern):
        raise PatternError("error parsing regexp: invalid escape sequence: `\\C`")
    if pattern.count("(") >= _MOST_NESTED and _depth(wrapped) > _MOST_NESTED:
        raise PatternError(f"error parsing regexp: expression nests too deeply: `{wrapped}`")
    try:
        search: Callable[[str], Any] = re2.compile(wrapped, _options).search
    except re2.error as error:
        said = error.args[0]
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise PatternError(f"error parsing regexp: {_in_gos_words(text)}") from None
    return search


def _in_gos_words(said: str) -> str:
    problem, _, where = said.partition(": ")
    if "repetition" in problem:
        for count in _COUNT.finditer(where):  # Go looks at counts before it looks at their order
            least, most = int(count[1]), int(count[2] or 0)
            if max(least, most) > _MOST_REPEATED or (count[2] and least > most):
                return f"invalid repeat count: `{count[0]}`"
    return f"{_IN_GOS_WORDS.get(problem, problem)}: `{where}`"


def _depth(pattern: str) -> int:
    """How deep groups are nested, near enough: escapes and classes are not looked at."""
    depth = deepest = 0
    for character in pattern:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest
