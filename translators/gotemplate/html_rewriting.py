"""Trees of a template with the escapers in them, and copies of trees to put others into."""

from __future__ import annotations

from translators.gotemplate import nodes

_PREFIX = "_html_template_"


PREDEFINED = {"html", "urlquery"}


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


class Edits:
    """What escaping changes, by the `id` of the node.

    `actions` are the escapers to add, `calls` the variant of a template to call, `texts` the text
    without comments.
    """

    def __init__(self) -> None:
        self.actions: dict[int, list[str]] = {}
        self.calls: dict[int, str] = {}
        self.texts: dict[int, str] = {}

    def update(self, other: Edits) -> None:
        self.actions.update(other.actions)
        self.calls.update(other.calls)
        self.texts.update(other.texts)

    def tree(self, tree: nodes.Tree) -> nodes.Tree:
        """The tree as it escapes."""
        return nodes.Tree(tree.name, tree.parse_name, tree.source, self.block(tree.body))

    def block(self, block: nodes.Block) -> nodes.Block:
        return nodes.Block(block.position, [self.node(node) for node in block.nodes])

    def node(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Text):
            return nodes.Text(node.position, self.texts.get(id(node), node.text))
        if isinstance(node, nodes.Action):
            escapers = self.actions.get(id(node))
            if not escapers:
                return node
            return nodes.Action(node.position, _with_escapers(node.pipe, escapers))
        if isinstance(node, nodes.Branch):
            otherwise = None if node.otherwise is None else self.block(node.otherwise)
            body = self.block(node.body)
            return nodes.Branch(node.position, node.word, node.pipe, body, otherwise)
        if isinstance(node, nodes.Call):
            return nodes.Call(node.position, self.calls.get(id(node), node.name), node.pipe)
        return node


def copied(block: nodes.Block) -> nodes.Block:
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
            otherwise = None if node.otherwise is None else copied(node.otherwise)
            body = copied(node.body)
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
    if isinstance(first, nodes.Identifier) and first.name in PREDEFINED:
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
