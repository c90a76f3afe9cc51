"""Go's variables as names of Jinja2, and the scope each is known in."""

from __future__ import annotations

import re

from translators.gotemplate import nodes


class Variable:
    """A Go variable: `cell` when it is assigned after its declaration, `alias` of another name."""

    __slots__ = ("cell", "name")

    def __init__(self, name: str, cell: bool) -> None:
        self.name = name
        self.cell = cell

    def read(self) -> str:
        if not self.name:
            return "none"
        return f"{self.name}.v" if self.cell else self.name


def assigned_variables(block: nodes.Block) -> set[str]:
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


class Scopes:
    """The variables of one template; `scopes` is innermost last."""

    def __init__(self, body: nodes.Block) -> None:
        self.scopes: list[dict[str, Variable]] = []
        self.names: dict[str, int] = {}
        self.taken = {"dot", "depth"}
        self.assigned = assigned_variables(body)

    def fresh(self, base: str) -> str:
        """A name no other variable of this template has."""
        count, name = self.names.get(base, 0) + 1, base
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.names[base] = count
        self.taken.add(name)
        return name

    def declare(self, name: str) -> Variable:
        base = "v_" + re.sub(r"[^0-9A-Za-z_]", "_", name[1:])
        variable = Variable(self.fresh(base), name in self.assigned)
        self.scopes[-1][name] = variable
        return variable

    def lookup(self, name: str) -> Variable:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        # Go's parser lets an assignment stand for a declaration; only running it is an error.
        return Variable("", True)
