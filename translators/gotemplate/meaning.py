"""What a template text means: its tree, with every template that it calls put in its place.

Two texts of the same meaning print the same, whatever their templates are called. Both families'
texts are said in Alertmanager's words where it has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from translators.gotemplate import nodes
from translators.gotemplate.copying import default_trees
from translators.gotemplate.environment import parse_functions
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.functions import Family
from translators.gotemplate.losses import translated_template
from translators.gotemplate.parser import parse

MAX_TEMPLATES = 60
"""Templates inside templates that are put in; what is deeper counts by its name."""


class TextMeaning:
    """The meanings of texts in one set of templates."""

    def __init__(self, sources: Mapping[str, str], family: Family) -> None:
        self.family = family
        self.trees = dict(default_trees(family))
        for text in sources.values():
            try:
                found = parse(text, parse_functions(family))[1:]
            except TemplateError:
                continue
            for tree in found:
                if tree.name not in self.trees or not tree.is_empty():
                    self.trees[tree.name] = tree
        self._known: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def of(self, text: str) -> str:
        """A digest of the meaning; the text itself when it does not parse."""
        if text not in self._texts:
            self._texts[text] = self._of(text)
        return self._texts[text]

    def _of(self, text: str) -> str:
        try:
            own = parse(text, parse_functions(self.family))
        except TemplateError:
            return text
        trees = {tree.name: tree for tree in own[1:]}
        body = self._said(own[0].body, trees, 0)
        return _digest(body) if "{{" in body else body

    def _said(self, body: nodes.Block, own: Mapping[str, nodes.Tree], depth: int) -> str:
        parts = []
        for node in body.nodes:
            if isinstance(node, nodes.Call):
                parts.append(self._called(node, own, depth))
            elif isinstance(node, nodes.Branch):
                parts += ["{{", node.word, " ", self._words(str(node.pipe)), "}}"]
                parts.append(self._said(node.body, own, depth))
                if node.otherwise is not None and node.otherwise.nodes:
                    parts += ["{{else}}", self._said(node.otherwise, own, depth)]
                parts.append("{{end}}")
            elif isinstance(node, nodes.Action):
                constant = _constant(node.pipe)
                words = "{{" + self._words(str(node.pipe)) + "}}"
                parts.append(words if constant is None else constant)
            else:
                parts.append(str(node))
        return "".join(parts)

    def _called(self, node: nodes.Call, own: Mapping[str, nodes.Tree], depth: int) -> str:
        dot = "nil" if node.pipe is None else self._words(str(node.pipe))
        tree = own.get(node.name) or self.trees.get(node.name)
        if tree is None or depth >= MAX_TEMPLATES:
            return "{{template " + node.name + " " + dot + "}}"
        known = self._known if node.name not in own else {}
        if node.name not in known:
            known[node.name] = node.name  # what calls itself says so by its name
            known[node.name] = self._said(tree.body, own, depth + 1)
        body = known[node.name]
        return "{{template " + _digest(body) + " " + dot + "}}" if "{{" in body else body

    def _words(self, pipe: str) -> str:
        """A pipeline in Alertmanager's words, as far as it has them."""
        if self.family == "alertmanager" or not any(w in pipe for w in ("coll.", "data.", "time.")):
            return pipe
        try:
            said = translated_template("{{" + pipe + "}}", read="grafana", write="alertmanager")
        except TemplateError:  # a variable that is declared elsewhere
            return pipe
        return said.text.removeprefix("{{").removesuffix("}}")


def _constant(pipe: nodes.Pipe) -> str | None:
    """The text that an action always draws, when it is only a text in quotes."""
    if pipe.declared or len(pipe.commands) != 1 or len(pipe.commands[0].args) != 1:
        return None
    (operand,) = pipe.commands[0].args
    return operand.value if isinstance(operand, nodes.String) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
