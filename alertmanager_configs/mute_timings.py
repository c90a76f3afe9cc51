"""Mute timings: time intervals under a name, for routes to be muted or active in.

Alertmanager calls them time intervals too; the word is Grafana's.
Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .intervals import TimeInterval, read_time_interval, write_time_interval
from .loading import Value
from .problems import Path, Problems
from .quoting import go_quote
from .reading import read_items, read_text
from .scalars import mismatch
from .versions import LATEST, Version
from .writing import as_written


@dataclass(slots=True)
class MuteTiming:
    """Time intervals under one name: a moment is in it that is in one of them."""

    name: str = ""
    time_intervals: list[TimeInterval] = field(default_factory=list)
    path: Path = ()
    extra: dict[str, Value] = field(default_factory=dict)

    def contains(self, moment: datetime) -> bool:
        """Whether the moment, which must know its time zone, is in one of the intervals."""
        return any(interval.contains(moment) for interval in self.time_intervals)


def read_mute_timings(
    value: Value,
    path: Path,
    problems: Problems,
    deprecated: bool = False,
    version: Version = LATEST,
) -> list[MuteTiming]:
    """The list `time_intervals`, or with `deprecated` the older `mute_time_intervals`."""
    name = "MuteTimeInterval" if deprecated else "TimeInterval"
    items = read_items(value, path, problems, f"[]config.{name}")
    return [
        read_mute_timing(item, (*path, place), problems, deprecated, version)
        for place, item in enumerate(items)
    ]


def read_mute_timing(
    value: Value,
    path: Path,
    problems: Problems,
    deprecated: bool = False,
    version: Version = LATEST,
) -> MuteTiming:
    """A named list of intervals; whatever is wrong goes to `problems`."""
    timing = MuteTiming(path=path)
    if not isinstance(value, dict):
        if value is not None:
            problems.error(path, mismatch(value, "config.plain"), "type")
        return timing
    before = problems.type_errors
    for key, item in value.items():
        place = (*path, key)
        if key == "name":
            timing.name = read_text(item, place, problems)
        elif key == "time_intervals":
            items = read_items(item, place, problems, "[]timeinterval.TimeInterval")
            timing.time_intervals = [
                read_time_interval(part, (*place, number), problems, version)
                for number, part in enumerate(items)
            ]
        else:
            problems.unknown_key(place, "config.plain")
            timing.extra[key] = item
    if not timing.name:
        kind = "mute time interval" if deprecated else "time interval"
        problems.error(path, f"missing name in {kind}", since=before)
    return timing


def check_names(
    deprecated: Iterable[MuteTiming], timings: Iterable[MuteTiming], problems: Problems
) -> set[str]:
    """That names are unique over `mute_time_intervals` and `time_intervals`; gives all of them."""
    names: set[str] = set()
    for kind, found in (("mute time interval", deprecated), ("time interval", timings)):
        for timing in found:
            if timing.name in names:
                message = f"{kind} {go_quote(timing.name)} is not unique"
                problems.error((*timing.path, "name"), message, "whole")
            names.add(timing.name)
    return names


def write_mute_timing(timing: MuteTiming) -> dict[str, object]:
    """A named list of intervals in Alertmanager's spelling, unknown keys last."""
    intervals = [write_time_interval(interval) for interval in timing.time_intervals]
    extra = {key: as_written(item) for key, item in timing.extra.items()}
    return {"name": timing.name, "time_intervals": intervals, **extra}
