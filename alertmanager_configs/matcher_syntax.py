"""The two grammars of matchers: the classic one, and the one that has names in any script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from .patterns import PatternError, check_pattern
from .quoting import go_unquote

Operator = Literal["=", "!=", "=~", "!~"]
Parsed = tuple[str, Operator, str]
"""Name, operator and value of one matcher."""

# White space as Go's unicode.IsSpace has it, for character classes: Python's \\s has some more.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_OUTER_SPACE = re.compile(rf"[{SPACE}]+\Z|\A[{SPACE}]+")


class MatcherError(ValueError):
    """Not a matcher; the text is Alertmanager's own."""


# --- classic ---------------------------------------------------------------------------------

_CLASSIC = re.compile(
    r"[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*",
    re.DOTALL,
)
_CLASSIC_QUOTED = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_CLASSIC_BARE = re.compile(r'(?:[^"\\]|\\.)*\\?', re.DOTALL)
_CLASSIC_ESCAPE = re.compile(r'\\([n"\\])')


def parse_classic(text: str) -> tuple[Parsed, ...]:
    """A list of matchers in the classic grammar: one brace may be missing, values need no quotes.

    Raises MatcherError in Alertmanager's words.
    """
    inner = text.removeprefix("{").removesuffix("}")
    return tuple(parse_classic_matcher(part) for part in _split(inner))


def _split(text: str) -> Iterator[str]:
    """The parts between commas outside quotes; as in the original, commas leave escapes open."""
    part = ""
    quoted = escaped = False
    for character in text:
        if character == ",":
            if not quoted:
                yield part
                part = ""
                continue
        elif character == '"':
            if not escaped:
                quoted = not quoted
            escaped = False
        else:
            escaped = character == "\\" and not escaped
        part += character
    last = _OUTER_SPACE.sub("", part)
    if last:
        yield last


def parse_classic_matcher(text: str) -> Parsed:
    """One matcher in the classic grammar. Raises MatcherError."""
    match = _CLASSIC.fullmatch(text)
    if match is None:
        raise MatcherError(f"bad matcher format: {text}")
    name, operator, written = match.groups()
    if written.startswith('"'):
        valid, value = _CLASSIC_QUOTED.fullmatch(written, 1), written[1:-1]
    else:
        valid, value = _CLASSIC_BARE.fullmatch(written), written
    if not valid:
        raise MatcherError(f"matcher value contains unescaped double quote: {written}")
    value = _CLASSIC_ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], value)
    return checked(name, operator, value)


def checked(name: str, operator: str, value: str, prefix: str = "") -> Parsed:
    """The matcher, if its value is the regular expression that it may have to be."""
    if operator in ("=~", "!~"):
        try:
            check_pattern(value)
        except PatternError as error:
            raise MatcherError(f"{prefix}{error}") from None
    return name, cast(Operator, operator), value


# --- UTF-8 -----------------------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str  # the character itself, an operator, "text" (quoted or not), "end" or "error"
    text: str
    start: int
    end: int
    error: str = ""


_OPERATORS = ("=", "!=", "=~", "!~")
_TOKEN = re.compile(
    rf"[{SPACE}]*(?:(?P<sign>[{{}},]|=~|!=|!~|=)|(?P<text>\"(?:[^\"\\]|\\.)*\""
    rf"|[^{SPACE}{{}}!=~,\\\"'`]+)|(?P<open>\".*)|(?P<bad>.)|(?P<end>\Z))",
    re.DOTALL,
)
_NO_OPERATOR = "expected an operator such as '=', '!=', '=~' or '!~'"


def parse_utf8(text: str) -> tuple[Parsed, ...]:
    """A list of matchers in the grammar of UTF-8 names: both braces or none, quotes as in Go.

    Raises MatcherError in Alertmanager's words, with the columns that it counts.
    """
    return tuple(_Parser(text).parse())


class _Parser:
    """Reads tokens one ahead of what it has taken."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.taken = 0  # where the last taken token ended
        self.next = self._scan()

    def _scan(self) -> _Token:
        match = _TOKEN.match(self.text, self.taken)
        assert match is not None
        kind = match.lastgroup
        assert kind is not None
        found, (start, end) = match[kind], match.span(kind)
        if kind == "sign":
            return _Token(found, found, start, end)
        where = f"{start}:{end}"
        if kind == "open":
            return _Token("error", found, start, end, f'{where}: {found}: missing end "')
        if kind == "bad":
            error = f"{where}: {found}: invalid input"
            if found == "!":
                reason = "expected one of '=~'"
                at_end = end >= len(self.text)
                error = f"{where}: " + (
                    f"unexpected end of input, {reason}" if at_end else f"!: {reason}"
                )
            return _Token("error", found, start, end, error)
        return _Token(kind, found, start, end)

    def take(self) -> _Token:
        token = self.next
        self.taken = token.end
        self.next = self._scan()
        return token

    def expect(self, kinds: tuple[str, ...], reason: str) -> _Token:
        """The next token, not yet taken; `reason` ends the message if it is of another kind."""
        token = self.next
        if token.kind in kinds:
            return token
        if token.kind == "end":
            raise MatcherError(f"end of input: {reason}")
        problem = token.error or f"{token.start}:{token.end}: unexpected {token.text}"
        raise MatcherError(f"{problem}: {reason}")

    def parse(self) -> Iterator[Parsed]:
        if self.next.kind == "error":
            raise MatcherError(self.next.error)
        braces = self.next.kind == "{"
        if braces:
            self.take()
            if self.next.kind == "error":
                raise MatcherError(self.next.error)
        elif self.next.kind == "end":
            return
        while self.next.kind not in ("}", "end"):
            yield self.matcher()
            if self.next.kind == "end":
                break
            if self.expect((",", "}"), "expected a comma or close brace").kind == ",":
                self.take()
                if self.next.kind != "end":
                    reason = "expected a matcher or close brace after comma"
                    self.expect(("}", "text"), reason)
        self.close(braces)

    def close(self, braces: bool) -> None:
        if braces and self.next.kind == "end":
            raise MatcherError(f"0:{self.taken}: end of input: expected close brace")
        if self.next.kind == "}":
            self.take()
            if not braces:
                raise MatcherError(f"0:{self.taken}: }}: expected opening brace")
        left = self.next
        if left.kind != "end":
            problem = left.error or f"{left.start}:{left.end}: {left.text}"
            raise MatcherError(f"{problem}: expected end of input")

    def matcher(self) -> Parsed:
        name = self.word("expected label name")
        self.expect(_OPERATORS, _NO_OPERATOR)
        operator = self.take().text
        value = self.word("expected label value")
        return checked(name, operator, value, "failed to create matcher: ")

    def word(self, reason: str) -> str:
        self.expect(("text",), reason)
        token = self.take()
        if not token.text.startswith('"'):
            return token.text
        try:
            return go_unquote(token.text)
        except ValueError:
            raise MatcherError(f"{token.start}:{token.end}: {token.text}: invalid input") from None
