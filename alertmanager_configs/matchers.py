"""Matchers: `severity=~"critical|warning"`, read, printed, sorted and applied as Alertmanager does.

Two grammars exist, the classic one and the one for UTF-8 names (see `matcher_syntax`); which is
used when is the mode. Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from .labels import Mode
from .matcher_syntax import (
    SPACE,
    MatcherError,
    Operator,
    Parsed,
    checked,
    parse_classic,
    parse_classic_matcher,
    parse_utf8,
)
from .patterns import PatternError, compile_pattern
from .quoting import go_quote

__all__ = [
    "Matcher",
    "MatcherError",
    "Operator",
    "ParsedMatchers",
    "format_matchers",
    "parse_matcher",
    "parse_matchers",
    "read_matchers",
    "sort_matchers",
]

_ORDER = {"=": 0, "!=": 1, "=~": 2, "!~": 3}
_RESERVED = re.compile(rf"[{SPACE}{{}}!=~,\\\"'`]")  # in a name: it must be quoted
# One matcher that both grammars read in the same way, the form nearly all have.
_SIMPLE = re.compile(
    r"[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(=~|!=|!~|=)[ \t]*"
    r"(?:\"([^\"\\\n]*)\"|([^\s{}!=~,\\\"'`\x85]+))[ \t]*"
)


class Matcher(NamedTuple):
    """One condition on one label. A missing label counts as an empty one.

    The value of a regular expression is not checked here; what parses matchers does that.
    """

    name: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        """As Alertmanager prints it, in a group key for example; both grammars read it back."""
        if _RESERVED.search(self.name):
            return f"{go_quote(self.name)}{self.operator}{go_quote(self.value)}"
        value = self.value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        return f'{self.name}{self.operator}"{value}"'

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the label set fulfils the condition; an invalid regular expression never does."""
        value = labels.get(self.name, "")
        if self.operator == "=":
            return value == self.value
        if self.operator == "!=":
            return value != self.value
        try:
            found = compile_pattern(self.value)(value) is not None
        except PatternError:
            return False
        return found == (self.operator == "=~")


Doubt = Literal["", "incompatible", "disagreement"]


class ParsedMatchers(NamedTuple):
    """What a text says, and Alertmanager's warning about it, or "".

    "incompatible" means that only the classic grammar reads the text, "disagreement" that both do
    but differ; the classic reading counts.
    """

    matchers: tuple[Matcher, ...]
    warning: Doubt = ""


def parse_matcher(text: str, mode: Mode = "fallback") -> Matcher:
    """Exactly one matcher. Raises MatcherError."""
    if mode != "classic" and (text.startswith("{") or text.endswith("}")):
        raise MatcherError(f"unexpected open or close brace: {text}")
    return _read(text, mode, _one_classic, _one_utf8).matchers[0]


def parse_matchers(text: str, mode: Mode = "fallback") -> list[Matcher]:
    """All matchers of a text, in its order. Raises MatcherError."""
    return list(read_matchers(text, mode).matchers)


@lru_cache(maxsize=16384)
def read_matchers(text: str, mode: Mode = "fallback") -> ParsedMatchers:
    """All matchers of a text, in its order, with the warning. Raises MatcherError."""
    simple = _SIMPLE.fullmatch(text)
    if simple is None:
        return _read(text, mode, parse_classic, parse_utf8)
    name, operator, quoted, bare = simple.groups()
    prefix = "failed to create matcher: " if mode == "utf8" else ""
    parsed = checked(name, operator, bare if quoted is None else quoted, prefix)
    return ParsedMatchers((Matcher._make(parsed),))


_Parser = Callable[[str], tuple[Parsed, ...]]


def _read(text: str, mode: Mode, classic: _Parser, utf8: _Parser) -> ParsedMatchers:
    if mode != "fallback":
        return _parsed(classic(text) if mode == "classic" else utf8(text))
    try:
        old = classic(text)
    except MatcherError as classic_error:
        try:
            return _parsed(utf8(text))
        except MatcherError:
            raise classic_error from None
    try:
        new = utf8(text)
    except MatcherError:
        return _parsed(old, "incompatible")
    return _parsed(old, "" if new == old else "disagreement")


def _parsed(found: tuple[Parsed, ...], warning: Doubt = "") -> ParsedMatchers:
    return ParsedMatchers(tuple(map(Matcher._make, found)), warning)


def _one_classic(text: str) -> tuple[Parsed, ...]:
    return (parse_classic_matcher(text),)


def _one_utf8(text: str) -> tuple[Parsed, ...]:
    found = parse_utf8(text)
    if len(found) != 1:
        raise MatcherError(f"expected 1 matcher, found {len(found)}" if found else "no matchers")
    return found


def sort_matchers(matchers: Iterable[Matcher]) -> list[Matcher]:
    """In Alertmanager's order: by name, value and operator."""
    return sorted(matchers, key=lambda m: (m.name, m.value, _ORDER[m.operator]))


def format_matchers(matchers: Iterable[Matcher]) -> str:
    """`{a="b",c=~"d"}`, as in a group key."""
    return "{" + ",".join(map(str, matchers)) + "}"
