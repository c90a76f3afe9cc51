"""Tokens of a Go template → trees, one for each template the text defines."""

from __future__ import annotations

from collections.abc import Callable, Collection

from translators.gotemplate import nodes
from translators.gotemplate.pipelines import Pipelines
from translators.gotemplate.quoting import quote
from translators.gotemplate.tokens import Kind, Token

MAX_CHAIN = 250
"""`else if` after `else if`."""


def parse(text: str, functions: Collection[str], name: str = "") -> list[nodes.Tree]:
    """The template `name` itself (first) and all that the text defines. TemplateError otherwise."""
    return _Parser(text, functions, name).parse()


class _Parser(Pipelines):
    """The statements of one text."""

    def __init__(self, text: str, functions: Collection[str], name: str) -> None:
        super().__init__(text, functions, name)
        self.loops = 0
        self.chain = 0
        self.trees: dict[str, nodes.Tree] = {}

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
        main = nodes.Tree(self.name, self.name, self.text, body)
        if self.name in self.trees and main.is_empty():
            # It defines a template of its own name, as Grafana's groups do; the rest is nothing.
            return [main, *self.trees.values()]
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
