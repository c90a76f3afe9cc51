"""The ranges that time intervals are made of: `monday:friday`, `1:-1`, `09:00` to `17:00`.

Ranges are kept as written; these functions say what they mean, in Alertmanager's words where they
mean nothing. Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .quoting import go_quote

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

Range = tuple[int, int]
"""First and last, both included; for times of day in minutes, and the last one not included."""

_SHORTEST_MONTH = 28
_NUMBER = re.compile(r"[+-]?[0-9]+")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


class RangeError(ValueError):
    """Not a range; the text is Alertmanager's own."""


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RangeError(f"strconv.Atoi: parsing {go_quote(text)}: invalid syntax")
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > 19 or not -(2**63) <= (value := int(text)) < 2**63:
        raise RangeError(f"strconv.Atoi: parsing {go_quote(text)}: value out of range")
    return value


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise RangeError(f"{text} is not a valid weekday")
    return WEEKDAYS.index(text)


def _month(text: str) -> int:
    if text in MONTHS:
        return MONTHS.index(text) + 1
    try:
        return _number(text)
    except RangeError:
        raise RangeError(f"{text} is not a valid month") from None


def _month_name(number: int) -> str:
    return MONTHS[number - 1] if 1 <= number <= 12 else ""


def _range(text: str, member: Callable[[str], int]) -> Range:
    text = text.lower()
    ends = text.split(":")
    if len(ends) > 2:
        raise RangeError(f"couldn't parse range {text}, invalid format")
    first = member(ends[0])
    return (first, member(ends[1]) if len(ends) == 2 else first)


@lru_cache(maxsize=1024)
def weekday_range(text: str) -> Range:
    """`monday` or `monday:friday`, Sunday being 0. Raises RangeError."""
    first, last = _range(text, _weekday)
    if first > last:
        raise RangeError("start day cannot be before end day")
    return first, last


@lru_cache(maxsize=1024)
def day_range(text: str) -> Range:
    """Days of a month, `1:7` or counted from its end, `-7:-1`. Raises RangeError."""
    first, last = _range(text, _number)
    for day in (first, last):
        if day == 0 or not -31 <= day <= 31:
            raise RangeError(f"{day} is not a valid day of the month: out of range")
    if first < 0 < last:
        raise RangeError("end day must be negative if start day is negative")
    earliest, latest = (day if day > 0 else _SHORTEST_MONTH + day for day in (first, last))
    if earliest > latest:
        raise RangeError(f"end day {last} is always before start day {first}")
    return first, last


@lru_cache(maxsize=1024)
def month_range(text: str) -> Range:
    """`may:august` or `5:8`; numbers beyond 12 are taken, and never come. Raises RangeError."""
    first, last = _range(text, _month)
    if first > last:
        ends = f"end month {_month_name(last)} is before start month {_month_name(first)}"
        raise RangeError(ends)
    return first, last


@lru_cache(maxsize=1024)
def year_range(text: str) -> Range:
    """`2024` or `2024:2026`. Raises RangeError."""
    first, last = _range(text, _number)
    if first > last:
        raise RangeError(f"end year {last} is before start year {first}")
    return first, last


@lru_cache(maxsize=1024)
def time_range(start: str, end: str) -> Range:
    """Minutes of the day from `09:00` until before `17:00`; `24:00` is its end. Raises
    RangeError."""
    if not start or not end:
        raise RangeError("both start and end times must be provided")
    first, last = _minutes(start), _minutes(end)
    if first >= last:
        raise RangeError("start time cannot be equal or greater than end time")
    return first, last


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise RangeError(f"couldn't parse timestamp {text}, invalid format")
    return int(match[1]) * 60 + int(match[2]) if match[1] else 24 * 60


def includes_day(bounds: Range, day: int, days_in_month: int) -> bool:
    """Whether a day of a month with so many days is in the range; what lies outside is cut off."""
    first, last = (bound if bound > 0 else days_in_month + bound + 1 for bound in bounds)
    return first <= days_in_month and first <= day <= min(last, days_in_month)


def days_in_month(moment: datetime) -> int:
    """How many days Alertmanager takes a month to have: as many as fit into its hours.

    So where clocks are put forward within the month it has one less, and its last day is in no
    range of days. Source: timeinterval/timeinterval.go (daysInMonth), and tried with 0.34.
    """
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    end = (start + timedelta(days=31)).replace(day=1)
    return (end.astimezone(UTC) - start.astimezone(UTC)).days
