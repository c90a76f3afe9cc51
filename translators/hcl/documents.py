"""A file of HCL as a document: values with their places, and the expressions they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lark import Token, Tree

from alertmanager_configs.loading import Document, Quoted
from alertmanager_configs.problems import Path
from alertmanager_configs.syntax import decode
from contactpoints.fields import Expression, FromFile
from translators.hcl.evaluating import elements
from translators.hcl.functions import UnknownError
from translators.hcl.parsing import Block, Body, Mark, parse, trees
from translators.hcl.scopes import MOST, Scope
from translators.hcl.texts import show

CODE = frozenset(
    [
        "get_attr_expr_term",
        "index_expr_term",
        "attr_splat_expr_term",
        "full_splat_expr_term",
        "function_call",
        "conditional",
        "binary_op",
        "for_tuple_expr",
        "for_object_expr",
        "template_if_start",
        "template_for_start",
    ]
)
"""The nodes of python-hcl2's trees that make an expression more than a literal."""


@dataclass(slots=True)
class HclDocument(Document):
    """A file of HCL.

    ``blocks`` has the block that every mapping was made of, by the way to it, and ``inner`` the
    ways to the blocks in it, in order. ``generated`` has the ways to the blocks in which a dynamic
    block was worked out, and ``done`` those blocks themselves, by their id.

    ``sources`` has the text of every expression that is more than a literal, by the way to its
    value. A block's way is its type and its labels, or within a block its type and its number.
    """

    body: Body = field(default_factory=Body)
    sources: dict[Path, str] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)
    blocks: dict[Path, Block] = field(default_factory=dict)
    inner: dict[Path, list[Path]] = field(default_factory=dict)
    generated: set[Path] = field(default_factory=set)
    done: set[int] = field(default_factory=set)

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of what stands at ``path``, or of the nearest around it."""
        for length in range(len(path), 0, -1):
            if (mark := self.marks.get(path[:length])) is not None:
                return mark.line + 1, mark.column + 1
        return 1, 1


def load_hcl(text: str | bytes, name: str = "") -> HclDocument:
    """Parse a file. :raises SetupError: with the place, when it is not HCL."""
    source = decode(text, name)
    document = HclDocument({}, source, name, body=parse(source, name))
    for block in document.body.blocks:
        document.marks.setdefault((block.type, *block.labels), block.mark)
    return document


def values_of(document: HclDocument, block: Block, path: Path, scope: Scope) -> dict[str, Any]:
    """The body of a block: its attributes' values, and its blocks as lists under their types.

    What is not known stays :class:`Expression`. Blocks with labels are left out, but for dynamic
    ones that can be worked out.
    """
    found: dict[str, Any] = {}
    for name, attribute in block.body.attributes.items():
        place = (*path, name)
        document.marks[place] = attribute.mark
        found[name] = _value(document, attribute.tree, place, scope)
    for inner in block.body.blocks:
        for each, names in _made_of(document, inner, path, scope):
            entries = found.setdefault(each.type, [])
            if isinstance(entries, list):
                place = (*path, each.type, len(entries))
                document.marks[place] = inner.mark
                document.blocks[place] = each
                document.inner.setdefault(path, []).append(place)
                entries.append(values_of(document, each, place, names))
    return found


def _made_of(
    document: HclDocument, block: Block, path: Path, scope: Scope
) -> Iterator[tuple[Block, Scope]]:
    """A block within another, or the blocks that a dynamic one makes, with what names mean there.

    A block with labels that is not dynamic, or that cannot be worked out, makes none.
    """
    if not block.labels:
        yield block, scope
        return
    body = block.body
    content, each = body.of("content"), body.attributes.get("for_each")
    if block.type != "dynamic" or len(block.labels) != 1 or not content or each is None:
        return
    try:
        pairs = scope.pairs(each.tree)
    except UnknownError:
        return
    if len(pairs) > MOST:
        return
    document.done.add(id(block))
    document.generated.add(path)
    named = body.attributes.get("iterator")
    name = named.raw if named is not None else block.labels[0]
    for key, item in pairs:
        made = replace(content[0], type=block.labels[0])
        yield made, scope.inside(name, {"key": key, "value": item})


def _value(document: HclDocument, tree: Tree[Token], path: Path, scope: Scope) -> Any:
    raw = document.text[tree.meta.start_pos : tree.meta.end_pos].strip()
    try:
        value = as_value(scope.value(tree))
    except UnknownError:
        inner = trees(tree)[0] if tree.data == "expr_term" and trees(tree) else tree
        if inner.data != "object":
            document.sources[path] = raw
            return Expression(raw)
        try:
            pairs = elements(inner, scope)
        except UnknownError:
            document.sources[path] = raw
            return Expression(raw)
        return {key: _value(document, item, (*path, key), scope) for key, item in pairs}
    if has_code(tree):
        document.sources[path] = raw
    return value


def has_code(tree: Tree[Token]) -> bool:
    """Whether an expression is more than a literal."""
    for node in tree.iter_subtrees():
        if node.data in CODE:
            return True
        if node.data.startswith("heredoc") and any(
            sign in str(node.children[0]) for sign in ("${", "%{")
        ):
            return True
    return False


def as_value(value: Any) -> Any:
    """A value of HCL as documents hold it: texts quoted, numbers and bools as written."""
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, dict):
        return {key: as_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_value(item) for item in value]
    if value is None or isinstance(value, FromFile):
        return value
    return show(value)
