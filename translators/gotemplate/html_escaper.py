"""html/template's contextual escaping: finds the context of every action and adds its escapers.

Each template is walked in the context it is called in; one called in several contexts gets a
variant for each. What comes out are plain trees again, ready for the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from translators.gotemplate import html_contexts as at
from translators.gotemplate import html_scripts, html_styles, nodes
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.html_contexts import Context, Fault, failed
from translators.gotemplate.html_transitions import step
from translators.gotemplate.quoting import quote

MAX_EFFORT = 500_000
"""Nodes and pieces of text looked at to escape one text: a large mail needs a hundredth."""
_PREFIX = "_html_template_"
_PREDEFINED = {"html", "urlquery"}
_EQUIVALENT = {
    "attrescaper": "html",
    "htmlescaper": "html",
    "rcdataescaper": "html",
    "urlescaper": "urlquery",
    "urlnormalizer": "urlquery",
}
_REDUNDANT = {
    "commentescaper": {"attrescaper", "htmlescaper"},
    "cssescaper": {"attrescaper"},
    "jsregexpescaper": {"attrescaper"},
    "jsstrescaper": {"attrescaper"},
    "jstmpllitescaper": {"attrescaper"},
    "urlescaper": {"urlnormalizer"},
}
_URL_STATES = {
    at.URL,
    at.CSS_DOUBLE,
    at.CSS_SINGLE,
    at.CSS_DOUBLE_URL,
    at.CSS_SINGLE_URL,
    at.CSS_URL,
}
_ESCAPERS = {
    at.JS: "jsvalescaper",
    at.JS_DOUBLE: "jsstrescaper",
    at.JS_SINGLE: "jsstrescaper",
    at.JS_TEMPLATE: "jstmpllitescaper",
    at.JS_REGEXP: "jsregexpescaper",
    at.CSS: "cssvaluefilter",
    at.TEXT: "htmlescaper",
    at.RCDATA: "rcdataescaper",
    at.ATTR_NAME: "htmlnamefilter",
    at.TAG: "htmlnamefilter",
    at.SRCSET: "srcsetescaper",
    at.META_CONTENT_URL: "urlfilter",
    **dict.fromkeys(at.COMMENTS, "commentescaper"),
}
_SCRIPT_TAG = re.compile("<(script|/script|!--)", re.IGNORECASE)


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
    return [escaper.rewritten(name) for name in (main.name, *reached)]


def _nudged(c: Context) -> Context:
    """The context once anything at all follows."""
    if c.state == at.TAG:
        return c._replace(state=at.ATTR_NAME)
    if c.state == at.BEFORE_VALUE:
        state = at.START_STATES[c.attribute]
        return c._replace(state=state, delimiter=at.UNQUOTED, attribute="")
    if c.state == at.AFTER_NAME:
        return c._replace(state=at.ATTR_NAME, attribute="")
    return c


class _Escaper:
    """What is known so far. `output` maps a variant of a template to the context after it."""

    def __init__(self, trees: Mapping[str, nodes.Tree]) -> None:
        self.trees = trees
        self.bodies: dict[str, nodes.Tree] = {}
        self.output: dict[str, Context] = {}
        self.called: set[str] = set()
        self.actions: dict[int, list[str]] = {}
        self.calls: dict[int, str] = {}
        self.texts: dict[int, str] = {}
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
            body = source.body if variant == name else _copied(source.body)
            self.bodies[variant] = nodes.Tree(variant, source.parse_name, source.source, body)
        tree = self.bodies[variant]
        after, known = self.body(c, tree)
        if not known:
            again, known = self.body(after, tree)
            if known or (after.state == again.state == at.ERROR):
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
            self.actions.update(trial.actions)
            self.calls.update(trial.calls)
            self.texts.update(trial.texts)
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
                self.calls[id(node)] = variant
            return after
        assert isinstance(node, nodes.Jump)
        self.jumps[-1].append((c, node))
        return Context(at.DEAD)

    def action(self, c: Context, node: nodes.Action) -> Context:
        if node.pipe.declared:
            return c
        c = _nudged(c)
        commands = node.pipe.commands
        for place, command in enumerate(commands):
            first = command.args[0]
            if isinstance(first, nodes.Identifier) and first.name in _PREDEFINED:
                unquoted = c.state == at.ATTR and c.delimiter == at.UNQUOTED
                if place < len(commands) - 1 or (unquoted and first.name == "html"):
                    message = f"predefined escaper {quote(first.name)} disallowed in template"
                    return self.fault(message, node.position)
        if c.state == at.ERROR:
            return c
        found: list[str] = []
        if c.state in _URL_STATES:
            if c.url_part == html_styles.UNKNOWN:
                message = f"{node} appears in an ambiguous context within a URL"
                return self.fault(message, node.position)
            if c.url_part == "":
                found.append("urlfilter")
            if c.url_part == html_styles.QUERY:
                found.append("urlescaper")
            else:
                strings = (at.CSS_DOUBLE, at.CSS_SINGLE)
                found.append("cssescaper" if c.state in strings else "urlnormalizer")
        elif c.state in _ESCAPERS:
            found.append(_ESCAPERS[c.state])
        if c.state == at.JS:
            c = c._replace(slash=html_scripts.DIVISION)
        elif c.state == at.TAG:
            c = c._replace(state=at.ATTR_NAME)
        if c.delimiter == at.UNQUOTED:
            found.append("nospaceescaper")
        elif c.delimiter != at.NO_DELIMITER:
            found.append("attrescaper")
        self.actions[id(node)] = found
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
        c, d = _nudged(a), _nudged(b)
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
        text, parts = node.text, []
        written = place = 0
        while place != len(text):
            self.spend(node, 1 + (len(text) - place) // 2000)
            after, length = step(c, text[place:])
            end = place + length
            if c.state in (at.TEXT, at.RCDATA):
                stop = end
                if after.state != c.state:
                    tag = text.rfind("<", place, end)
                    stop = tag if tag >= 0 else end
                for found in re.finditer("<(?!!doctype)", text[place:stop], re.IGNORECASE):
                    sign = place + found.start()
                    if text[sign : sign + 9].upper() == "<!DOCTYPE":
                        continue
                    parts.append(text[written:sign] + "&lt;")
                    written = sign + 1
            elif c.state in at.COMMENTS and c.delimiter == at.NO_DELIMITER:
                if c.state == at.JS_BLOCK_COMMENT:
                    lines = re.search("[\n\r\u2028\u2029]", text[written:end])
                    parts.append("\n" if lines else " ")
                elif c.state == at.CSS_BLOCK_COMMENT:
                    parts.append(" ")
                written = end
            starts = c.state != after.state and after.state in at.COMMENTS
            if starts and after.delimiter == at.NO_DELIMITER:
                mark = 4 if after.state in (at.HTML_COMMENT, at.JS_HTML_OPEN) else 2
                mark = 3 if after.state == at.JS_HTML_CLOSE else mark
                parts.append(text[written : end - mark])
                written = end
            if c.state in at.SCRIPT_LITERALS and _SCRIPT_TAG.search(text[place:end]):
                parts.append(text[written:place])
                parts.append(_SCRIPT_TAG.sub(r"\\x3C\1", text[place:end]))
                written = end
            if after.state == at.ERROR and self.faulty is None and self.current:
                self.faulty = self.current[-1]
            c, place = after, end
        if written and c.state != at.ERROR:
            if c.state not in at.COMMENTS or c.delimiter != at.NO_DELIMITER:
                parts.append(text[written:])
            self.texts[id(node)] = "".join(parts)
        return c

    # Rewriting

    def rewritten(self, name: str) -> nodes.Tree:
        tree = self.bodies[name]
        return nodes.Tree(name, tree.parse_name, tree.source, self.new_block(tree.body))

    def new_block(self, block: nodes.Block) -> nodes.Block:
        return nodes.Block(block.position, [self.new_node(node) for node in block.nodes])

    def new_node(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Text):
            return nodes.Text(node.position, self.texts.get(id(node), node.text))
        if isinstance(node, nodes.Action):
            escapers = self.actions.get(id(node))
            if not escapers:
                return node
            return nodes.Action(node.position, _with_escapers(node.pipe, escapers))
        if isinstance(node, nodes.Branch):
            otherwise = None if node.otherwise is None else self.new_block(node.otherwise)
            body = self.new_block(node.body)
            return nodes.Branch(node.position, node.word, node.pipe, body, otherwise)
        if isinstance(node, nodes.Call):
            return nodes.Call(node.position, self.calls.get(id(node), node.name), node.pipe)
        return node


def _copied(block: nodes.Block) -> nodes.Block:
    """The block with nodes of its own where variants of a template are escaped differently."""
    copies: list[nodes.Node] = []
    for node in block.nodes:
        if isinstance(node, nodes.Text):
            copies.append(nodes.Text(node.position, node.text))
        elif isinstance(node, nodes.Action):
            copies.append(nodes.Action(node.position, node.pipe))
        elif isinstance(node, nodes.Call):
            copies.append(nodes.Call(node.position, node.name, node.pipe))
        elif isinstance(node, nodes.Branch):
            otherwise = None if node.otherwise is None else _copied(node.otherwise)
            body = _copied(node.body)
            copies.append(nodes.Branch(node.position, node.word, node.pipe, body, otherwise))
        else:
            copies.append(node)
    return nodes.Block(block.position, copies)


def _kind(name: str) -> str:
    short = name.removeprefix(_PREFIX)
    return _EQUIVALENT.get(short, short)


def _with_escapers(pipe: nodes.Pipe, escapers: list[str]) -> nodes.Pipe:
    """The pipeline with the escapers at its end; its own `html` or `urlquery` counts as one."""
    wanted = [_PREFIX + name for name in escapers]
    commands = list(pipe.commands)
    last = commands[-1]
    first = last.args[0]
    if isinstance(first, nodes.Identifier) and first.name in _PREDEFINED:
        own = first.name
        if len(commands) == 1 and len(last.args) > 1:
            evaluated = nodes.Identifier(first.position, "_eval_args_")
            commands = [
                nodes.Command(last.position, [evaluated, *last.args[1:]]),
                _command(own, pipe.position),
            ]
        if any(_kind(name) == own for name in wanted):
            wanted = [own if _kind(name) == own else name for name in wanted]
            commands.pop()
    present = {
        _kind(command.args[0].name)
        for command in commands
        if isinstance(command.args[0], nodes.Identifier)
    }
    for name in wanted:
        if _kind(name) in present:
            continue
        before = commands[-1].args[0] if commands else None
        if isinstance(before, nodes.Identifier):
            redundant = _REDUNDANT.get(before.name.removeprefix(_PREFIX), set())
            if name.removeprefix(_PREFIX) in redundant:
                continue
        commands.append(_command(name, pipe.position))
    return nodes.Pipe(pipe.position, pipe.line, [], False, commands)


def _command(name: str, position: int) -> nodes.Command:
    return nodes.Command(position, [nodes.Identifier(position, name)])
