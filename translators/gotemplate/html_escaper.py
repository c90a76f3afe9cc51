"""html/template's contextual escaping: finds the context of every action and adds its escapers.

Each template is walked in the context it is called in; one called in several contexts gets a
variant for each. What comes out are plain trees again, ready for the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from translators.gotemplate import html_contexts as at
from translators.gotemplate import html_scripts, html_styles, nodes
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.html_choice import URL_STATES, escapers, nudged
from translators.gotemplate.html_contexts import Context, Fault, failed
from translators.gotemplate.html_rewriting import PREDEFINED, Edits, copied
from translators.gotemplate.html_text import escaped_text
from translators.gotemplate.quoting import quote

MAX_EFFORT = 500_000
"""Nodes and pieces of text looked at to escape one text: a large mail needs a hundredth."""


def escape(main: nodes.Tree, trees: Mapping[str, nodes.Tree]) -> list[nodes.Tree]:
    """The trees that render `main` as HTML: itself first, then each variant it needs.

    TemplateError when a template cannot be escaped.
    """
    escaper = _Escaper({**trees, main.name: main})
    context, _ = escaper.tree(Context(), main.name, None, main)
    fault = context.fault
    if fault is None and context.state != at.TEXT:
        fault = Fault(f"ends in a non-text context: {context.described()}")
    if fault is not None:
        raise escaper.error(fault, main)
    reached = [name for name in escaper.bodies if name != main.name and name in escaper.output]
    return [escaper.edits.tree(escaper.bodies[name]) for name in (main.name, *reached)]


class _Escaper:
    """What is known so far. `output` maps a variant of a template to the context after it."""

    def __init__(self, trees: Mapping[str, nodes.Tree]) -> None:
        self.trees = trees
        self.bodies: dict[str, nodes.Tree] = {}
        self.output: dict[str, Context] = {}
        self.called: set[str] = set()
        self.edits = Edits()
        self.jumps: list[list[tuple[Context, nodes.Node]]] = []
        self.current: list[nodes.Tree] = []
        self.effort = [0]
        self.faulty: nodes.Tree | None = None

    def error(self, fault: Fault, main: nodes.Tree) -> TemplateError:
        tree = self.faulty or main
        if fault.position is not None:
            line, column = tree.place(fault.position)
            place = f"{tree.parse_name}:{line}:{column}"
        elif fault.line:
            line, column = fault.line, 0
            place = f"{main.name}:{line}"
        else:
            line, column, place = 0, 0, main.name
        text = (
            f"html/template:{place}: {fault.message}"
            if place
            else f"html/template: {fault.message}"
        )
        return TemplateError(fault.message, tree.parse_name, line or 1, column + 1, text=text)

    # Templates

    def tree(
        self, c: Context, name: str, node: nodes.Call | None, main: nodes.Tree | None = None
    ) -> tuple[Context, str]:
        """The context after the named template when it starts in `c`, and the variant's name."""
        variant = c.mangled(name)
        self.called.add(variant)
        if variant in self.output:
            return self.output[variant], variant
        source = self.trees.get(name)
        if source is None:
            position = node.position if node else None
            return self.fault(f"no such template {quote(name)}", position), variant
        if variant not in self.bodies:
            body = source.body if variant == name else copied(source.body)
            self.bodies[variant] = nodes.Tree(variant, source.parse_name, source.source, body)
        tree = self.bodies[variant]
        after, known = self.body(c, tree)
        if not known:
            again, known = self.body(after, tree)
            if known:
                after = again
        if not known and after.state != at.ERROR:
            message = f"cannot compute output context for template {variant}"
            return self.fault(message, tree.body.position), variant
        return after, variant

    def fault(self, message: str, position: int | None = None, line: int = 0) -> Context:
        if self.faulty is None and self.current:
            self.faulty = self.current[-1]
        return failed(message, position, line)

    def body(self, c: Context, tree: nodes.Tree) -> tuple[Context, bool]:
        """Walks a template on the assumption that it ends in the context `c`."""

        def holds(trial: _Escaper, after: Context) -> bool:
            if after.state == at.ERROR:
                return False
            return tree.name not in trial.called or c.same(after)

        self.output[tree.name] = c
        self.current.append(tree)
        result = self.conditionally(c, tree.body, holds)
        self.current.pop()
        return result

    def conditionally(
        self, c: Context, block: nodes.Block, holds: Callable[[_Escaper, Context], bool] | None
    ) -> tuple[Context, bool]:
        """Walks a block on trial: what was found out is kept only if `holds` says so."""
        trial = _Escaper(self.trees)
        trial.jumps = self.jumps
        trial.current = self.current
        trial.effort = self.effort
        trial.output = dict(self.output)
        trial.bodies = self.bodies
        after = trial.block(c, block)
        if trial.faulty is not None and self.faulty is None:
            self.faulty = trial.faulty
        kept = holds is not None and holds(trial, after)
        if kept:
            self.output.update(trial.output)
            self.called |= trial.called
            self.edits.update(trial.edits)
        return after, kept

    # Nodes

    def block(self, c: Context, block: nodes.Block | None) -> Context:
        for node in block.nodes if block else ():
            c = self.node(c, node)
            if c.state == at.DEAD:
                break
        return c

    def spend(self, node: nodes.Node, effort: int = 1) -> None:
        """Loops in loops and templates in changing contexts are walked again and again."""
        self.effort[0] += effort
        if self.effort[0] > MAX_EFFORT:
            line, column = self.current[-1].place(node.position)
            raise TemplateError(
                "takes too long to escape", self.current[-1].parse_name, line, column + 1
            )

    def node(self, c: Context, node: nodes.Node) -> Context:
        self.spend(node)
        if isinstance(node, nodes.Text):
            return self.text(c, node)
        if isinstance(node, nodes.Action):
            return self.action(c, node)
        if isinstance(node, nodes.Branch):
            return self.branch(c, node)
        if isinstance(node, nodes.Call):
            after, variant = self.tree(c, node.name, node)
            if variant != node.name:
                self.edits.calls[id(node)] = variant
            return after
        assert isinstance(node, nodes.Jump)
        self.jumps[-1].append((c, node))
        return Context(at.DEAD)

    def action(self, c: Context, node: nodes.Action) -> Context:
        if node.pipe.declared:
            return c
        c = nudged(c)
        commands = node.pipe.commands
        for place, command in enumerate(commands):
            first = command.args[0]
            if isinstance(first, nodes.Identifier) and first.name in PREDEFINED:
                unquoted = c.state == at.ATTR and c.delimiter == at.UNQUOTED
                if place < len(commands) - 1 or (unquoted and first.name == "html"):
                    message = f"predefined escaper {quote(first.name)} disallowed in template"
                    return self.fault(message, node.position)
        if c.state == at.ERROR:
            return c
        if c.state in URL_STATES and c.url_part == html_styles.UNKNOWN:
            message = f"{node} appears in an ambiguous context within a URL"
            return self.fault(message, node.position)
        self.edits.actions[id(node)] = escapers(c)
        if c.state == at.JS:
            c = c._replace(slash=html_scripts.DIVISION)
        elif c.state == at.TAG:
            c = c._replace(state=at.ATTR_NAME)
        return c

    def joined(self, a: Context, b: Context, node: nodes.Node, word: str) -> Context:
        """One context for both ends of a branch."""
        if a.state == at.ERROR or b.state == at.DEAD:
            return a
        if b.state == at.ERROR or a.state == at.DEAD:
            return b
        if a.same(b):
            return a
        if a._replace(url_part=b.url_part).same(b):
            return a._replace(url_part=html_styles.UNKNOWN)
        if a._replace(slash=b.slash).same(b):
            return a._replace(slash=html_scripts.UNKNOWN)
        c, d = nudged(a), nudged(b)
        if not (c.same(a) and d.same(b)):
            e = self.joined(c, d, node, word)
            if e.state != at.ERROR:
                return e
        message = (
            f"{{{{{word}}}}} branches end in different contexts: {a.described()}, {b.described()}"
        )
        return self.fault(message, node.position)

    def branch(self, c: Context, node: nodes.Branch) -> Context:
        if node.word == "range":
            after = self.loop(c, node)
            if after.state == at.ERROR:
                return after
        else:
            after = self.block(c, node.body)
        otherwise = self.block(c, node.otherwise)
        return self.joined(after, otherwise, node, node.word)

    def loop(self, c: Context, node: nodes.Branch) -> Context:
        """The context after a loop's body, which has to be the same after a second round."""
        self.jumps.append([])
        after = self.block(c, node.body)
        if after.state != at.ERROR:
            after = self.with_jumps(after)
        self.jumps.pop()
        if after.state == at.ERROR:
            return after
        self.jumps.append([])
        again, _ = self.conditionally(after, node.body, None)
        after = self.joined(after, again, node, "range")
        if after.state == at.ERROR:
            self.within(after, "on range loop re-entry", node)
        else:
            after = self.with_jumps(after)
        self.jumps.pop()
        return after

    def with_jumps(self, c: Context) -> Context:
        jumps = self.jumps[-1]
        for word in ("break", "continue"):
            for context, node in jumps:
                if cast(nodes.Jump, node).word != word:
                    continue
                c = self.joined(c, context, node, "range")
                if c.state == at.ERROR:
                    self.within(c, f"at range loop {word}", node)
                    return c
        return c

    def within(self, c: Context, where: str, node: nodes.Node) -> None:
        """Adds to the fault of a context where in a loop it showed."""
        fault = cast(Fault, c.fault)
        fault.message = f"{where}: {fault.message}"
        fault.line = self.current[-1].place(node.position)[0]

    def text(self, c: Context, node: nodes.Text) -> Context:
        def spend(characters: int) -> None:
            self.spend(node, 1 + characters // 2000)

        after, text = escaped_text(c, node.text, spend)
        if text is not None:
            self.edits.texts[id(node)] = text
        if after.state == at.ERROR and self.faulty is None and self.current:
            self.faulty = self.current[-1]
        return after
