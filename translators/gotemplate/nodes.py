"""The tree of a Go template. `str(node)` is Go's own way to print it, which error messages show."""

from __future__ import annotations

from dataclasses import dataclass, field

from translators.gotemplate.quoting import SPACE, quote


@dataclass(slots=True)
class Node:
    """Any part of the tree; `position` counts characters from the start of the text."""

    position: int


@dataclass(slots=True)
class Text(Node):
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class Bool(Node):
    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(slots=True)
class Dot(Node):
    def __str__(self) -> str:
        return "."


@dataclass(slots=True)
class Nil(Node):
    def __str__(self) -> str:
        return "nil"


@dataclass(slots=True)
class Number(Node):
    """A number under every type its text can stand for; None where it cannot."""

    text: str
    integer: int | None = None
    unsigned: int | None = None
    floating: float | None = None
    imaginary: complex | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class String(Node):
    quoted: str
    value: str

    def __str__(self) -> str:
        return self.quoted


@dataclass(slots=True)
class Field(Node):
    names: list[str]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Variable(Node):
    """`names[0]` is the variable with its dollar, the rest are fields of it."""

    names: list[str]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(slots=True)
class Identifier(Node):
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Chain(Node):
    """A parenthesised pipeline or a function, then fields of what it gives."""

    base: Node
    names: list[str]

    def __str__(self) -> str:
        return _operand(self.base) + "".join(f".{name}" for name in self.names)


@dataclass(slots=True)
class Command(Node):
    args: list[Node] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join(_operand(arg) for arg in self.args)


@dataclass(slots=True)
class Pipe(Node):
    line: int
    declared: list[Variable] = field(default_factory=list)
    assigns: bool = False
    commands: list[Command] = field(default_factory=list)

    def __str__(self) -> str:
        commands = " | ".join(str(command) for command in self.commands)
        if not self.declared:
            return commands
        names = ", ".join(str(variable) for variable in self.declared)
        return f"{names} {'=' if self.assigns else ':='} {commands}"


@dataclass(slots=True)
class Block(Node):
    """A list of nodes: the body of a template, of a branch, of a loop."""

    nodes: list[Node] = field(default_factory=list)

    def __str__(self) -> str:
        return "".join(str(node) for node in self.nodes)


@dataclass(slots=True)
class Action(Node):
    pipe: Pipe

    def __str__(self) -> str:
        return "{{" + str(self.pipe) + "}}"


@dataclass(slots=True)
class Branch(Node):
    """if, with and range: `word` says which."""

    word: str
    pipe: Pipe
    body: Block
    otherwise: Block | None

    def __str__(self) -> str:
        otherwise = "" if self.otherwise is None else "{{else}}" + str(self.otherwise)
        return "{{" + f"{self.word} {self.pipe}" + "}}" + str(self.body) + otherwise + "{{end}}"


@dataclass(slots=True)
class Jump(Node):
    """break and continue."""

    word: str

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


@dataclass(slots=True)
class Call(Node):
    """{{template "name" pipeline}}"""

    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        pipe = "" if self.pipe is None else f" {self.pipe}"
        return "{{template " + quote(self.name) + pipe + "}}"


@dataclass(slots=True)
class End(Node):
    """Where a block ends: `word` is end or else. Never part of a finished tree."""

    word: str

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


@dataclass(slots=True)
class Tree:
    """One named template: its body and the text it was parsed from (for places in errors)."""

    name: str
    parse_name: str
    source: str
    body: Block

    def is_empty(self) -> bool:
        """Nothing but space: such a definition never replaces one that says something."""
        return all(isinstance(n, Text) and not n.text.strip(SPACE) for n in self.body.nodes)

    def place(self, position: int) -> tuple[int, int]:
        """(line from 1, column in bytes from 0) of a position in the source."""
        before = self.source[:position]
        last = before[before.rfind("\n") + 1 :]
        return before.count("\n") + 1, len(last.encode("utf-8", "surrogateescape"))


def _operand(node: Node) -> str:
    return f"({node})" if isinstance(node, Pipe) else str(node)
