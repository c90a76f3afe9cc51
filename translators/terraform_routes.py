"""Notification policies and mute timings as Terraform's provider says them, and back.

Source: the schema of terraform-provider-grafana 4.9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.intervals import TimeInterval, read_time_interval
from alertmanager_configs.matchers import Matcher
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.routes import Route
from contactpoints.fields import Expression
from translators.grafana_routes import DURATIONS, OPERATORS
from translators.hcl.printing import Printed, Raw
from translators.losses import Report

DEPTH = 5
"""Policies inside each other, below the root: supportedPolicyTreeDepth of the provider."""

TIMINGS = {"mute_timings": "mute_time_intervals", "active_timings": "active_time_intervals"}
RANGES = ("weekdays", "days_of_month", "months", "years")
POLICY = {"contact_point", "group_by", "continue", "matcher", "policy", *DURATIONS, *TIMINGS}
INTERVALS = {"times", "location", *RANGES}


class Known(Protocol):
    """The text of a value; where only Terraform knows it, it is written down, and a stand-in given:
    one that is made for it, or nothing when nothing ``can_stand_in``.
    """

    def __call__(self, value: Any, path: Path, can_stand_in: bool = True) -> str: ...


def read_policy(
    data: Mapping[str, Any], path: Path, problems: Problems, known: Known, root: bool = True
) -> Route:
    """The policy and all below it."""
    route = Route(path=path, receiver=known(data.get("contact_point"), (*path, "contact_point")))
    if root and not route.receiver:
        problems.error(path, 'The argument "contact_point" is required')
    names = _texts(data, "group_by", path, known)
    route.group_by = names or None
    for key, name in TIMINGS.items():
        setattr(route, name, _texts(data, key, path, known))
    for key in DURATIONS:
        value = data.get(key)
        if value is None or value == "":
            continue
        setattr(route, key, _duration(value, (*path, key), problems, known))
    continues = known(data.get("continue"), (*path, "continue"), can_stand_in=False)
    route.continue_ = continues == "true"
    for index, entry in enumerate(_blocks(data, "matcher")):
        place = (*path, "matcher", index)
        label, sign, value = (
            known(entry.get(key), (*place, key)) for key in ("label", "match", "value")
        )
        try:
            if sign not in OPERATORS:
                raise ValueError(f"unknown operator {sign!r}; known are {', '.join(OPERATORS)}")
            route.matchers.append(Matcher(label, sign, value))  # type: ignore[arg-type]
        except ValueError as error:
            problems.error((*place, "match"), str(error))
    route.routes = [
        read_policy(entry, (*path, "policy", index), problems, known, root=False)
        for index, entry in enumerate(_blocks(data, "policy"))
    ]
    return route


def _blocks(data: Mapping[str, Any], name: str) -> list[Any]:
    found = data.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _texts(data: Mapping[str, Any], key: str, path: Path, known: Known) -> list[str]:
    value = data.get(key)
    if isinstance(value, list):
        return [known(item, (*path, key)) for item in value if item is not None]
    return [text] if (text := known(value, (*path, key), can_stand_in=False)) else []


def _duration(value: Any, path: Path, problems: Problems, known: Known) -> str | None:
    text = known(value, path, can_stand_in=False)
    if isinstance(value, Expression):
        return None
    try:
        parse_duration(text)
    except ValueError as error:
        problems.error(path, str(error))
        return None
    return text


def read_intervals(
    data: Mapping[str, Any], path: Path, problems: Problems, known: Known
) -> list[TimeInterval]:
    """The intervals of a mute timing."""
    found = []
    for index, entry in enumerate(_blocks(data, "intervals")):
        place = (*path, "intervals", index)
        said: dict[str, Any] = {}
        for key in RANGES:
            if texts := _texts(entry, key, place, known):
                said[key] = texts
        if times := _blocks(entry, "times"):
            said["times"] = [
                {
                    f"{key}_time": known(time.get(key), (*place, "times", at, key))
                    for key in ("start", "end")
                }
                for at, time in enumerate(times)
            ]
        if location := known(entry.get("location"), (*place, "location"), can_stand_in=False):
            said["location"] = location
        found.append(read_time_interval(said, place, problems))
    return found


class Policies:
    """Writes a tree of policies. ``told`` gives what a name or value is written as: a reference to
    another resource, the expression that was read, or the text itself; ``rest`` what was kept of a
    policy.
    """

    def __init__(
        self,
        told: Callable[[Path, str, Any], Any],
        rest: Callable[[Path], list[Printed | Raw]],
        report: Report,
    ) -> None:
        self.told, self.rest, self.report = told, rest, report

    def write(self, route: Route, block: Printed, depth: int = 0) -> Printed:
        """Fill ``block`` with the policy and all below it."""
        said: dict[str, tuple[str, Any]] = {}
        if route.receiver:
            said["contact_point"] = ("contact_point", route.receiver)
        if route.group_by or depth in (0, DEPTH):  # the provider wants it in both, see its schema
            said["group_by"] = ("", list(route.group_by or ()))
        for key, name in TIMINGS.items():
            if names := getattr(route, name):
                said[key] = ("mute_timing", list(names))
        if route.continue_:
            said["continue"] = ("", True)
        for key in DURATIONS:
            if (value := getattr(route, key)) is not None:
                said[key] = ("", value)
        for key, (kind, value) in said.items():
            block.attributes[key] = self.told((*route.path, key), kind, value)
        matchers = route.all_matchers if route.match or route.match_re else route.matchers
        for index, matcher in enumerate(matchers):
            block.inner.append(self.matcher(matcher, (*route.path, "matcher", index)))
        for name in route.labels:
            where = ("policies", "labels", name)
            why = "Grafana's policies have no labels"
            self.report.lose(where, "dropped", why, (*route.path, "labels", name))
        for key in route.extra:
            self.report.lose(("policies", key), "dropped", "Terraform's provider has no such key")
        if depth == DEPTH and route.routes:
            why = f"Terraform's provider has {DEPTH} levels of policies below the root"
            for below in route.routes:
                self.report.lose(("policies", below.receiver), "dropped", why, below.path)
            return block
        block.inner += [self.write(below, Printed("policy"), depth + 1) for below in route.routes]
        block.inner += self.rest(route.path)
        return block

    def matcher(self, matcher: Matcher, path: Path) -> Printed:
        parts = {"label": matcher.name, "match": matcher.operator, "value": matcher.value}
        told = {key: self.told((*path, key), "", part) for key, part in parts.items()}
        return Printed("matcher", told)


def write_interval(interval: TimeInterval) -> Printed:
    """One interval of a mute timing."""
    block = Printed("intervals")
    for key in RANGES:
        if texts := getattr(interval, key):
            block.attributes[key] = list(texts)
    if interval.location is not None:
        block.attributes["location"] = interval.location
    for time in interval.times or ():
        block.inner.append(Printed("times", {"start": time.start, "end": time.end}))
    return block
