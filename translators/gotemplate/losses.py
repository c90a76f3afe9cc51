"""What a template loses on the way from one family to the other, and what can be said differently.

Functions, fields and default templates that only one family has are found in the tree, with the
type of each `.` worked out as far as the text shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from translators.gotemplate import nodes
from translators.gotemplate.defaults import default_sources
from translators.gotemplate.environment import parse_functions
from translators.gotemplate.functions import Family
from translators.gotemplate.parser import parse
from translators.gotemplate.quoting import quote

_LABEL = {"alertmanager": "Alertmanager", "grafana": "Grafana"}


class TemplateLoss(NamedTuple):
    """One thing the target family has not, or prints differently. Line and column count from 1."""

    line: int
    column: int
    what: str
    why: str

    @property
    def is_missing(self) -> bool:
        """Whether the family has nothing of that name, so that the template would fail there."""
        return " has no " in self.why


class Translated(NamedTuple):
    """A template said for the other family, and what could not be said."""

    text: str
    losses: list[TemplateLoss]


_DATA = {
    "Receiver": "string",
    "Status": "string",
    "Alerts": "alerts",
    "GroupLabels": "kv",
    "CommonLabels": "kv",
    "CommonAnnotations": "kv",
    "ExternalURL": "string",
}
_ALERT = {
    "Status": "string",
    "Labels": "kv",
    "Annotations": "kv",
    "StartsAt": "time",
    "EndsAt": "time",
    "GeneratorURL": "string",
    "Fingerprint": "string",
}
_EXTENDED_ALERT = dict.fromkeys(
    [
        "SilenceURL",
        "DashboardURL",
        "PanelURL",
        "RuleUID",
        "Values",
        "ValueString",
        "ImageURL",
        "EmbeddedImage",
        "OrgID",
        "ExtraData",
    ],
    "string",
)
_OWN: dict[tuple[Family, str], dict[str, str]] = {
    ("alertmanager", "data"): {"NotificationReason": "string", "RouteLabels": "kv"},
    ("grafana", "data"): dict.fromkeys(
        ("AppVersion", "GroupKey", "TruncatedAlerts", "Vars"), "string"
    ),
    ("alertmanager", "alert"): {},
    ("grafana", "alert"): _EXTENDED_ALERT,
    ("alertmanager", "alerts"): {},
    ("grafana", "alerts"): {"Len": "int"},
}
_MEMBERS: dict[str, dict[str, str]] = {
    "data": _DATA,
    "alert": _ALERT,
    "alerts": {"Firing": "alerts", "Resolved": "alerts"},
    "kv": {
        "SortedPairs": "pairs",
        "Remove": "kv",
        "Names": "strings",
        "Values": "strings",
        "String": "string",
    },
    "pairs": {"Names": "strings", "Values": "strings"},
    "pair": {"Name": "string", "Value": "string"},
}
_ELEMENTS = {"alerts": "alert", "pairs": "pair", "kv": "string", "strings": "string"}
_DIFFERENT = frozenset(
    [
        "__subject",
        "__text_alert_list",
        "jira.default.description",
        "slack.default.footer",
        "slack.default.title",
        "pagerduty.default.description",
        "opsgenie.default.message",
        "victorops.default.entity_display_name",
        "pushover.default.title",
        "sns.default.subject",
        "email.default.subject",
        "discord.default.title",
        "msteams.default.title",
        "msteams.default.summary",
        "msteamsv2.default.title",
        "jira.default.summary",
        "slack.default.fallback",
        "telegram.default.message",
        "discord.default.message",
        "webex.default.message",
        "sns.default.message",
        "pushover.default.message",
        "victorops.default.state_message",
        "opsgenie.default.description",
        "wechat.default.message",
        "pagerduty.default.instances",
        "email.default.html",
    ]
)
"""Defined in both families, but Grafana's print something else: its subject, its list of alerts."""


