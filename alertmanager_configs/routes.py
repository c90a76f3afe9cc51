"""The tree of routes: read, written, and what a route inherits.

Which routes an alert takes is in `routing`, the checks over the whole tree are in `route_checks`.
Source: https://prometheus.io/docs/alerting/latest/configuration/#route
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial

from .durations import parse_duration
from .labels import Mode, is_label_name
from .loading import Value
from .matchers import Matcher, sort_matchers
from .problems import Path, Problems
from .quoting import go_quote
from .reading import (
    Readers,
    check_classic_name,
    known_readers,
    read_duration,
    read_flag,
    read_items,
    read_keys,
    read_matcher_list,
    read_patterns,
    read_text,
    read_text_map,
    read_texts,
)
from .scalars import mismatch
from .versions import LATEST, Version
from .writing import as_written

ALL_LABELS = "..."
"""The only entry of a `group_by` that groups by every label."""

_TYPE = "config.plain"  # what Alertmanager calls a route in its messages


@dataclass(slots=True)
class Route:
    """One node of the tree. None, "" and empty mean "as the parent has it" where that is possible.

    Durations are texts as written. `extra` holds the keys that Alertmanager does not know, `path`
    is where the route stood.
    """

    receiver: str = ""
    group_by: list[str] | None = None
    group_wait: str | None = None
    group_interval: str | None = None
    repeat_interval: str | None = None
    match: dict[str, str] = field(default_factory=dict)
    match_re: dict[str, str] = field(default_factory=dict)
    matchers: list[Matcher] = field(default_factory=list)
    continue_: bool = False
    mute_time_intervals: list[str] = field(default_factory=list)
    active_time_intervals: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    path: Path = ()
    extra: dict[str, Value] = field(default_factory=dict)

    @property
    def all_matchers(self) -> list[Matcher]:
        """match, match_re and matchers together, in Alertmanager's order."""
        if not self.match and not self.match_re:
            return sort_matchers(self.matchers)
        return sort_matchers(
            [
                *(Matcher(name, "=", value) for name, value in self.match.items()),
                *(Matcher(name, "=~", value) for name, value in self.match_re.items()),
                *self.matchers,
            ]
        )

    def walk(self) -> Iterator[Route]:
        """This route and all below it, parents first."""
        yield self
        for route in self.routes:
            yield from route.walk()


def _read_group_by(value: Value, path: Path, problems: Problems) -> list[str] | None:
    return None if value is None else read_texts(value, path, problems)


def _read_labels(value: Value, path: Path, problems: Problems) -> dict[str, str]:
    labels = read_text_map(value, path, problems, "model.LabelSet")
    if "" in labels:
        problems.error((*path, ""), '"" is not a valid label name')
    return labels


def _read_routes(
    value: Value, path: Path, problems: Problems, mode: Mode, version: Version
) -> list[Route]:
    return [
        read_route(child, (*path, number), problems, False, mode, version)
        for number, child in enumerate(read_items(value, path, problems, "[]*config.Route"))
    ]


# The versions of Alertmanager that brought keys; the others were always there.
SINCE: dict[str, Version] = {
    "matchers": (0, 22, 0),
    "mute_time_intervals": (0, 22, 0),
    "active_time_intervals": (0, 24, 0),
    "labels": (0, 34, 0),
}


@cache
def _readers(mode: Mode, version: Version) -> Readers:
    readers: Readers = {
        "receiver": ("receiver", read_text),
        "group_by": ("group_by", _read_group_by),
        "group_wait": ("group_wait", read_duration),
        "group_interval": ("group_interval", read_duration),
        "repeat_interval": ("repeat_interval", read_duration),
        "match": ("match", read_text_map),
        "match_re": ("match_re", read_patterns),
        "matchers": ("matchers", partial(read_matcher_list, mode=mode)),
        "continue": ("continue_", read_flag),
        "mute_time_intervals": ("mute_time_intervals", read_texts),
        "active_time_intervals": ("active_time_intervals", read_texts),
        "labels": ("labels", _read_labels),
        "routes": ("routes", partial(_read_routes, mode=mode, version=version)),
    }
    return known_readers(readers, SINCE, version)


def read_route(
    value: Value,
    path: Path,
    problems: Problems,
    root: bool = True,
    mode: Mode = "fallback",
    version: Version = LATEST,
) -> Route:
    """A route and all below it, in Alertmanager's spelling; whatever is wrong goes to `problems`.

    Keys that came after `version` are not known and go to `extra`.
    The rules for the root are not checked here but by `route_checks.check_root`, as Alertmanager
    checks them after everything else; `root` only tells whether there may be no route at all.
    """
    route = Route(path=path)
    if not isinstance(value, dict):
        if value is not None:
            problems.error(path, mismatch(value, _TYPE), "type")
        elif not root:
            problems.error(path, "a route must not be empty")
        return route
    before = problems.type_errors
    read_keys(route, value, path, problems, _readers(mode, version), _TYPE)
    _check(route, problems, before, mode)
    return route


def _check(route: Route, problems: Problems, since: int, mode: Mode) -> None:
    """What Alertmanager checks of one route, in its order."""
    path = route.path
    for name in route.match:
        check_classic_name(name, (*path, "match", name), problems, since)
    for name in route.labels:
        if name and not is_label_name(name, mode):
            message = f"invalid label name {go_quote(name)} in route labels"
            problems.error((*path, "labels", name), message, since=since)
    if route.group_by:
        _check_group_by(route.group_by, (*path, "group_by"), problems, since, mode)
    for key, written in (
        ("group_interval", route.group_interval),
        ("repeat_interval", route.repeat_interval),
    ):
        if written is not None and parse_duration(written) == 0:
            problems.error((*path, key), f"{key} cannot be zero", since=since)


def _check_group_by(
    labels: list[str], path: Path, problems: Problems, since: int, mode: Mode
) -> None:
    named = [label for label in labels if label != ALL_LABELS]
    for place, label in enumerate(labels):
        if label != ALL_LABELS and not is_label_name(label, mode):
            message = f"invalid label name {go_quote(label)} in group_by list"
            problems.error((*path, place), message, since=since)
    if named and len(named) < len(labels):
        message = "cannot have wildcard group_by (`...`) and other labels at the same time"
        problems.error(path, message, since=since)
    for place, label in enumerate(labels):
        if label != ALL_LABELS and label in labels[:place]:
            message = f"duplicated label {go_quote(label)} in group_by"
            problems.error((*path, place), message, since=since)


def write_route(route: Route) -> dict[str, object]:
    """A route in Alertmanager's spelling, without what it does not say; unknown keys come last."""
    written: dict[str, object] = {}
    if route.receiver:
        written["receiver"] = route.receiver
    if route.group_by is not None:
        written["group_by"] = list(route.group_by)
    for key in ("group_wait", "group_interval", "repeat_interval", "match", "match_re"):
        if value := getattr(route, key):
            written[key] = value
    if route.matchers:
        written["matchers"] = [str(matcher) for matcher in route.matchers]
    if route.continue_:
        written["continue"] = True
    for key in ("mute_time_intervals", "active_time_intervals", "labels"):
        if value := getattr(route, key):
            written[key] = value
    if route.routes:
        written["routes"] = [write_route(child) for child in route.routes]
    return written | {key: as_written(item) for key, item in route.extra.items()}
