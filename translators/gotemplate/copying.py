"""Default templates of one family, written out for the other under names that do not collide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from translators.gotemplate import nodes
from translators.gotemplate.defaults import default_sources
from translators.gotemplate.environment import parse_functions
from translators.gotemplate.functions import Family
from translators.gotemplate.losses import TemplateLoss, translated_template
from translators.gotemplate.parser import parse
from translators.gotemplate.wording import define, without

AS_JSON = "alerts_as_json"
"""A copy without an original: Alertmanager's alerts as its `toJson` prints them. Grafana's alerts
have more in them."""
_ALERTS_AS_JSON = (
    '[{{ range $index, $alert := . }}{{ if $index }},{{ end }}{"status":{{ data.ToJSON .Status }}'
    ',"labels":{{ data.ToJSON .Labels }},"annotations":{{ data.ToJSON .Annotations }}'
    ',"startsAt":{{ data.ToJSON .StartsAt }},"endsAt":{{ data.ToJSON .EndsAt }}'
    ',"generatorURL":{{ data.ToJSON .GeneratorURL }},"fingerprint":{{ data.ToJSON .Fingerprint }}}'
    "{{ end }}]"
)
NEVER_THERE = frozenset(
    ["AppVersion", "DashboardURL", "EmbeddedImage", "ImageURL", "PanelURL", "SilenceURL", "Values"]
)
"""What only Grafana's alerts have: where the copy is drawn there is none, so it says what Grafana
says of an alert without it."""


class Copied(NamedTuple):
    """The text with the definitions, what could not be said in them, and which fields that only
    Grafana's alerts have they did without.
    """

    text: str
    losses: list[TemplateLoss]
    without: list[str]


def copy_names(family: Family, defined: Collection[str]) -> Mapping[str, str]:
    """Default template → the name of its copy, which is none of those that are `defined`; without
    the templates that are defined anew.
    """
    prefix = f"{family}."
    while any(name.startswith(prefix) for name in defined):
        prefix = f"_{prefix}"
    names = {name: f"{prefix}{name}" for name in default_trees(family) if name not in defined}
    if family == "alertmanager":
        names[AS_JSON] = f"{prefix}{AS_JSON}"
    return names


def copied_defaults(
    wanted: Iterable[str],
    names: Mapping[str, str],
    *,
    read: Family,
    write: Family,
    defined: Collection[str],
) -> Copied:
    """Definitions of the default templates `wanted` of `read`, and of all that they call, for
    `write`, under their new `names`.
    """
    parts, losses = [], []
    missed: set[str] = set()
    for name in _closure(wanted, names, read):
        body = _ALERTS_AS_JSON
        if name != AS_JSON:
            tree = default_trees(read)[name]
            never = NEVER_THERE if write == "alertmanager" else ()
            body = str(nodes.Block(0, list(without(tree.body, never))))
            missed |= {field for field in never if f".{field}" in str(tree.body)}
            body, lost = translated_template(
                body, read=read, write=write, defined=defined, renamed=names
            )
            losses += lost
        parts.append(define(names[name], body))
    return Copied("".join(parts), losses, sorted(missed))


def called(body: nodes.Block) -> Iterator[str]:
    """The names of the templates that are called, in order."""
    for node in body.nodes:
        if isinstance(node, nodes.Call):
            yield node.name
        elif isinstance(node, nodes.Branch):
            for block in (node.body, node.otherwise):
                if block is not None:
                    yield from called(block)


@lru_cache(maxsize=4)
def default_trees(family: Family) -> Mapping[str, nodes.Tree]:
    """Every default template of a family by name; a later one in place of an earlier one."""
    found: dict[str, nodes.Tree] = {}
    for text in default_sources(family).values():
        for tree in parse(text, parse_functions(family))[1:]:
            if tree.name not in found or not tree.is_empty():
                found[tree.name] = tree
    return MappingProxyType(found)


def _closure(wanted: Iterable[str], names: Mapping[str, str], family: Family) -> list[str]:
    found: dict[str, None] = {}
    waiting = sorted(wanted, reverse=True)
    trees = default_trees(family)
    while waiting:
        name = waiting.pop()
        if name in found or name not in names:
            continue
        found[name] = None
        if name in trees:
            waiting += reversed(list(called(trees[name].body)))
    return sorted(found)
