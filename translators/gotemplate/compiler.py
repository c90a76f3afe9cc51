"""Trees of a Go template → Jinja2 source that runs in Jinja2's sandbox, and where each part stood.

A field chain becomes the filter `get`, a method with arguments `call`, a function a filter of its
name that takes the list of its arguments; `range` becomes `for … in x|each`, `{{template}}` an
include. The number each filter gets is a row of the table of places, from which an error takes its
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from translators.gotemplate import nodes
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.functions import Function, arity_fault
from translators.gotemplate.values import ANY, VALUE, Literal, can_be_nil

MAX_LOOPS = 18
"""Loops inside each other: Python allows twenty."""

_RISKY = re.compile(r"\{(?=[{%#\r]|\Z)|\r\n?")


class Place(NamedTuple):
    """Where a node stood, as Go tells it: line from 1, column from 0, and the node's own text."""

    line: int
    column: int
    context: str


class Compiled(NamedTuple):
    """One template in Jinja2. `empty` templates never replace others of their name."""

    name: str
    parse_name: str
    source: str
    places: list[Place]
    empty: bool


class _Variable:
    """A Go variable: `cell` when it is assigned after its declaration, `alias` of another name."""

    __slots__ = ("cell", "name")

    def __init__(self, name: str, cell: bool) -> None:
        self.name = name
        self.cell = cell

    def read(self) -> str:
        if not self.name:
            return "none"
        return f"{self.name}.v" if self.cell else self.name


def compile_tree(tree: nodes.Tree, functions: Mapping[str, Function]) -> Compiled:
    """The Jinja2 of one tree. TemplateError when it is too deep to run."""
    return _Compiler(tree, functions).compile()


