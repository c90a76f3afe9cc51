"""Tokens of a Go template → trees, one for each template the text defines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from translators.gotemplate import nodes, numbers
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.lexer import Kind, Lexer, Token
from translators.gotemplate.quoting import quote, unquote

MAX_DEPTH = 60
"""Blocks and parentheses inside each other. Go allows 10,000 parentheses; the Python a template
becomes allows about a hundred levels."""
MAX_TOKENS = 60_000
"""Words, signs, spaces and texts of one source: compiling so many takes about three seconds."""
MAX_CHAIN = 250
"""`else if` after `else if`."""

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


def parse(text: str, functions: Collection[str], name: str = "") -> list[nodes.Tree]:
    """The template `name` itself (first) and all that the text defines. TemplateError otherwise."""
    return _Parser(text, functions, name).parse()


class _Parser:
    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        self.text = text
        self.name = name
        self.functions = functions
        self.source: Iterator[Token] = iter(Lexer(text))
        self.tokens: list[Token] = []
        self.at = 0
        self.variables = ["$"]
        self.loops = 0
        self.depth = 0
        self.chain = 0
        self.action_line = 0
        self.trees: dict[str, nodes.Tree] = {}

    # Tokens

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

    # Errors

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

    # Blocks

    def parse(self) -> list[nodes.Tree]:
        body = nodes.Block(self.peek().position)
        while self.peek().kind is not Kind.EOF:
            if self.peek().kind is Kind.LEFT:
                start = self.at
                self.next()
                if self.next_word().kind is Kind.DEFINE:
                    self.definition()
                    continue
                self.at = start
            node = self.text_or_action()
            if isinstance(node, nodes.End):
                raise self.fail(f"unexpected {node}")
            body.nodes.append(node)
        self.add(self.name, body)
        return [self.trees.pop(self.name), *self.trees.values()]

    def add(self, name: str, body: nodes.Block) -> None:
        tree = nodes.Tree(name, self.name, self.text, body)
        old = self.trees.get(name)
        if old is None or old.is_empty():
            self.trees[name] = tree
        elif not tree.is_empty():
            raise self.fail(f"template: multiple definition of template {quote(name)}")

    def apart(self) -> nodes.Block:
        """The body of a template defined here: its own variables, and no loop around it."""
        kept = self.variables, self.loops, self.action_line
        self.variables, self.loops, self.action_line = ["$"], 0, 0
        body, end = self.block()
        if end.word != "end":
            context = "define clause" if not kept[2] else "block clause"
            raise self.fail(f"unexpected {end} in {context}")
        self.variables, self.loops, self.action_line = kept
        return body

    def definition(self) -> None:
        context = "define clause"
        token = self.expect(context, Kind.STRING, Kind.RAW_STRING)
        name = self.unquoted(token)
        self.expect(context, Kind.RIGHT)
        self.action_line = 0
        self.add(name, self.apart())

    def block(self) -> tuple[nodes.Block, nodes.End]:
        self.deeper()
        body = nodes.Block(self.peek_word().position)
        while self.peek_word().kind is not Kind.EOF:
            node = self.text_or_action()
            if isinstance(node, nodes.End):
                self.depth -= 1
                return body, node
            body.nodes.append(node)
        raise self.fail("unexpected EOF", self.peek_word())

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"nested more than {MAX_DEPTH} levels deep")

    def text_or_action(self) -> nodes.Node:
        token = self.next_word()
        if token.kind is Kind.TEXT:
            return nodes.Text(token.position, token.value)
        if token.kind is not Kind.LEFT:
            raise self.unexpected(token, "input")
        self.action_line = token.line
        node = self.action()
        self.action_line = 0
        return node

    def action(self) -> nodes.Node:
        token = self.next_word()
        control = _CONTROLS.get(token.kind)
        if control is not None:
            return control(self, token)
        self.at -= 1
        return nodes.Action(token.position, self.pipeline("command", Kind.RIGHT))

    def jump(self, token: Token) -> nodes.Node:
        word = token.value
        following = self.next_word()
        if following.kind is not Kind.RIGHT:
            raise self.unexpected(following, "{{" + word + "}}")
        if not self.loops:
            raise self.fail("{{" + word + "}} outside {{range}}", token)
        return nodes.Jump(token.position, word)

    def end(self, token: Token) -> nodes.Node:
        self.expect("end", Kind.RIGHT)
        return nodes.End(token.position, "end")

    def otherwise(self, token: Token) -> nodes.Node:
        # The word after "else" stays for branch(), which reads "else if" as a nested if.
        if self.peek_word().kind not in (Kind.IF, Kind.WITH):
            self.expect("else", Kind.RIGHT)
        return nodes.End(token.position, "else")

    def branch(self, token: Token) -> nodes.Node:
        word = token.value
        scope = len(self.variables)
        pipe = self.pipeline(word, Kind.RIGHT)
        self.loops += word == "range"
        body, end = self.block()
        self.loops -= word == "range"
        otherwise = None
        if end.word == "else":
            following = self.peek_word()
            if following.value == word and following.kind in (Kind.IF, Kind.WITH):
                self.next_word()
                self.chain += 1
                if self.chain > MAX_CHAIN:
                    raise self.fail(f"more than {MAX_CHAIN} branches after each other")
                otherwise = nodes.Block(end.position, [self.branch(following)])
                self.chain -= 1
            else:
                otherwise, end = self.block()
                if end.word != "end":
                    raise self.fail(f"expected end; found {end}")
        del self.variables[scope:]
        return nodes.Branch(pipe.position, word, pipe, body, otherwise)

    def define_here(self, token: Token) -> nodes.Node:
        context = "block clause"
        place = self.next_word()
        name = self.template_name(place, context)
        pipe = self.pipeline(context, Kind.RIGHT)
        self.add(name, self.apart())
        return nodes.Call(place.position, name, pipe)

    def template(self, token: Token) -> nodes.Node:
        context = "template clause"
        place = self.next_word()
        name = self.template_name(place, context)
        pipe = None
        if self.next_word().kind is not Kind.RIGHT:
            self.at -= 1
            pipe = self.pipeline(context, Kind.RIGHT)
        return nodes.Call(place.position, name, pipe)

    def misplaced(self, token: Token) -> nodes.Node:
        raise self.unexpected(token, "command")

    def template_name(self, token: Token, context: str) -> str:
        if token.kind not in (Kind.STRING, Kind.RAW_STRING):
            raise self.unexpected(token, context)
        return self.unquoted(token)

    def unquoted(self, token: Token) -> str:
        try:
            return unquote(token.value)
        except ValueError as error:
            raise self.fail(str(error), token) from None

    # Pipelines

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


_CONTROLS: dict[Kind, Callable[[_Parser, Token], nodes.Node]] = {
    Kind.BLOCK: _Parser.define_here,
    Kind.BREAK: _Parser.jump,
    Kind.CONTINUE: _Parser.jump,
    Kind.DEFINE: _Parser.misplaced,
    Kind.ELSE: _Parser.otherwise,
    Kind.END: _Parser.end,
    Kind.IF: _Parser.branch,
    Kind.RANGE: _Parser.branch,
    Kind.TEMPLATE: _Parser.template,
    Kind.WITH: _Parser.branch,
}
_TERMS: dict[Kind, Callable[[_Parser, Token], nodes.Node]] = {
    Kind.IDENTIFIER: _Parser.identifier,
    Kind.DOT: lambda _, token: nodes.Dot(token.position),
    Kind.NIL: lambda _, token: nodes.Nil(token.position),
    Kind.VARIABLE: _Parser.variable,
    Kind.FIELD: lambda _, token: nodes.Field(token.position, [token.value[1:]]),
    Kind.BOOL: lambda _, token: nodes.Bool(token.position, token.value == "true"),
    Kind.CHAR_CONSTANT: lambda _, token: numbers.character(token.position, token.value),
    Kind.COMPLEX: lambda _, token: numbers.number(token.position, token.value),
    Kind.NUMBER: lambda _, token: numbers.number(token.position, token.value),
    Kind.LEFT_PAREN: _Parser.parenthesised,
    Kind.STRING: _Parser.string,
    Kind.RAW_STRING: _Parser.string,
}
