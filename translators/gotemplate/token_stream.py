"""The tokens of one text as a parser takes them: looking ahead, and failing with a place."""

from __future__ import annotations

from collections.abc import Iterator

from translators.gotemplate.errors import TemplateError
from translators.gotemplate.lexer import Lexer
from translators.gotemplate.quoting import unquote
from translators.gotemplate.tokens import Kind, Token

MAX_DEPTH = 60
"""Blocks and parentheses inside each other. Go allows 10,000 parentheses; the Python a template
becomes allows about a hundred levels."""


MAX_TOKENS = 60_000
"""Words, signs, spaces and texts of one source: compiling so many takes about three seconds."""


class TokenStream:
    """A text on its way through the parser; `action_line` is where the action began."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.source: Iterator[Token] = iter(Lexer(text))
        self.tokens: list[Token] = []
        self.at = 0
        self.depth = 0
        self.action_line = 0

    def next(self) -> Token:
        while self.at >= len(self.tokens):
            last = self.tokens[-1] if self.tokens else None
            if last is not None and last.kind in (Kind.EOF, Kind.ERROR):
                self.tokens.append(Token(Kind.EOF, "", last.position, last.line))
            else:
                self.tokens.append(next(self.source))
                if len(self.tokens) > MAX_TOKENS:
                    raise self.fail(f"longer than {MAX_TOKENS} words", self.tokens[-1])
        self.at += 1
        return self.tokens[self.at - 1]

    def next_word(self) -> Token:
        token = self.next()
        while token.kind is Kind.SPACE:
            token = self.next()
        return token

    def peek(self) -> Token:
        token = self.next()
        self.at -= 1
        return token

    def peek_word(self) -> Token:
        token = self.next_word()
        self.at -= 1
        return token

    def fail(self, message: str, at: Token | None = None) -> TemplateError:
        token = at or self.tokens[max(self.at - 1, 0)]
        line = self.text.count("\n", 0, token.position) + 1
        start = self.text.rfind("\n", 0, token.position) + 1
        before = self.text[start : token.position]
        column = len(before.encode("utf-8", "surrogateescape")) + 1
        return TemplateError(message, self.name, line, column)

    def unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind is not Kind.ERROR:
            return self.fail(f"unexpected {token.described()} in {context}", token)
        extra = ""
        if self.action_line and self.action_line != token.line:
            extra = f" in action started at {self.name}:{self.action_line}"
            if token.value.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self.fail(token.value + extra, token)

    def expect(self, context: str, *kinds: Kind) -> Token:
        token = self.next_word()
        if token.kind not in kinds:
            raise self.unexpected(token, context)
        return token

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"nested more than {MAX_DEPTH} levels deep")

    def unquoted(self, token: Token) -> str:
        try:
            return unquote(token.value)
        except ValueError as error:
            raise self.fail(str(error), token) from None
