"""The differences in meaning between two setups of any dialects."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from alertmanager_configs.writing import as_written
from contactpoints.base import Integration
from contactpoints.setup import ContactPoint, Setup
from translators.bridge import bridged
from translators.crossing import cross
from translators.differing_routes import route_differences
from translators.losses import Report
from translators.meaning import SECRET, Leaf, Meaning, interval, rule
from translators.notices import label_of

NOTHING = "nothing"


class Difference(NamedTuple):
    """One thing that A and B say differently; ``where`` leads from the whole to the part. Secrets
    are in no text.
    """

    where: tuple[str, ...]
    a: str
    b: str
    why: str = ""

    def __str__(self) -> str:
        if self.why:
            said = self.why
        elif SECRET in (self.a, self.b) and NOTHING not in (self.a, self.b):
            said = "differs"
        elif self.a == self.b:
            said = f"{self.a} in both, but what it calls differs"
        else:
            said = f"{self.a} in A, {self.b} in B"
        return f"{' › '.join(self.where)}: {said}"


@dataclass
class _Both:
    """The two setups, in one family."""

    a: Setup
    b: Setup
    added: set[tuple[str, ...]]
    """What crossing put into A, which A itself does not say."""


def differences(a: Setup, b: Setup) -> list[Difference]:
    """What two setups mean otherwise. Where they are of different families, ``a`` is taken to that
    of ``b`` with all its defaults written out, and what it loses on the way is a difference.
    """
    found: list[Difference] = []
    bridges = list(_bridged(a, b)) if a.family != b.family == "alertmanager" else []
    report = Report(a.document)
    crossed, other = _without(a, bridges), _without(b, bridges)
    if a.family != b.family:
        crossed = cross(crossed, b.family, report, keep_look=True)
    lost = [loss for loss in report if loss.what in ("dropped", "changed")]
    found += [Difference(loss.where, "", "", f"{loss.what}: {loss.why}") for loss in lost]
    both = _Both(crossed, other, {loss.where for loss in report if loss.what == "added"})
    found += _told_otherwise(a, bridges)
    copies = re.compile(rf'"_*{a.family}\.')  # default texts that crossing has written out
    found += [each._replace(a=copies.sub('"', each.a)) for each in _contact_points(both)]
    found += _policies(a, b)
    timings = [
        {each.name: frozenset(map(interval, each.time_intervals)) for each in setup.mute_timings}
        for setup in (a, b)
    ]
    found += list(_named("mute timings", *timings))
    rules = [Counter(map(rule, setup.inhibitions)) for setup in (a, b)]
    for each in a.inhibitions + b.inhibitions:
        missing = rules[0][rule(each)] - rules[1][rule(each)]
        if missing:
            name = each.name or _side(each.all_source_matchers)
            found.append(Difference(("inhibition rules", name), "", "", _only(missing > 0)))
            rules[0][rule(each)] = rules[1][rule(each)]
    if a.dialect == b.dialect:
        found += list(_named("", _plain_kept(a), _plain_kept(b)))
    return found


def _plain_kept(setup: Setup) -> dict[str, str]:
    """What only the dialect says, as far as it is plain data; ``global`` is in the integrations."""
    found = {}
    for key, item in setup.kept.items():
        if key != "global":
            with suppress(TypeError):
                entries = item if isinstance(item, list) else [item]  # their order means nothing
                said = sorted(json.dumps(as_written(each), sort_keys=True) for each in entries)
                found[key] = "\n".join(said)
    return found


def _only(in_a: bool) -> str:
    return "only in A" if in_a else "only in B"


def _side(matchers: Iterable[Any]) -> str:
    return "{" + ",".join(map(str, matchers)) + "}"


def _named(kind: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Difference]:
    """Differences of things with names, which stand in any order."""
    head = (kind,) if kind else ()
    for name in dict.fromkeys([*a, *b]):
        if name not in a or name not in b:
            yield Difference((*head, name), "", "", _only(name in a))
        elif a[name] != b[name]:
            yield Difference((*head, name), "", "", "differs")


def _bridged(a: Setup, b: Setup) -> Iterator[tuple[str, str, Integration]]:
    """The integrations of A that B reaches through the service: contact point, key, the webhook."""
    mine = {(point.name, key) for point in a.contact_points for key in point.integration_keys()}
    for point, integration in b.integrations():
        if (key := bridged(point, integration)) and (point.name, key) in mine:
            yield point.name, key, integration


def _told_otherwise(a: Setup, bridges: list[tuple[str, str, Integration]]) -> Iterator[Difference]:
    """Webhooks of a bridge that do not tell of resolved alerts as the integration behind it."""
    for name, key, webhook in bridges:
        point = a.contact_point(name)
        assert point is not None  # it is where the bridge was found
        index = point.integration_keys().index(key)
        told = point.integrations[index].send_resolved
        if told != webhook.send_resolved:
            where = (name, label_of(point, index), "send_resolved")
            yield Difference(where, str(told), str(webhook.send_resolved))


def _without(setup: Setup, bridges: list[tuple[str, str, Integration]]) -> Setup:
    keys = {(name, key) for name, key, _ in bridges}
    webhooks = {id(integration) for _, _, integration in bridges}
    points = []
    for point in setup.contact_points:
        kept = [
            each
            for each, key in zip(point.integrations, point.integration_keys(), strict=True)
            if (point.name, key) not in keys and id(each) not in webhooks
        ]
        points.append(replace(point, integrations=kept))
    return replace(setup, contact_points=points)


def _contact_points(both: _Both) -> Iterator[Difference]:
    a, b = ({point.name: point for point in s.contact_points} for s in (both.a, both.b))
    meanings = Meaning(both.a), Meaning(both.b)
    for name in dict.fromkeys([*a, *b]):
        if name not in a or name not in b:
            if (a.get(name) or b[name]).integrations or both.a.dialect == both.b.dialect:
                yield Difference((name,), "", "", _only(name in a))
        else:
            if a[name].labels != b[name].labels:
                yield Difference((name, "labels"), str(a[name].labels), str(b[name].labels))
            yield from _integrations(a[name], b[name], meanings, both.added)


def _integrations(
    a: ContactPoint, b: ContactPoint, meanings: tuple[Meaning, Meaning], added: set[tuple[str, ...]]
) -> Iterator[Difference]:
    found: list[list[tuple[str, str, dict[str, Leaf]]]] = []
    for point, meaning in zip((a, b), meanings, strict=True):
        found.append(
            [
                (each.type, label_of(point, index), meaning.settings(each))
                for index, each in enumerate(point.integrations)
                if not each.sends_nothing()
            ]
        )
    ours, theirs = found
    for mine in list(ours):  # those that mean the same belong together, wherever they stand
        for other in theirs:
            if mine[0] == other[0] and not list(_settings((), mine[2], other[2])):
                ours.remove(mine)
                theirs.remove(other)
                break
    for kind, label, mine_settings in ours:
        same = next((other for other in theirs if other[0] == kind), None)
        if same is None:
            yield Difference((a.name, label), "", "", "only in A")
            continue
        theirs.remove(same)
        for each in _settings((a.name, label), mine_settings, same[2]):
            if each.where not in added:
                yield each
    for _, label, _ in theirs:
        yield Difference((a.name, label), "", "", "only in B")


def _settings(
    where: tuple[str, ...], a: dict[str, Leaf], b: dict[str, Leaf]
) -> Iterator[Difference]:
    none = Leaf(None, NOTHING)
    for key in dict.fromkeys([*a, *b]):
        ours, theirs = a.get(key, none), b.get(key, none)
        if ours.meaning != theirs.meaning:
            yield Difference((*where, key), ours.shown, theirs.shown)


def _policies(a: Setup, b: Setup) -> Iterator[Difference]:
    if a.policy is None or b.policy is None:
        only = a.policy or b.policy
        source = b if a.policy is None else a
        stands_in = (
            only is not None
            and a.family != b.family
            and not only.routes
            and source.contact_points[:1]
            and only.receiver == source.contact_points[0].name
        )
        if only is not None and not stands_in:
            yield Difference(("policies",), "", "", _only(a.policy is not None))
        return
    for where, ours, theirs in route_differences(a.policy, b.policy):
        why = ours if not theirs else ""
        yield Difference(("policies", *where), "" if why else ours, theirs, why)


def show(found: list[Difference], form: str) -> str:
    """The differences as ``text`` or ``json``."""
    if form == "text":
        return "".join(f"{each}\n" for each in found)
    listed = [
        {
            "where": list(each.where),
            "a": None if each.why or each.a == NOTHING else each.a,
            "b": None if each.why or each.b == NOTHING else each.b,
            "what": str(each).partition(f"{' › '.join(each.where)}: ")[2],
        }
        for each in found
    ]
    said = {"same": not found, "differences": listed}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
