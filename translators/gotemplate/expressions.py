"""Pipelines of a Go template → expressions of Jinja2."""

from __future__ import annotations

from collections.abc import Mapping

from translators.gotemplate import nodes
from translators.gotemplate.assigning import can_be_nil
from translators.gotemplate.compiled import Place
from translators.gotemplate.functions import Function, arity_fault
from translators.gotemplate.values import ANY, VALUE, Literal
from translators.gotemplate.variables import Scopes


def literal(text: str) -> str:
    """A Jinja2 string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\x00")
    return f'"{escaped}"'


class Expressions(Scopes):
    """The expressions of one tree; `places` is the table that each of their numbers is a row of."""

    def __init__(self, tree: nodes.Tree, functions: Mapping[str, Function]) -> None:
        super().__init__(tree.body)
        self.tree = tree
        self.functions = functions
        self.places: list[Place] = []
        self.known: dict[int, int] = {}

    def stored(self, pipe: nodes.Pipe, dot: str) -> str:
        """Declares or assigns the variable of a pipeline by a statement; how to read it."""
        raise NotImplementedError

    def place(self, node: nodes.Node) -> int:
        """The row of a node in the table of places."""
        row = self.known.get(id(node))
        if row is None:
            row = len(self.places)
            self.places.append(Place(*self.tree.place(node.position), str(node)))
            self.known[id(node)] = row
        return row

    def settled(self, pipe: nodes.Pipe, dot: str) -> str:
        """A pipeline's value for keeping: an interface holding nil becomes no value at all."""
        expression = self.pipe(pipe, dot)
        last = pipe.commands[-1].args[0]
        plain = isinstance(last, nodes.Dot) or (
            isinstance(last, nodes.Variable) and len(last.names) == 1
        )
        return f"{expression}|settle" if plain else expression

    def pipe(self, pipe: nodes.Pipe, dot: str) -> str:
        value: str | None = None
        previous: nodes.Node = pipe
        for command in pipe.commands:
            value = self.command(command, dot, value, previous)
            previous = command
        assert value is not None  # the parser refuses empty pipelines
        return value

    def nested(self, pipe: nodes.Pipe, dot: str) -> str:
        """A parenthesised pipeline. One that declares is computed before the action."""
        if pipe.declared:
            return self.stored(pipe, dot)
        return f"({self.settled(pipe, dot)})"

    def fail(self, node: nodes.Node, message: str) -> str:
        return f"none|fail({self.place(node)}, {literal(message)})"

    def command(
        self, command: nodes.Command, dot: str, final: str | None, before: nodes.Node
    ) -> str:
        first, rest = command.args[0], command.args[1:]
        if isinstance(first, nodes.Field):
            return self.chain(dot, first, first.names, rest, dot, final)
        if isinstance(first, nodes.Chain):
            return self.from_chain(first, rest, dot, final)
        if isinstance(first, nodes.Identifier):
            return self.function(first, command, rest, dot, final)
        if isinstance(first, nodes.Variable) and len(first.names) > 1:
            value = self.lookup(first.names[0]).read()
            return self.chain(value, first, first.names[1:], rest, dot, final)
        if rest or final is not None:
            place = before if isinstance(first, nodes.Pipe) else first
            return self.fail(place, f"can't give argument to non-function {first}")
        if isinstance(first, nodes.Pipe):
            return self.nested(first, dot)
        if isinstance(first, nodes.Nil):
            return self.fail(first, "nil is not a command")
        return self.constant(first, dot)

    def constant(self, node: nodes.Node, dot: str) -> str:
        """A word that stands for a value wherever it is."""
        if isinstance(node, nodes.Dot):
            return dot
        if isinstance(node, nodes.Variable):
            return self.lookup(node.names[0]).read()
        if isinstance(node, nodes.Bool):
            return str(node)
        if isinstance(node, nodes.String):
            return literal(node.value)
        assert isinstance(node, nodes.Number)
        if node.imaginary is not None:
            return f"[{node.imaginary.real!r}, {node.imaginary.imag!r}]|complex"
        value = Literal(node.text, node.integer, node.floating).value
        if isinstance(value, float):
            too_large = node.integer is None and node.unsigned is not None and value >= 1 << 63
            if too_large and not set(node.text) & set(".eEpP"):
                return self.fail(node, f"{node.text} overflows int")
            return _float(value)
        return f"({value})" if value is not None and value < 0 else str(value)

    def chain(
        self,
        value: str,
        node: nodes.Node,
        names: list[str],
        rest: list[nodes.Node],
        dot: str,
        final: str | None,
        as_argument: bool = False,
        owner: nodes.Node | None = None,
    ) -> str:
        """value.names[0].names[1] …, the last with arguments when there are any."""
        place = self.place(node)
        if not rest and final is None:
            quoted = ", ".join(map(literal, names))
            return f"{value}|{'arg' if as_argument else 'get'}({place}, {quoted})"
        if len(names) > 1:
            quoted = ", ".join(map(literal, names[:-1]))
            value = f"{value}|arg({place}, {quoted})"
        args = [value, *(self.loose(arg, dot) for arg in rest)]
        places = [str(self.place(self.last(arg))) for arg in rest]
        if final is not None:
            args.append(final)
            places.append(places[-1] if places else str(place))
        where = place if owner is None else self.place(owner)
        head = [str(place), str(where), literal(names[-1])]
        return f"[{', '.join(args)}]|call({', '.join([*head, *places])})"

    def from_chain(
        self, node: nodes.Chain, rest: list[nodes.Node], dot: str, final: str | None
    ) -> str:
        if isinstance(node.base, nodes.Nil):
            return self.fail(node, f"indirection through explicit nil in {node}")
        value = self.argument(node.base, dot, ANY)
        base = self.last(node.base)
        if not rest and final is None:
            return self.chain(value, base, node.names, rest, dot, final)
        return self.chain(value, node, node.names, rest, dot, final, owner=base)

    def loose(self, node: nodes.Node, dot: str) -> str:
        """An argument of a method, whose parameters are known only while rendering."""
        if isinstance(node, nodes.Number) and node.imaginary is None:
            floating = "none" if node.floating is None else _float(node.floating)
            integer = "none" if node.integer is None else str(node.integer)
            return f"[{literal(node.text)}, {integer}, {floating}]|number"
        if isinstance(node, nodes.Nil):
            return "none"
        return self.argument(node, dot, ANY)

    def argument(self, node: nodes.Node, dot: str, go_type: str) -> str:
        """An argument for a parameter of the type; a literal is checked against it here and now."""
        if isinstance(node, nodes.Field):
            return self.chain(dot, node, node.names, [], dot, None, True)
        if isinstance(node, nodes.Variable):
            value = self.lookup(node.names[0]).read()
            if len(node.names) == 1:
                return value
            return self.chain(value, node, node.names[1:], [], dot, None, True)
        if isinstance(node, nodes.Pipe):
            return self.nested(node, dot)
        if isinstance(node, nodes.Identifier):
            return self.function(node, node, [], dot, None)
        if isinstance(node, nodes.Chain):
            return self.from_chain(node, [], dot, None)
        if isinstance(node, nodes.Nil):
            if can_be_nil(go_type) or go_type == ANY:
                return "none"
            return self.fail(node, f"cannot assign nil to {go_type}")
        if isinstance(node, nodes.Dot) or go_type in (ANY, VALUE):
            return self.constant(node, dot)
        if go_type == "string":
            if isinstance(node, nodes.String):
                return literal(node.value)
            return self.fail(node, f"expected string; found {node}")
        return self.fail(node, f"can't handle {node} for arg of type {go_type}")

    def function(
        self,
        node: nodes.Identifier,
        command: nodes.Node,
        rest: list[nodes.Node],
        dot: str,
        final: str | None,
    ) -> str:
        name, entry = node.name, self.functions[node.name]
        given = len(rest) + (final is not None)
        fault = arity_fault(name, entry, given, final is not None)
        if fault:
            return self.fail(node, fault)
        params = entry.params
        args = []
        for index, arg in enumerate(rest):
            go_type = params[index] if index < len(params) else params[-1]
            args.append(self.argument(arg, dot, go_type))
        if final is not None:
            args.append(final)
        if name in ("and", "or") and name in _SHORT:
            return f"({f' {name} '.join(args)})"
        if name == "not":
            return f"(not {args[0]})"
        if name == "call":
            callee = str(rest[0]) if rest else "(pipeline)"
            return f"[{', '.join(args)}]|invoke({self.place(command)}, {literal(callee)})"
        rows = [str(self.place(command))]
        if any(param not in (VALUE, ANY) for param in params):
            rows += [str(self.place(self.last(arg))) for arg in rest]
            if final is not None:
                rows.append(rows[-1] if rest else str(self.place(node)))
        return f"[{', '.join(args)}]|{name}({', '.join(rows)})"

    def last(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Pipe):
            return self.last_of(node.commands[-1].args)
        if isinstance(node, nodes.Chain):
            return self.last(node.base)
        return node

    def last_of(self, args: list[nodes.Node]) -> nodes.Node:
        return self.last(args[-1])


_SHORT = ("and", "or")


def _float(value: float) -> str:
    text = repr(value)
    return f"({text})" if text.startswith("-") else text
