"""Text of a Go template → tokens: text, delimiters, words, numbers, strings (Go 1.26's rules)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from translators.gotemplate.quoting import code_point, quote
from translators.gotemplate.tokens import KEYWORDS, Kind, Token

_SPACES = " \t\r\n"
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_CHARACTER = re.compile(r"'(?:[^'\\\n]|\\[^\n])*'")
_ONE_CHAR = {"=": Kind.ASSIGN, "|": Kind.PIPE, "(": Kind.LEFT_PAREN, ")": Kind.RIGHT_PAREN}


def _is_alphanumeric(char: str) -> bool:
    """Letters, decimal digits and the underscore, as Go's unicode tables have them."""
    return char == "_" or char.isalpha() or char.isdecimal()


class Lexer:
    """The tokens of one text, in order; after an ERROR token nothing follows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line = 1

    def __iter__(self) -> Iterator[Token]:
        text, end = self.text, len(self.text)
        while self.position < end:
            at = text.find("{{", self.position)
            if at < 0:
                yield self._take(Kind.TEXT, end)
                break
            trimmed = self._trims_left(at + 2)
            stop = len(text[self.position : at].rstrip(_SPACES)) + self.position if trimmed else at
            if stop > self.position:
                yield self._take(Kind.TEXT, stop)
            self._skip(at)
            inner = at + 4 if trimmed else at + 2
            if text.startswith("/*", inner):
                fault = self._comment(inner)
                if fault:
                    yield fault
                    return
                continue
            yield self._take(Kind.LEFT, at + 2)
            self._skip(inner)
            for token in self._action():
                yield token
                if token.kind is Kind.ERROR:
                    return
        yield Token(Kind.EOF, "", self.position, self.line)

    def _take(self, kind: Kind, end: int) -> Token:
        value = self.text[self.position : end]
        token = Token(kind, value, self.position, self.line)
        self._skip(end)
        return token

    def _skip(self, end: int) -> None:
        self.line += self.text.count("\n", self.position, end)
        self.position = end

    def _error(self, message: str) -> Token:
        return Token(Kind.ERROR, message, self.position, self.line)

    def _trims_left(self, at: int) -> bool:
        return self.text.startswith("-", at) and self.text[at + 1 : at + 2] in tuple(_SPACES)

    def _right(self, at: int) -> int:
        """Length of the closing delimiter at `at`: 2, 4 with a trim marker, 0 for none."""
        text = self.text
        if text.startswith("}}", at):
            return 2
        return 4 if text[at : at + 1] in tuple(_SPACES) and text.startswith("-}}", at + 1) else 0

    def _comment(self, inner: int) -> Token | None:
        close = self.text.find("*/", inner + 2)
        if close < 0:
            return self._error("unclosed comment")
        length = self._right(close + 2)
        if not length:
            return self._error("comment ends before closing delimiter")
        self._skip(close + 2 + length)
        if length == 4:
            self._trim_right()
        return None

    def _trim_right(self) -> None:
        rest = len(self.text) - len(self.text[self.position :].lstrip(_SPACES))
        self._skip(rest)

    def _action(self) -> Iterator[Token]:
        depth = 0
        text = self.text
        while True:
            length = self._right(self.position)
            if length:
                if depth:
                    yield self._error("unclosed left paren")
                    return
                if length == 4:
                    self._skip(self.position + 2)
                yield self._take(Kind.RIGHT, self.position + 2)
                if length == 4:
                    self._trim_right()
                return
            if self.position >= len(text):
                yield self._error("unclosed action")
                return
            char = text[self.position]
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth < 0:
                    yield self._error("unexpected right paren")
                    return
            yield self._word(char)

    def _word(self, char: str) -> Token:
        text, at = self.text, self.position
        if char in _SPACES:
            end = at
            while text[end : end + 1] in tuple(_SPACES):
                end += 1
            if end - at > 1 and self._right(end - 1) == 4:
                end -= 1
            return self._take(Kind.SPACE, end)
        if char in _ONE_CHAR:
            return self._take(_ONE_CHAR[char], at + 1)
        if char == ":":
            if text[at + 1 : at + 2] != "=":
                return self._error("expected :=")
            return self._take(Kind.DECLARE, at + 2)
        if char == '"':
            return self._matched(_STRING, Kind.STRING, "unterminated quoted string")
        if char == "'":
            return self._matched(_CHARACTER, Kind.CHAR_CONSTANT, "unterminated character constant")
        if char == "`":
            end = text.find("`", at + 1)
            if end < 0:
                return self._error("unterminated raw quoted string")
            return self._take(Kind.RAW_STRING, end + 1)
        if char == "$":
            return self._name(at + 1, Kind.VARIABLE)
        if char == "." and not "0" <= text[at + 1 : at + 2] <= "9":
            if at + 1 < len(text) and not self._ends(at + 1):
                return self._name(at + 1, Kind.FIELD)
            return self._take(Kind.DOT, at + 1)
        if char in "+-.0123456789":
            return self._number()
        if _is_alphanumeric(char):
            return self._identifier()
        if " " < char < "\x7f":
            return self._take(Kind.CHAR, at + 1)
        return self._error(f"unrecognized character in action: {code_point(ord(char))}")

    def _matched(self, pattern: re.Pattern[str], kind: Kind, fault: str) -> Token:
        found = pattern.match(self.text, self.position)
        return self._take(kind, found.end()) if found else self._error(fault)

    def _ends(self, at: int) -> bool:
        """Whether a word may end at `at`."""
        if at >= len(self.text):
            return True
        return self.text[at] in " \t\r\n.,|:()" or self.text.startswith("}}", at)

    def _word_end(self, at: int) -> int:
        while at < len(self.text) and _is_alphanumeric(self.text[at]):
            at += 1
        return at

    def _name(self, at: int, kind: Kind) -> Token:
        end = self._word_end(at)
        if not self._ends(end):
            return self._error(f"bad character {code_point(ord(self.text[end]))}")
        return self._take(kind, end)

    def _identifier(self) -> Token:
        end = self._word_end(self.position)
        if not self._ends(end):
            return self._error(f"bad character {code_point(ord(self.text[end]))}")
        word = self.text[self.position : end]
        if word in KEYWORDS:
            return self._take(KEYWORDS[word], end)
        return self._take(Kind.BOOL if word in ("true", "false") else Kind.IDENTIFIER, end)

    def _number(self) -> Token:
        text, at = self.text, self.position
        end = self._number_end(at)
        if end is None:
            return self._bad_number(at)
        if text[end : end + 1] in ("+", "-"):
            last = self._number_end(end)
            if last is None or text[last - 1] != "i":
                return self._bad_number(at, last)
            return self._take(Kind.COMPLEX, last)
        return self._take(Kind.NUMBER, end)

    def _number_end(self, at: int) -> int | None:
        found = _NUMBER.match(self.text, at)
        assert found is not None  # every part of the pattern may be empty
        end = found.end()
        if end < len(self.text) and _is_alphanumeric(self.text[end]):
            return None
        return end

    def _bad_number(self, at: int, end: int | None = None) -> Token:
        if end is None:
            found = _NUMBER.match(self.text, at)
            end = found.end() if found else at
            if self.text[end : end + 1] in ("+", "-"):
                again = _NUMBER.match(self.text, end)
                end = again.end() if again else end
            end += 1
        return self._error(f"bad number syntax: {quote(self.text[at:end])}")
