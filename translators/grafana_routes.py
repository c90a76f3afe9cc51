"""Grafana's notification policies: the routes of Alertmanager, with matchers as lists of three
texts.

Source: Grafana's provisioning files and API; ``match``, ``match_re`` and ``matchers`` are read as
well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.matchers import Matcher, MatcherError, parse_matchers
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.routes import Route
from alertmanager_configs.scalars import as_bool
from alertmanager_configs.writing import as_written
from translators.losses import Report

OPERATORS = ("=", "!=", "=~", "!~")
DURATIONS = ("group_wait", "group_interval", "repeat_interval")
LISTS = ("group_by", "mute_time_intervals", "active_time_intervals")
KEYS = {
    "receiver",
    "match",
    "match_re",
    "matchers",
    "object_matchers",
    "continue",
    "routes",
    *DURATIONS,
    *LISTS,
}
ENVELOPE = {"orgId", "provenance", "name", "version"}


def read_policy(
    entry: Mapping[str, Any], path: Path, problems: Problems, root: bool = True
) -> Route:
    """The policy and all below it."""
    route = Route(path=path, receiver=str(entry.get("receiver") or ""))
    for key in LISTS:
        if (value := entry.get(key)) is not None:
            if isinstance(value, list):
                setattr(route, key, [str(item) for item in value if item is not None])
            else:
                problems.error((*path, key), "must be a list", "type")
    for key in DURATIONS:
        if (value := entry.get(key)) is not None:
            setattr(route, key, _duration(key, value, (*path, key), problems))
    try:
        route.continue_ = as_bool(entry.get("continue"))
    except ValueError as error:
        problems.error((*path, "continue"), str(error), "type")
    route.matchers = _read_matchers(entry, path, problems)
    for key in entry.keys() - KEYS - (ENVELOPE if root else set()):
        problems.warn((*path, key), f"unknown key {key!r}: Grafana ignores it")
        route.extra[key] = entry[key]
    if root:
        _check_root(route, path, problems)
    children = entry.get("routes")
    if children is not None and not isinstance(children, list):
        problems.error((*path, "routes"), "must be a list", "type")
        children = None
    for index, child in enumerate(children or ()):
        place = (*path, "routes", index)
        if isinstance(child, Mapping):
            route.routes.append(read_policy(child, place, problems, root=False))
        else:
            problems.error(place, "must be a mapping", "type")
    return route


def _duration(key: str, value: Any, path: Path, problems: Problems) -> str | None:
    try:
        length = parse_duration(str(value))
    except ValueError as error:
        problems.error(path, str(error))
        return None
    if not length and key != "group_wait":
        problems.error(path, f"{key} cannot be zero")
    return str(value)


def _read_matchers(entry: Mapping[str, Any], path: Path, problems: Problems) -> list[Matcher]:
    found: list[Matcher] = []

    def add(name: Any, operator: Any, value: Any, place: Path) -> None:
        try:
            if operator not in OPERATORS:
                raise ValueError(f"unknown operator {operator!r}; known are {', '.join(OPERATORS)}")
            found.append(Matcher(str(name), operator, str(value)))
        except ValueError as error:
            problems.error(place, str(error))

    for key, operator in (("match", "="), ("match_re", "=~")):
        for name, value in (entry.get(key) or {}).items():
            add(name, operator, "" if value is None else value, (*path, key, name))
    for index, text in enumerate(entry.get("matchers") or ()):
        try:
            found += parse_matchers(str(text))
        except MatcherError as error:
            problems.error((*path, "matchers", index), str(error))
    for index, item in enumerate(entry.get("object_matchers") or ()):
        place = (*path, "object_matchers", index)
        if isinstance(item, list) and len(item) == 3:
            name, operator, value = ("" if each is None else each for each in item)
            add(name, operator, _unquoted(str(value)), place)
        else:
            problems.error(
                place, "a matcher is a list of three texts: label, operator, value", "type"
            )
    return found


def _unquoted(value: str) -> str:
    """Without one quote at either end, as Grafana reads it."""
    return value.removeprefix('"').removesuffix('"')


def _check_root(route: Route, path: Path, problems: Problems) -> None:
    if not route.receiver:
        problems.error(path, "root route must specify a default receiver")
    if route.matchers:
        problems.error(path, "root route must not have any matchers")
    if route.mute_time_intervals:
        problems.error(path, "root route must not have any mute time intervals")
    if route.active_time_intervals:
        problems.error(path, "root route must not have any active time intervals")


def write_policy(route: Route, report: Report) -> dict[str, Any]:
    """The policy as Grafana's files say it, in their order of keys."""
    written: dict[str, Any] = {}
    if route.receiver:
        written["receiver"] = route.receiver
    if route.group_by is not None:
        written["group_by"] = list(route.group_by)
    if matchers := [
        [
            each.name,
            each.operator,
            f'"{each.value}"' if _unquoted(each.value) != each.value else each.value,
        ]
        for each in route.all_matchers
    ]:
        written["object_matchers"] = matchers
    for key in ("mute_time_intervals", "active_time_intervals"):
        if names := getattr(route, key):
            written[key] = list(names)
    if route.continue_:
        written["continue"] = True
    for key in DURATIONS:
        if (value := getattr(route, key)) is not None:
            written[key] = value
    for name in route.labels:
        report.lose(
            ("policies", "labels", name),
            "dropped",
            "Grafana's policies have no labels",
            (*route.path, "labels", name),
        )
    written |= {key: as_written(item) for key, item in route.extra.items()}
    if route.routes:
        written["routes"] = [write_policy(below, report) for below in route.routes]
    return written
