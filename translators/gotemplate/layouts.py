"""Go's time layouts ("Mon, 02 Jan 2006 15:04:05 MST"): their elements, and a time as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from translators.gotemplate.calendar import DAYS, MONTHS

_ELEMENT = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|(?<=_)2006|2006|2|__2|_2(?!006)"
    r"|[345]|PM|pm|[-Z]07(?:0000|:00:00|00|:00)?|[.,](?:0+|9+)(?![0-9])"
)


@lru_cache(maxsize=512)
def elements(layout: str) -> tuple[tuple[str, str], ...]:
    """The layout as (literal text before, element) pairs; the last element is ""."""
    found = []
    end = 0
    for match in _ELEMENT.finditer(layout):
        found.append((layout[end : match.start()], match.group()))
        end = match.end()
    found.append((layout[end:], ""))
    return tuple(found)


class Moment(NamedTuple):
    """A time taken apart in its zone."""

    year: int
    month: int
    day: int
    year_day: int
    weekday: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    offset: int
    zone: str


def _year(m: Moment) -> str:
    return f"-{-m.year:04d}" if m.year < 0 else f"{m.year:04d}"


def _hour12(m: Moment) -> int:
    return m.hour % 12 or 12


def _zone_name(m: Moment) -> str:
    if m.zone:
        return m.zone
    sign = "-" if m.offset < 0 else "+"
    minutes = abs(m.offset) // 60
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


_WRITE: dict[str, Callable[[Moment], str]] = {
    "January": lambda m: MONTHS[m.month - 1],
    "Jan": lambda m: MONTHS[m.month - 1][:3],
    "Monday": lambda m: DAYS[m.weekday],
    "Mon": lambda m: DAYS[m.weekday][:3],
    "MST": _zone_name,
    "002": lambda m: f"{m.year_day:03d}",
    "__2": lambda m: f"{m.year_day:3d}",
    "01": lambda m: f"{m.month:02d}",
    "1": lambda m: str(m.month),
    "02": lambda m: f"{m.day:02d}",
    "_2": lambda m: f"{m.day:2d}",
    "2": lambda m: str(m.day),
    "15": lambda m: f"{m.hour:02d}",
    "03": lambda m: f"{_hour12(m):02d}",
    "3": lambda m: str(_hour12(m)),
    "04": lambda m: f"{m.minute:02d}",
    "4": lambda m: str(m.minute),
    "05": lambda m: f"{m.second:02d}",
    "5": lambda m: str(m.second),
    "2006": _year,
    "06": lambda m: f"{m.year % 100:02d}",
    "PM": lambda m: "PM" if m.hour >= 12 else "AM",
    "pm": lambda m: "pm" if m.hour >= 12 else "am",
}


def _written_offset(element: str, offset: int) -> str:
    if element[0] == "Z" and offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(offset), 60)
    colon = ":" if ":" in element else ""
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02d}"
    if len(element) > 3:
        text += f"{colon}{minutes % 60:02d}"
    if len(element) > 6 and element[1:] in ("070000", "07:00:00"):
        text += f"{colon}{seconds:02d}"
    return text


def _written_fraction(element: str, nanosecond: int) -> str:
    digits = f"{nanosecond:09d}"[: len(element) - 1]
    if element[1] == "9":
        digits = digits.rstrip("0")
        return element[0] + digits if digits else ""
    return element[0] + digits


def write(moment: Moment, layout: str) -> str:
    """Time.Format."""
    parts = []
    for literal, element in elements(layout):
        parts.append(literal)
        if element in _WRITE:
            parts.append(_WRITE[element](moment))
        elif element[:1] in ("-", "Z") and element:
            parts.append(_written_offset(element, moment.offset))
        elif element:
            parts.append(_written_fraction(element, moment.nanosecond))
    return "".join(parts)