def literal(text: str) -> str:
    """A Jinja2 string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\x00")
    return f'"{escaped}"'


class _Compiler:
    def __init__(self, tree: nodes.Tree, functions: Mapping[str, Function]) -> None:
        self.tree = tree
        self.functions = functions
        self.places: list[Place] = []
        self.known: dict[int, int] = {}
        self.parts: list[str] = []
        self.scopes: list[dict[str, _Variable]] = []
        self.names: dict[str, int] = {}
        self.loops = 0
        self.assigned = _assigned_variables(tree.body)

    def compile(self) -> Compiled:
        self.parts.append("{% with dot = dot, depth = depth %}")
        root = _Variable("dot", False)
        if "$" in self.assigned:
            root = _Variable("root", True)
            self.parts.append("{% set root = dot|cell %}")
        self.scopes.append({"$": root})
        self.block(self.tree.body, "dot")
        self.parts.append("{% endwith %}")
        return Compiled(
            self.tree.name,
            self.tree.parse_name,
            "".join(self.parts),
            self.places,
            self.tree.is_empty(),
        )

    # Places and names

    def place(self, node: nodes.Node) -> int:
        """The row of a node in the table of places."""
        row = self.known.get(id(node))
        if row is None:
            row = len(self.places)
            self.places.append(Place(*self.tree.place(node.position), str(node)))
            self.known[id(node)] = row
        return row

    def fresh(self, base: str) -> str:
        """A name no other variable of this template has."""
        count = self.names.get(base, 0) + 1
        self.names[base] = count
        return base if count == 1 and base not in ("dot", "depth") else f"{base}_{count + 1}"

    def declare(self, name: str) -> _Variable:
        base = "v_" + re.sub(r"[^0-9A-Za-z_]", "_", name[1:])
        variable = _Variable(self.fresh(base), name in self.assigned)
        self.scopes[-1][name] = variable
        return variable

    def lookup(self, name: str) -> _Variable:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        # Go's parser lets an assignment stand for a declaration; only running it is an error.
        return _Variable("", True)

    # Statements

    def block(self, block: nodes.Block, dot: str) -> None:
        for node in block.nodes:
            if isinstance(node, nodes.Text):
                self.text(node.text)
            elif isinstance(node, nodes.Action):
                self.action(node, dot)
            elif isinstance(node, nodes.Branch):
                self.scopes.append({})
                {"if": self.if_, "with": self.with_, "range": self.range_}[node.word](node, dot)
                self.scopes.pop()
            elif isinstance(node, nodes.Call):
                self.template(node, dot)
            elif isinstance(node, nodes.Jump):
                self.parts.append("{% " + node.word + " %}")

    def inner(self, block: nodes.Block, dot: str) -> None:
        self.scopes.append({})
        self.block(block, dot)
        self.scopes.pop()

    def text(self, text: str) -> None:
        end = 0
        for found in _RISKY.finditer(text):
            self.parts.append(text[end : found.start()])
            self.parts.append("{{ " + literal(found.group()) + " }}")
            end = found.end()
        self.parts.append(text[end:])

    def action(self, node: nodes.Action, dot: str) -> None:
        if node.pipe.declared:
            self.stored(node.pipe, dot)
        else:
            expression = self.pipe(node.pipe, dot)
            self.parts.append("{{ " + expression + " }}")

    def stored(self, pipe: nodes.Pipe, dot: str) -> str:
        """Declares or assigns the variable of a pipeline; how to read it."""
        expression = self.settled(pipe, dot)
        name = pipe.declared[0].names[0]
        if pipe.assigns:
            return self.assign(name, expression, pipe)
        variable = self.declare(name)
        if variable.cell:
            expression = f"({expression})|cell"
        self.parts.append("{% set " + variable.name + " = " + expression + " %}")
        return variable.read()

    def assign(self, name: str, expression: str, pipe: nodes.Pipe) -> str:
        """Assigns a variable; how to read it."""
        variable = self.lookup(name)
        if not variable.name:
            self.parts.append("{% set unknown = " + expression + " %}")
            fault = self.fail(self.last(pipe), f"undefined variable: {name}")
            self.parts.append("{{ " + fault + " }}")
            return "none"
        self.parts.append("{% set " + variable.name + ".v = " + expression + " %}")
        return variable.read()

    def condition(self, pipe: nodes.Pipe, dot: str) -> str:
        return self.stored(pipe, dot) if pipe.declared else self.pipe(pipe, dot)

    def if_(self, node: nodes.Branch, dot: str) -> None:
        word = "if"
        closing = 0
        while True:
            before = len(self.parts)
            condition = self.condition(node.pipe, dot)
            if word == "elif" and len(self.parts) > before:
                # The condition needs a statement of its own: a new if inside the else.
                self.parts.insert(before, "{% else %}")
                word = "if"
                closing += 1
            self.parts.append("{% " + word + " " + condition + " %}")
            self.inner(node.body, dot)
            otherwise = node.otherwise
            if otherwise is None:
                break
            following = otherwise.nodes[0] if len(otherwise.nodes) == 1 else None
            if isinstance(following, nodes.Branch) and following.word == "if":
                node, word = following, "elif"
                continue
            self.parts.append("{% else %}")
            self.inner(otherwise, dot)
            break
        self.parts.append("{% endif %}" * (closing + 1))

    def with_(self, node: nodes.Branch, dot: str) -> None:
        if node.pipe.declared:
            inner = self.stored(node.pipe, dot)
        else:
            expression = self.settled(node.pipe, dot)
            inner = self.fresh("dot")
            self.parts.append("{% set " + inner + " = " + expression + " %}")
        if node.pipe.declared and self.lookup(node.pipe.declared[0].names[0]).cell:
            held, inner = inner, self.fresh("dot")
            self.parts.append("{% set " + inner + " = " + held + " %}")
        self.parts.append("{% if " + inner + " %}")
        self.inner(node.body, inner)
        if node.otherwise is not None:
            self.parts.append("{% else %}")
            self.inner(node.otherwise, dot)
        self.parts.append("{% endif %}")

    def range_(self, node: nodes.Branch, dot: str) -> None:
        self.loops += 1
        if self.loops > MAX_LOOPS:
            line, column = self.tree.place(node.position)
            message = f"range nested more than {MAX_LOOPS} levels deep"
            raise TemplateError(message, self.tree.parse_name, line, column + 1)
        pipe = node.pipe
        expression = self.pipe(pipe, dot)
        declared = [variable.names[0] for variable in pipe.declared]
        whole = ""
        if node.otherwise is not None or (declared and pipe.assigns):
            whole = self.fresh("whole")
            self.parts.append("{% set " + whole + " = " + expression + " %}")
            expression = whole
        if pipe.assigns:
            # Go first assigns what is ranged over: it stays when there is no round.
            for name in declared:
                self.assign(name, whole + "|settle", pipe)
        if node.otherwise is not None:
            # Jinja2's own for … else also runs the else after a break in the first round.
            in_pairs = "true" if len(declared) > 1 else "false"
            self.parts.append("{% if " + whole + "|some(" + in_pairs + ") %}")
        place = self.place(self.last(pipe))
        element = self.fresh("dot")
        if len(declared) > 1:
            key = self.fresh("key")
            head = f"{key}, {element} in ({expression})|pairs({place})"
            values = [key, element]
        else:
            head = f"{element} in ({expression})|each({place})"
            values = [element]
        self.parts.append("{% for " + head + " %}")
        self.scopes.append({})
        for name, value in zip(declared, values, strict=False):
            if pipe.assigns:
                self.assign(name, value, pipe)
            elif name in self.assigned:
                variable = self.declare(name)
                self.parts.append("{% set " + variable.name + " = " + value + "|cell %}")
            else:
                self.scopes[-1][name] = _Variable(value, False)
        self.inner(node.body, element)
        self.scopes.pop()
        self.loops -= 1
        self.parts.append("{% endfor %}")
        if node.otherwise is not None:
            self.parts.append("{% else %}")
            self.scopes.append({})
            if not pipe.assigns:
                for name in declared:
                    variable = self.declare(name)
                    cell = "|cell" if variable.cell else ""
                    self.parts.append("{% set " + variable.name + " = " + whole + cell + " %}")
            self.inner(node.otherwise, dot)
            self.scopes.pop()
            self.parts.append("{% endif %}")

    def template(self, node: nodes.Call, dot: str) -> None:
        value = "none" if node.pipe is None else self.condition_value(node.pipe, dot)
        name = literal(node.name)
        deeper = f"depth|enter({self.place(node)}, {name})"
        self.parts.append("{% with depth = " + deeper + ", dot = " + value + " %}")
        self.parts.append("{% include " + name + " %}{% endwith %}")

    def condition_value(self, pipe: nodes.Pipe, dot: str) -> str:
        return self.stored(pipe, dot) if pipe.declared else self.settled(pipe, dot)

    # Expressions

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

    # What Go looks at last, which is what it names in an error

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


def _assigned_variables(block: nodes.Block) -> set[str]:
    """Names of variables that are assigned anywhere after their declaration."""
    found: set[str] = set()

    def pipe(node: nodes.Pipe | None) -> None:
        if node is None:
            return
        if node.assigns:
            found.update(variable.names[0] for variable in node.declared)
        for command in node.commands:
            for arg in command.args:
                while isinstance(arg, nodes.Chain):
                    arg = arg.base
                if isinstance(arg, nodes.Pipe):
                    pipe(arg)

    def walk(block: nodes.Block | None) -> None:
        for node in block.nodes if block else ():
            if isinstance(node, (nodes.Action, nodes.Call)):
                pipe(node.pipe)
            elif isinstance(node, nodes.Branch):
                pipe(node.pipe)
                walk(node.body)
                walk(node.otherwise)

    walk(block)
    return found
