"""A template of one family said in the other so that it works there, whatever it loses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from translators.gotemplate import nodes
from translators.gotemplate.environment import parse_functions
from translators.gotemplate.functions import Family
from translators.gotemplate.losses import TemplateLoss, translated_template
from translators.gotemplate.parser import parse
from translators.gotemplate.quoting import quote


class Said(NamedTuple):
    """The text for the other family, what it loses, and the definitions that cannot be said there
    at all: they are empty now. "" among them is the text itself.
    """

    text: str
    losses: list[TemplateLoss]
    emptied: list[str]


def said_otherwise(
    text: str,
    *,
    read: Family,
    write: Family,
    defined: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Said:
    """As :func:`translated_template`, but what `write` has not is left out, since one unknown
    function keeps Alertmanager from starting, and one unknown field keeps a message from being
    sent: an action or a branch that hangs on an unknown field alone, else the whole definition.

    Raises TemplateError when the text does not parse.
    """
    first = translated_template(text, read=read, write=write, defined=defined, renamed=renamed)
    unknown = [loss for loss in first.losses if loss.is_missing]
    if not unknown:
        return Said(first.text, first.losses, [])
    fields = {loss.what[1:] for loss in unknown if loss.what.startswith(".")}
    trees = parse(text, parse_functions(read))
    own = {*defined, *(tree.name for tree in trees)}
    parts, emptied = [], []
    for place, tree in enumerate(trees):
        body = str(nodes.Block(0, list(without(tree.body, fields))))
        whole = body if place == 0 else define(tree.name, body)
        said = translated_template(whole, read=read, write=write, defined=own, renamed=renamed)
        if any(loss.is_missing for loss in said.losses):
            emptied.append(tree.name)
            said = said._replace(text="" if place == 0 else define(tree.name, ""))
        parts.append(said.text)
    return Said("".join(parts), first.losses, emptied)


def define(name: str, body: str) -> str:
    """The definition of a template."""
    return "{{ define " + quote(name) + " }}" + body + "{{ end }}\n"


def without(body: nodes.Block, fields: Collection[str]) -> Iterator[nodes.Node]:
    """The nodes of a block without the actions and branches that hang on one of `fields` alone, as
    if it were empty.
    """
    for node in body.nodes:
        if isinstance(node, nodes.Action) and not node.pipe.declared:
            if not _hangs_on(node.pipe, fields):
                yield node
        elif not isinstance(node, nodes.Branch):
            yield node
        elif _hangs_on(node.pipe, fields):
            yield from without(node.otherwise, fields) if node.otherwise else ()
        else:
            inner = nodes.Block(node.body.position, list(without(node.body, fields)))
            otherwise = node.otherwise
            if otherwise is not None:
                otherwise = nodes.Block(otherwise.position, list(without(otherwise, fields)))
            yield nodes.Branch(node.position, node.word, node.pipe, inner, otherwise)


def _hangs_on(pipe: nodes.Pipe, fields: Collection[str]) -> bool:
    if len(pipe.commands) != 1 or len(pipe.commands[0].args) != 1:
        return False
    (operand,) = pipe.commands[0].args
    if isinstance(operand, nodes.Variable):
        return len(operand.names) == 2 and operand.names[1] in fields
    return isinstance(operand, nodes.Field) and operand.names[0] in fields
