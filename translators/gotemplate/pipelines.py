"""Tokens → pipelines: declarations, commands, and the operands of each."""

from __future__ import annotations

from collections.abc import Callable, Collection

from translators.gotemplate import nodes, numbers
from translators.gotemplate.quoting import quote, unquote
from translators.gotemplate.token_stream import TokenStream
from translators.gotemplate.tokens import Kind, Token

_OPERANDS = {
    Kind.BOOL,
    Kind.CHAR_CONSTANT,
    Kind.COMPLEX,
    Kind.DOT,
    Kind.FIELD,
    Kind.IDENTIFIER,
    Kind.NUMBER,
    Kind.NIL,
    Kind.RAW_STRING,
    Kind.STRING,
    Kind.VARIABLE,
    Kind.LEFT_PAREN,
}


_NOT_EXECUTABLE = (nodes.Bool, nodes.Dot, nodes.Nil, nodes.Number, nodes.String)


class Pipelines(TokenStream):
    """The part of the parser that reads what stands inside one action."""

    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        super().__init__(text, name)
        self.functions = functions
        self.variables = ["$"]

    def pipeline(self, context: str, end: Kind) -> nodes.Pipe:
        first = self.peek_word()
        pipe = nodes.Pipe(first.position, first.line)
        self.declarations(pipe, context)
        while True:
            token = self.next_word()
            if token.kind is end:
                self.check(pipe, context)
                return pipe
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.at -= 1
            pipe.commands.append(self.command())

    def declarations(self, pipe: nodes.Pipe, context: str) -> None:
        while self.peek_word().kind is Kind.VARIABLE:
            variable = self.next_word()
            start = self.at
            following = self.next_word()
            if following.kind in (Kind.ASSIGN, Kind.DECLARE):
                pipe.assigns = following.kind is Kind.ASSIGN
                self.declare(pipe, variable)
                return
            if following.kind is not Kind.CHAR or following.value != ",":
                self.at = start - 1
                return
            self.declare(pipe, variable)
            if context != "range" or len(pipe.declared) > 1:
                raise self.fail(f"too many declarations in {context}", variable)
            kind = self.peek_word().kind
            if kind not in (Kind.VARIABLE, Kind.RIGHT, Kind.RIGHT_PAREN):
                raise self.fail("range can only initialize variables", self.peek_word())

    def declare(self, pipe: nodes.Pipe, token: Token) -> None:
        pipe.declared.append(nodes.Variable(token.position, [token.value]))
        self.variables.append(token.value)

    def check(self, pipe: nodes.Pipe, context: str) -> None:
        if not pipe.commands:
            raise self.fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], start=2):
            if isinstance(command.args[0], _NOT_EXECUTABLE):
                raise self.fail(f"non executable command in pipeline stage {stage}")

    def command(self) -> nodes.Command:
        command = nodes.Command(self.peek_word().position)
        while True:
            self.peek_word()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.next()
            if token.kind is Kind.SPACE:
                continue
            if token.kind in (Kind.RIGHT, Kind.RIGHT_PAREN):
                self.at -= 1
            elif token.kind is not Kind.PIPE:
                raise self.unexpected(token, "operand")
            break
        if not command.args:
            raise self.fail("empty command")
        return command

    def operand(self) -> nodes.Node | None:
        node = self.term()
        if node is None or self.peek().kind is not Kind.FIELD:
            return node
        position = self.peek().position
        names = []
        while self.peek().kind is Kind.FIELD:
            names.append(self.next().value[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(position, node.names + names)
        if isinstance(node, nodes.Variable):
            return nodes.Variable(position, node.names + names)
        if isinstance(node, _NOT_EXECUTABLE):
            raise self.fail(f"unexpected . after term {quote(str(node))}")
        return nodes.Chain(position, node, names)

    def term(self) -> nodes.Node | None:
        token = self.next_word()
        build = _TERMS.get(token.kind)
        if build is None:
            self.at -= 1
            return None
        try:
            return build(self, token)
        except ValueError as error:
            raise self.fail(str(error), token) from None

    def identifier(self, token: Token) -> nodes.Node:
        if token.value not in self.functions:
            raise self.fail(f"function {quote(token.value)} not defined", token)
        return nodes.Identifier(token.position, token.value)

    def variable(self, token: Token) -> nodes.Node:
        if token.value not in self.variables:
            raise self.fail(f"undefined variable {quote(token.value)}", token)
        return nodes.Variable(token.position, [token.value])

    def parenthesised(self, token: Token) -> nodes.Node:
        self.deeper()
        pipe = self.pipeline("parenthesized pipeline", Kind.RIGHT_PAREN)
        self.depth -= 1
        return pipe

    def string(self, token: Token) -> nodes.Node:
        return nodes.String(token.position, token.value, unquote(token.value))


_TERMS: dict[Kind, Callable[[Pipelines, Token], nodes.Node]] = {
    Kind.IDENTIFIER: Pipelines.identifier,
    Kind.DOT: lambda _, token: nodes.Dot(token.position),
    Kind.NIL: lambda _, token: nodes.Nil(token.position),
    Kind.VARIABLE: Pipelines.variable,
    Kind.FIELD: lambda _, token: nodes.Field(token.position, [token.value[1:]]),
    Kind.BOOL: lambda _, token: nodes.Bool(token.position, token.value == "true"),
    Kind.CHAR_CONSTANT: lambda _, token: numbers.character(token.position, token.value),
    Kind.COMPLEX: lambda _, token: numbers.number(token.position, token.value),
    Kind.NUMBER: lambda _, token: numbers.number(token.position, token.value),
    Kind.LEFT_PAREN: Pipelines.parenthesised,
    Kind.STRING: Pipelines.string,
    Kind.RAW_STRING: Pipelines.string,
}
