"""A file of HCL as a document: values with their places, and the expressions they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lark import Token, Tree

from alertmanager_configs.loading import Document, Quoted
from alertmanager_configs.problems import Path
from alertmanager_configs.syntax import decode
from contactpoints.fields import Expression, FromFile
from translators.hcl.evaluating import Scope, elements
from translators.hcl.functions import UnknownError
from translators.hcl.parsing import Block, Body, Mark, parse, trees
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

    ``sources`` has the text of every expression that is more than a literal, by the way to its
    value. A block's way is its type and its labels, or within a block its type and its number.
    """

    body: Body = field(default_factory=Body)
    sources: dict[Path, str] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)

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

    What is not known stays :class:`Expression`. Blocks with labels are left out.
    """
    found: dict[str, Any] = {}
    for name, attribute in block.body.attributes.items():
        place = (*path, name)
        document.marks[place] = attribute.mark
        found[name] = _value(document, attribute.tree, place, scope)
    for inner in block.body.blocks:
        if inner.labels:
            continue
        entries = found.setdefault(inner.type, [])
        if isinstance(entries, list):
            place = (*path, inner.type, len(entries))
            document.marks[place] = inner.mark
            entries.append(values_of(document, inner, place, scope))
    return found


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
