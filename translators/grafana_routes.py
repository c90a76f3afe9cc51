"""Grafana's notification policies: the routes of Alertmanager, with matchers as lists of three
texts.

Source: Grafana's provisioning files and API; ``match``, ``match_re`` and ``matchers`` are read as
well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.intervals import TimeInterval
from alertmanager_configs.matchers import Matcher, MatcherError, parse_matchers
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.quoting import go_quote
from alertmanager_configs.routes import Route
from alertmanager_configs.writing import as_written
from contactpoints.fields import Interpolated
from contactpoints.interpolation import marked
from contactpoints.setup import Setup
from translators.grafana_types import BOOLS, is_bool, is_text
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
EVERYTHING = "..."
"""Among the labels of ``group_by``: all there are."""

ENVELOPE = {"orgId", "provenance", "name", "version"}


def read_policy(
    entry: Mapping[str, Any], path: Path, problems: Problems, root: bool = True
) -> Route:
    """The policy and all below it."""
    found, others = _known(entry, root)
    route = Route(path=path)
    if is_text(found.get("receiver"), (*path, "receiver"), problems):
        route.receiver = _plain(found.get("receiver") or "")
    for key in LISTS:
        if (value := found.get(key)) is not None:
            setattr(route, key, list(_texts(value, (*path, key), problems)))
    _check_labels(route, path, problems)
    for key in DURATIONS:
        if (value := found.get(key)) is not None:
            setattr(route, key, _duration(key, value, (*path, key), problems))
    if is_bool(value := found.get("continue"), (*path, "continue"), problems) and value:
        route.continue_ = BOOLS[value.lower()]
    route.matchers = _read_matchers(found, path, problems)
    for key in others:
        problems.warn((*path, key), f"unknown key {key!r}: Grafana ignores it")
        route.extra[key] = entry[key]
    if root:
        _check_root(route, path, problems)
    for place, child in _list(found.get("routes"), (*path, "routes"), problems):
        if isinstance(child, Mapping):
            route.routes.append(read_policy(child, place, problems, root=False))
        else:
            problems.error(place, "must be a mapping", "type")
    return route


def _known(entry: Mapping[str, Any], root: bool) -> tuple[dict[str, Any], list[str]]:
    """What the keys that Grafana knows say, in whatever case they are written, and all others."""
    found: dict[str, Any] = {}
    others = []
    for key in sorted(entry):  # so that the exact spelling, which comes last, counts
        if key.lower() in KEYS:
            found[key.lower()] = entry[key]
    for key in entry:
        if key.lower() not in KEYS and not (root and key in ENVELOPE):
            others.append(key)
    return found, others


def _list(value: Any, path: Path, problems: Problems) -> Iterator[tuple[Path, Any]]:
    if value is not None and not isinstance(value, list):
        problems.error(path, "must be a list", "type")
        return
    for index, item in enumerate(value or ()):
        yield (*path, index), item


def _texts(value: Any, path: Path, problems: Problems) -> Iterator[str]:
    for place, item in _list(value, path, problems):
        if is_text(item, place, problems):
            yield _plain(item or "")


def _plain(text: Any) -> str:
    """A text without what tells that it stood in quotes; one with variables stays marked."""
    return text if isinstance(text, Interpolated) else str(text)


def _check_labels(route: Route, path: Path, problems: Problems) -> None:
    labels = route.group_by or []
    place = (*path, "group_by")
    if EVERYTHING in labels and len(set(labels)) > 1:
        problems.error(place, f"cannot have wildcard group_by (`{EVERYTHING}`) and other labels")
    for label in dict.fromkeys(labels):
        if label != EVERYTHING and labels.count(label) > 1:
            problems.error(place, f"duplicated label {go_quote(label)} in group_by")


def _duration(key: str, value: Any, path: Path, problems: Problems) -> str | None:
    if not is_text(value, path, problems):
        return None
    if isinstance(value, Interpolated):
        return value
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
            found.append(Matcher(_plain(name), operator, _plain(value)))
        except ValueError as error:
            problems.error(place, str(error))

    for key, operator in (("match", "="), ("match_re", "=~")):
        labels = entry.get(key)
        if labels is not None and not isinstance(labels, Mapping):
            problems.error((*path, key), "must be a mapping of labels to texts", "type")
            continue
        for name, value in (labels or {}).items():
            if is_text(value, (*path, key, name), problems):
                add(name, operator, "" if value is None else value, (*path, key, name))
    for place, text in _list(entry.get("matchers"), (*path, "matchers"), problems):
        if is_text(text, place, problems):
            try:
                found += [
                    Matcher(_again(text, name), operator, _again(text, value))
                    for name, operator, value in parse_matchers(str(text or ""))
                ]
            except MatcherError as error:
                problems.error(place, str(error))
    for place, item in _list(entry.get("object_matchers"), (*path, "object_matchers"), problems):
        if not isinstance(item, list):
            problems.error(place, "must be a list of three texts: label, operator, value", "type")
            continue
        texts = [*item[:3], *[None] * (3 - len(item))]  # Go fills up an array of three
        if all(is_text(each, (*place, at), problems) for at, each in enumerate(texts)):
            if len(item) > 3:
                problems.warn(place, "Grafana ignores what follows the label, operator and value")
            name, operator, value = ("" if each is None else each for each in texts)
            add(name, operator, _unquoted(_plain(value)), place)
    return found


def _unquoted(value: str) -> str:
    """Without one quote at either end, as Grafana reads it."""
    inside = value.removeprefix('"').removesuffix('"')
    return Interpolated(inside) if isinstance(value, Interpolated) else inside


def _again(whole: Any, part: str) -> str:
    """A part of a text in the file: where the whole has variables, the part may have some."""
    return marked(part) if isinstance(whole, Interpolated) else part


def _check_root(route: Route, path: Path, problems: Problems) -> None:
    if not route.receiver:
        problems.error(path, "root route must specify a default receiver")
    if route.matchers:
        problems.error(path, "root route must not have any matchers")
    if route.mute_time_intervals:
        problems.error(path, "root route must not have any mute time intervals")
    if route.active_time_intervals:
        problems.error(path, "root route must not have any active time intervals")


def report_unknown(setup: Setup, report: Report) -> None:
    """Report, and take away, the keys of policies and mute timings that Grafana does not know: no
    other dialect has them.
    """
    why = "Grafana does not know it, and no other dialect has it"
    for route in setup.policy.walk() if setup.policy is not None else ():
        for key in route.extra:
            report.lose(("policies", key), "dropped", why, (*route.path, key))
        route.extra = {}
    for timing in setup.mute_timings:
        parts: list[MuteTiming | TimeInterval] = [timing, *timing.time_intervals]
        for part in parts:
            for key in part.extra:
                where = ("mute timing", timing.name, key)
                report.lose(where, "dropped", why, (*part.path, key))
            part.extra = {}


def _in_quotes(value: str) -> str:
    return Interpolated(f'"{value}"') if isinstance(value, Interpolated) else f'"{value}"'


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
            _in_quotes(each.value) if _unquoted(each.value) != each.value else each.value,
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
