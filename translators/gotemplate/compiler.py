"""Trees of a Go template → Jinja2 source that runs in Jinja2's sandbox, and where each part stood.

A field chain becomes the filter `get`, a method with arguments `call`, a function a filter of its
name that takes the list of its arguments; `range` becomes `for … in x|each`, `{{template}}` an
include. The number each filter gets is a row of the table of places, from which an error takes its
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from translators.gotemplate import nodes
from translators.gotemplate.compiled import Compiled
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.expressions import Expressions, literal
from translators.gotemplate.functions import Function
from translators.gotemplate.variables import Variable

MAX_LOOPS = 18
"""Loops inside each other: Python allows twenty."""

_RISKY = re.compile(r"\{(?=[{%#\r]|\Z)|\r\n?")


def compile_tree(tree: nodes.Tree, functions: Mapping[str, Function]) -> Compiled:
    """The Jinja2 of one tree. TemplateError when it is too deep to run."""
    return _Compiler(tree, functions).compile()


class _Compiler(Expressions):
    """The statements of one tree."""

    def __init__(self, tree: nodes.Tree, functions: Mapping[str, Function]) -> None:
        super().__init__(tree, functions)
        self.parts: list[str] = []
        self.loops = 0

    def compile(self) -> Compiled:
        self.parts.append("{% with dot = dot, depth = depth %}")
        root = Variable("dot", False)
        if "$" in self.assigned:
            root = Variable("root", True)
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
                self.scopes[-1][name] = Variable(value, False)
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