def template_losses(
    text: str, *, read: Family, write: Family, defined: Collection[str] = ()
) -> list[TemplateLoss]:
    """What the text uses that `write` has not, in the order of the text.

    `defined` names templates that the translated set brings itself. Raises TemplateError when the
    text does not parse in the family `read`.
    """
    return translated_template(text, read=read, write=write, defined=defined).losses


def translated_template(
    text: str,
    *,
    read: Family,
    write: Family,
    defined: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Translated:
    """The text for the other family: what has an equal there is replaced, the rest reported.

    `renamed` are default templates of `read` that stand under other names where the text goes.
    """
    if read == write:
        return Translated(text, [])
    trees = parse(text, parse_functions(read))
    search = _Search(read, write, {*defined, *(tree.name for tree in trees)}, renamed or {})
    for tree in trees:
        search.tree = tree
        kind = "data" if tree is trees[0] else _guessed(tree.body)
        search.block(tree.body, kind)
    for start, end, replacement in sorted(search.edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return Translated(text, sorted(set(search.found)))


def _guessed(body: nodes.Block) -> str:
    """What the dot of a definition most likely is, by the fields it uses."""
    used = set()

    def look(node: nodes.Node) -> None:
        if isinstance(node, nodes.Field):
            used.add(node.names[0])

    for node in body.nodes:
        pipe = getattr(node, "pipe", None)
        if pipe is not None:
            _each_operand(pipe, look)
        if isinstance(node, nodes.Branch) and node.word == "range" and str(node.pipe) == ".":
            return "alerts"
    if used & {"Alerts", "GroupLabels", "CommonLabels", "CommonAnnotations", "Receiver"}:
        return "data"
    if used & {"Labels", "Annotations", "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"}:
        return "alert"
    return "pair" if used & {"Name", "Value"} else ""


def _each_operand(pipe: nodes.Pipe, look: Callable[[nodes.Node], None]) -> None:
    for command in pipe.commands:
        for arg in command.args:
            look(arg)
            while isinstance(arg, nodes.Chain):
                arg = arg.base
                look(arg)
            if isinstance(arg, nodes.Pipe):
                _each_operand(arg, look)


class _Search:
    def __init__(
        self, read: Family, write: Family, defined: Collection[str], renamed: Mapping[str, str]
    ) -> None:
        self.read: Family = read
        self.write: Family = write
        self.defined = defined
        self.renamed = renamed
        self.functions = parse_functions(write)
        self.templates = _default_names(write)
        self.own_templates = _default_names(read)
        self.found: list[TemplateLoss] = []
        self.edits: list[tuple[int, int, str]] = []
        self.tree: nodes.Tree
        self.variables: dict[str, str] = {"$": "data"}

    def report(self, position: int, what: str, why: str) -> None:
        line, column = self.tree.place(position)
        self.found.append(TemplateLoss(line, column + 1, what, why))

    def missing(self, position: int, what: str) -> None:
        self.report(position, what, f"{_LABEL[self.write]} has no {what}")

    # Statements: what the dot is, and what it becomes inside

    def block(self, block: nodes.Block | None, dot: str) -> None:
        for node in block.nodes if block else ():
            if isinstance(node, nodes.Action):
                self.pipe(node.pipe, dot)
            elif isinstance(node, nodes.Call):
                self.call(node, dot)
            elif isinstance(node, nodes.Branch):
                kind = self.pipe(node.pipe, dot)
                inner = dot
                if node.word == "with":
                    inner = kind
                elif node.word == "range":
                    inner = _ELEMENTS.get(kind, "")
                    for variable in node.pipe.declared[-1:]:
                        self.variables[variable.names[0]] = inner
                self.block(node.body, inner)
                self.block(node.otherwise, dot)

    def call(self, node: nodes.Call, dot: str) -> None:
        if node.pipe is not None:
            self.pipe(node.pipe, dot)
        if node.name in self.defined or node.name not in self.own_templates:
            return
        if node.name in self.renamed:
            written = _QUOTED.match(self.tree.source, node.position)
            assert written is not None  # a name is always quoted
            self.edits.append((*written.span(), quote(self.renamed[node.name])))
            return
        what = f'template "{node.name}"'
        if node.name not in self.templates:
            self.missing(node.position, what)
        elif node.name in _DIFFERENT:
            why = f"{_LABEL[self.write]}'s default of this name prints something else"
            self.report(node.position, what, why)

    # Expressions: their type, as far as it can be told

    def pipe(self, pipe: nodes.Pipe, dot: str) -> str:
        kind = ""
        for command in pipe.commands:
            kind = self.command(command, dot)
        for variable in pipe.declared:
            self.variables[variable.names[0]] = kind
        return kind

    def command(self, command: nodes.Command, dot: str) -> str:
        for arg in command.args[1:]:
            self.operand(arg, dot, [])
        return self.operand(command.args[0], dot, command.args[1:])

    def operand(self, node: nodes.Node, dot: str, args: list[nodes.Node]) -> str:
        if isinstance(node, nodes.Dot):
            return dot
        if isinstance(node, nodes.Field):
            return self.members(dot, node.names, node.position)
        if isinstance(node, nodes.Variable):
            kind = self.variables.get(node.names[0], "")
            return self.members(kind, node.names[1:], node.position)
        if isinstance(node, nodes.Pipe):
            return self.pipe(node, dot)
        if isinstance(node, nodes.Chain):
            return self.chain(node, dot, args)
        if isinstance(node, nodes.Identifier):
            return self.function(node, dot, args)
        return "string"

    def members(self, kind: str, names: list[str], position: int) -> str:
        for name in names:
            own = _OWN.get((self.read, kind), {})
            if name in own:
                self.missing(position, f".{name}")
                kind = own[name]
            elif kind == "" and name in _EXTENDED_ALERT and name != "Values":
                if self.read == "grafana":
                    self.missing(position, f".{name}")
            else:
                kind = _MEMBERS.get(kind, {}).get(name, "string" if kind == "kv" else "")
        return kind

    def chain(self, node: nodes.Chain, dot: str, args: list[nodes.Node]) -> str:
        if isinstance(node.base, nodes.Identifier) and node.base.name in _NAMESPACES:
            name = f"{node.base.name}.{node.names[0]}"
            if node.base.name in self.functions:
                return ""
            start = node.base.position
            rewrite = _TO_ALERTMANAGER.get(name)
            if rewrite is not None and _faithful(name, args):
                self.edits.append((start, start + len(name), rewrite))
            else:
                self.missing(start, name)
            return ""
        kind = self.operand(node.base, dot, [])
        return self.members(kind, node.names, node.position)

    def function(self, node: nodes.Identifier, dot: str, args: list[nodes.Node]) -> str:
        name = node.name
        if name == "index" and args:
            kind = self.operand(args[0], dot, [])
            return _ELEMENTS.get(kind, "") if len(args) == 2 else ""
        if name in self.functions:
            return "string"
        rewrite = _TO_GRAFANA.get(name)
        if rewrite is not None:
            self.edits.append((node.position, node.position + len(name), rewrite))
        else:
            self.missing(node.position, name)
        return ""


_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_NAMESPACES = ("coll", "data", "tmpl", "time")
_TO_ALERTMANAGER = {
    "coll.Dict": "dict",
    "coll.Slice": "list",
    "data.ToJSON": "toJson",
    "time.Now": "now",
}
_TO_GRAFANA = {
    "dict": "coll.Dict",
    "list": "coll.Slice",
    "toJson": "data.ToJSON",
    "now": "time.Now",
}


def _faithful(name: str, args: list[nodes.Node]) -> bool:
    """coll.Dict takes any key and an odd number of arguments, dict only strings and pairs."""
    if name != "coll.Dict":
        return True
    return len(args) % 2 == 0 and all(isinstance(key, nodes.String) for key in args[::2])


def _default_names(family: Family) -> set[str]:
    return set(_names(family))


def _names(family: Family) -> Iterator[str]:
    for text in default_sources(family).values():
        for tree in parse(text, parse_functions(family))[1:]:
            yield tree.name
