"""Text to blocks and attributes, each with its place; expressions stay trees of python-hcl2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from alertmanager_configs.problems import Problem, SetupError
from alertmanager_configs.syntax import decode

ESCAPES = {"$${": "\ud800\ud801\ud802", "%%{": "\ud803\ud804\ud805"}
"""What stands for an escaped ``${`` or ``%{`` while the text is parsed: halves of surrogate pairs,
which no text that was decoded has. Each is as long as what it stands for, so that places stay
right."""

LITERALS = {held: escaped[1:] for escaped, held in ESCAPES.items()}
MADE_HERE = re.compile("[\ud800-\ud805]")


@dataclass(frozen=True)
class Mark:
    """A place; line and column are counted from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Attribute:
    """``name = expression``; ``raw`` is the expression as written."""

    name: str
    tree: Tree[Token]
    raw: str
    mark: Mark


@dataclass(slots=True)
class Block:
    """``type "label" { body }``; ``raw`` is all of it as written."""

    type: str
    labels: tuple[str, ...]
    body: Body
    raw: str
    mark: Mark


@dataclass(slots=True)
class Body:
    """What stands in a file or between the braces of a block, in order."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def of(self, kind: str) -> list[Block]:
        """The blocks of one type."""
        return [block for block in self.blocks if block.type == kind]


def parse(text: str | bytes, name: str = "") -> Body:
    """The body of a file. :raises SetupError: with the place, when it is not HCL."""
    source = decode(text, name)
    try:
        tree = grammar(source)
        return _body(trees(tree)[0], source)
    except UnexpectedInput as error:
        line, column = max(int(error.line), 1), max(int(error.column), 1)
        problem = Problem(f"HCL: {_said(error)}", (), line, column, "syntax")
    except (LarkError, ValueError):
        problem = Problem("HCL: this is not HCL", kind="syntax")
    except RecursionError:
        problem = Problem("HCL: this is nested too deeply", kind="syntax")
    raise SetupError([problem], name)


def grammar(source: str) -> Tree[Token]:
    """The tree of python-hcl2's grammar, every node with its place in ``source``."""
    import hcl2  # only this dialect needs it, and building its grammar takes time

    held = MADE_HERE.sub("\ufffd", source)
    for escaped, mark in ESCAPES.items():
        held = held.replace(escaped, mark)
    tree: Tree[Token] = hcl2.parses_to_tree(held)
    return tree


def _said(error: UnexpectedInput) -> str:
    """What is wrong, without the text itself: it may hold a secret."""
    token = getattr(error, "token", None)
    if token is None:
        return "unexpected character"
    return "unexpected end of the file" if token.type == "$END" else "unexpected text here"


def _body(tree: Tree[Token], source: str) -> Body:
    body = Body()
    for child in trees(tree):
        mark = Mark(child.meta.line - 1, child.meta.column - 1)
        if child.data == "attribute":
            expression = trees(child)[-1]
            raw = source[expression.meta.start_pos : expression.meta.end_pos].strip()
            name = words(child.children[0])
            body.attributes[name] = Attribute(name, expression, raw, mark)
        elif child.data == "block":
            *head, inner = (each for each in trees(child))
            kind, *labels = (words(each) for each in head)
            raw = source[child.meta.start_pos : child.meta.end_pos].strip()
            body.blocks.append(Block(kind, tuple(labels), _body(inner, source), raw, mark))
    return body


def trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """The children of a node that mean something."""
    return [
        child
        for child in tree.children
        if isinstance(child, Tree) and child.data != "new_line_or_comment"
    ]


def words(node: Any) -> str:
    """The text of a name or of a quoted label."""
    return "".join(str(token) for token in tokens(node) if token.type != "DBLQUOTE")


def tokens(node: Any) -> Iterator[Token]:
    """Every token below a node."""
    if isinstance(node, Token):
        yield node
    else:
        for child in node.children:
            yield from tokens(child)
