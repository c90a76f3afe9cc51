"""One time interval: a rule about times, days, months and years.

All texts are kept as written; `ranges` says what they mean. `mute_timings` are lists of intervals.
Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .loading import Value
from .problems import Path, Problems
from .ranges import (
    Range,
    RangeError,
    day_range,
    days_in_month,
    includes_day,
    month_range,
    time_range,
    weekday_range,
    year_range,
)
from .reading import read_items, read_text
from .scalars import mismatch
from .versions import LATEST, Version
from .writing import as_written

_RANGES: dict[str, tuple[Callable[[str], Range], str]] = {
    "weekdays": (weekday_range, "[]timeinterval.WeekdayRange"),
    "days_of_month": (day_range, "[]timeinterval.DayOfMonthRange"),
    "months": (month_range, "[]timeinterval.MonthRange"),
    "years": (year_range, "[]timeinterval.YearRange"),
}


class TimeRange(NamedTuple):
    """A part of every day, as written: from `start` until before `end`."""

    start: str
    end: str


@dataclass(slots=True)
class TimeInterval:
    """One rule: a moment is in it that is in one range of every list that is there.

    A list that is None is no condition; an empty one is never fulfilled, as in Alertmanager.
    """

    times: list[TimeRange] | None = None
    weekdays: list[str] | None = None
    days_of_month: list[str] | None = None
    months: list[str] | None = None
    years: list[str] | None = None
    location: str | None = None
    path: Path = ()
    extra: dict[str, Value] = field(default_factory=dict)

    def contains(self, moment: datetime) -> bool:
        """Whether the moment, which must know its time zone, is in the interval.

        Raises ValueError if the interval was read with problems or the time zone is unknown here.
        """
        here = moment.astimezone(find_zone(self.location or ""))
        minute = here.hour * 60 + here.minute
        if self.times is not None and not any(
            first <= minute < last for first, last in (time_range(*time) for time in self.times)
        ):
            return False
        return (
            self._contains_day(here)
            and _within(self.months, month_range, here.month)
            and _within(self.weekdays, weekday_range, here.isoweekday() % 7)
            and _within(self.years, year_range, here.year)
        )

    def _contains_day(self, here: datetime) -> bool:
        if self.days_of_month is None:
            return True
        length = days_in_month(here)
        ranges = map(day_range, self.days_of_month)
        return any(includes_day(bounds, here.day, length) for bounds in ranges)


def _within(texts: list[str] | None, meaning: Callable[[str], Range], value: int) -> bool:
    if texts is None:
        return True
    return any(first <= value <= last for first, last in map(meaning, texts))


@lru_cache(maxsize=512)
def find_zone(name: str) -> tzinfo | None:
    """The time zone of that name; None, which is the machine's own, for "Local".

    Raises RangeError, in Go's words, for a name that the machine does not know.
    """
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return None
    if ".." in name or name[0] in "/\\":
        raise RangeError("time: invalid location name")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise RangeError(f"unknown time zone {name}") from None


SINCE: dict[str, Version] = {"location": (0, 25, 0)}
"""The version of Alertmanager that brought a key; the others were there when intervals came."""


def read_time_interval(
    value: Value, path: Path, problems: Problems, version: Version = LATEST
) -> TimeInterval:
    """One interval; what is wrong goes to `problems` and is left out of the interval."""
    interval = TimeInterval(path=path)
    if not isinstance(value, dict):
        if value is not None:
            problems.error(path, mismatch(value, "timeinterval.TimeInterval"), "type")
        return interval
    for key, item in value.items():
        place = (*path, key)
        if SINCE.get(key, version) > version:
            problems.unknown_key(place, "timeinterval.TimeInterval")
            interval.extra[key] = item
        elif key == "times":
            interval.times = _read_times(item, place, problems)
        elif key in _RANGES:
            setattr(interval, key, _read_ranges(item, place, problems))
        elif key == "location":
            interval.location = _read_location(item, place, problems)
        else:
            problems.unknown_key(place, "timeinterval.TimeInterval")
            interval.extra[key] = item
    return interval


def _read_ranges(value: Value, path: Path, problems: Problems) -> list[str] | None:
    meaning, go_type = _RANGES[str(path[-1])]
    if value is None:
        return None
    found = []
    for place, item in enumerate(read_items(value, path, problems, go_type)):
        if item is None:  # in Go 0 to 0, which is Sunday, and no day, month or year
            found += ["sunday"] * (path[-1] == "weekdays")
            continue
        before = len(problems.errors)
        text = read_text(item, (*path, place), problems)
        if len(problems.errors) == before:
            try:
                meaning(text)
                found.append(text)
            except RangeError as error:
                problems.error((*path, place), str(error))
    return found


def _read_times(value: Value, path: Path, problems: Problems) -> list[TimeRange] | None:
    if value is None:
        return None
    found = []
    for number, item in enumerate(read_items(value, path, problems, "[]timeinterval.TimeRange")):
        place = (*path, number)
        if item is None:  # taken by Alertmanager as a range that no moment is in
            continue
        if not isinstance(item, dict):
            problems.error(place, mismatch(item, "timeinterval.yamlTimeRange"), "type")
            continue
        before = problems.type_errors
        written = {"start_time": "", "end_time": ""}
        for key, text in item.items():
            if key in written:
                written[key] = read_text(text, (*place, key), problems)
            else:
                problems.unknown_key((*place, key), "timeinterval.yamlTimeRange")
        time = TimeRange(written["start_time"], written["end_time"])
        try:
            time_range(*time)
            found.append(time)
        except RangeError as error:
            problems.error(place, str(error), since=before)
    return found


def _read_location(value: Value, path: Path, problems: Problems) -> str | None:
    if value is None:
        return None
    before = problems.type_errors
    name = read_text(value, path, problems)
    if problems.type_errors == before:
        try:
            find_zone(name)
        except RangeError as error:
            problems.error(path, str(error))
            return None
    return name


def write_time_interval(interval: TimeInterval) -> dict[str, object]:
    """One interval in Alertmanager's spelling: every text as it was written, unknown keys last."""
    written: dict[str, object] = {}
    if interval.times is not None:
        written["times"] = [
            {"start_time": time.start, "end_time": time.end} for time in interval.times
        ]
    for key in _RANGES:
        if (texts := getattr(interval, key)) is not None:
            written[key] = list(texts)
    if interval.location is not None:
        written["location"] = interval.location
    return written | {key: as_written(item) for key, item in interval.extra.items()}
