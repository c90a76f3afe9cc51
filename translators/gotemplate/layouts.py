"""Go's time layouts ("Mon, 02 Jan 2006 15:04:05 MST"): a time as text, and text as a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from translators.gotemplate.calendar import DAYS, MONTHS, UTC, Zone, days_from_civil, days_in, fixed
from translators.gotemplate.quoting import quote

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


_DIGITS = {
    "2006": r"\d{4}",
    "06": r"\d\d",
    "01": r"\d\d",
    "1": r"\d\d?",
    "02": r"\d\d",
    "2": r"\d\d?",
    "_2": r" ?\d\d?",
    "002": r"\d{3}",
    "__2": r" {0,2}\d{1,3}",
    "15": r"\d\d?",
    "03": r"\d\d",
    "3": r"\d\d?",
    "04": r"\d\d",
    "4": r"\d\d?",
    "05": r"\d\d",
    "5": r"\d\d?",
    "PM": "AM|PM",
    "pm": "am|pm",
}
_FIELD = {
    "2006": "year",
    "06": "short year",
    "01": "month",
    "1": "month",
    "02": "day",
    "2": "day",
    "_2": "day",
    "002": "day of year",
    "__2": "day of year",
    "15": "hour",
    "03": "hour12",
    "3": "hour12",
    "04": "minute",
    "4": "minute",
    "05": "second",
    "5": "second",
}
_LIMITS = {
    "month": (1, 12),
    "hour": (0, 23),
    "hour12": (0, 12),
    "minute": (0, 59),
    "second": (0, 59),
}
_OFFSETS = {
    "07": r"[+-]\d\d",
    "0700": r"[+-]\d{4}",
    "07:00": r"[+-]\d\d:\d\d",
    "070000": r"[+-]\d{6}",
    "07:00:00": r"[+-]\d\d:\d\d:\d\d",
}
_ZONE = re.compile(r"ChST|MeST|WITA|[+-]\d\d|GMT[+-]\d{1,2}|[A-Z]{3}T|[A-Z]{4}T|[A-Z]{3}")


class Parsed(NamedTuple):
    """What a text said: days since 1970, seconds of the day, nanoseconds, and the zone."""

    seconds: int
    nanosecond: int
    zone: Zone


def read(text: str, layout: str) -> Parsed:
    """time.ParseInLocation(…, UTC). ValueError with Go's sentence."""
    values: dict[str, int] = {}
    zone = UTC
    rest = text
    afternoon: bool | None = None

    def failed(element: str, left: str, message: str = "") -> ValueError:
        place = f"parsing time {quote(text)}"
        if message:
            return ValueError(place + message)
        return ValueError(
            f"{place} as {quote(layout)}: cannot parse {quote(left)} as {quote(element)}"
        )

    parts = elements(layout)
    for index, (literal, element) in enumerate(parts):
        skipped = _skip(rest, literal)
        if skipped is None:
            raise failed(literal, rest)
        rest = skipped
        hold = rest
        if not element:
            if rest:
                raise failed("", rest, f": extra text: {quote(rest)}")
            break
        if element in _DIGITS:
            match = re.match(_DIGITS[element], rest)
            if match is None:
                raise failed(element, hold)
            rest = rest[match.end() :]
            if element in ("PM", "pm"):
                afternoon = match.group().lower() == "pm"
                continue
            field, number = _FIELD[element], int(match.group())
            low, high = _LIMITS.get(field, (0, 9999))
            if not low <= number <= high:
                raise failed("", "", f": {field.removesuffix('12')} out of range")
            values[field] = number
            if field == "second":
                # A fraction may follow the seconds even where the layout has none.
                following = parts[index + 1]
                fraction = re.match(r"[.,]\d+", rest)
                if fraction and not (following[0] == "" and following[1][:1] in (".", ",")):
                    values["nanosecond"] = _nanoseconds(fraction.group())
                    rest = rest[fraction.end() :]
        elif element in ("January", "Jan", "Monday", "Mon"):
            names = MONTHS if element[0] == "J" else DAYS
            short = len(element) == 3
            for number, name in enumerate(names):
                wanted = name[:3] if short else name
                if rest[: len(wanted)].lower() == wanted.lower():
                    rest = rest[len(wanted) :]
                    if element[0] == "J":
                        values["month"] = number + 1
                    break
            else:
                raise failed(element, hold)
        elif element == "MST":
            match = _ZONE.match(rest)
            if rest.startswith("UTC"):
                rest = rest[3:]
            elif match:
                zone = fixed(match.group(), _gmt_offset(match.group()))
                rest = rest[match.end() :]
            else:
                raise failed(element, hold)
        elif element[0] in "-Z":
            if element[0] == "Z" and rest.startswith("Z"):
                rest = rest[1:]
                continue
            match = re.match(_OFFSETS[element[1:]], rest)
            if match is None:
                raise failed(element, hold)
            rest = rest[match.end() :]
            offset = _offset(match.group())
            zone = fixed("", offset) if offset else UTC
        else:
            wanted = r"[.,]\d+" if element[1] == "9" else rf"[.,]\d{{{len(element) - 1}}}"
            match = re.match(wanted, rest)
            if match is None:
                if element[1] == "9":
                    continue
                raise failed(element, hold)
            values["nanosecond"] = _nanoseconds(match.group())
            rest = rest[match.end() :]
    return _assembled(values, afternoon, zone, failed)


def _skip(text: str, literal: str) -> str | None:
    """The text after the literal; runs of spaces match runs of spaces."""
    while literal:
        if literal[0] == " ":
            if text and text[0] != " ":
                return None
            literal, text = literal.lstrip(" "), text.lstrip(" ")
            continue
        if not text or text[0] != literal[0]:
            return None
        literal, text = literal[1:], text[1:]
    return text


def _nanoseconds(fraction: str) -> int:
    return int(fraction[1:10].ljust(9, "0"))


def _offset(text: str) -> int:
    digits = text[1:].replace(":", "").ljust(6, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
    return -seconds if text[0] == "-" else seconds


def _gmt_offset(name: str) -> int:
    return int(name[3:]) * 3600 if name.startswith("GMT") and len(name) > 3 else 0


def _assembled(
    values: dict[str, int],
    afternoon: bool | None,
    zone: Zone,
    failed: Callable[[str, str, str], ValueError],
) -> Parsed:
    year = values.get("year", 0)
    if "short year" in values:
        short = values["short year"]
        year = short + (1900 if short >= 69 else 2000)
    hour = values.get("hour", 0)
    if "hour12" in values:
        hour = values["hour12"]
        if afternoon is not None:
            hour = hour % 12 + (12 if afternoon else 0)
    elif afternoon is not None and "hour" in values:
        hour = hour + 12 if afternoon and hour < 12 else 0 if not afternoon and hour == 12 else hour
    month, day = values.get("month", 1), values.get("day", 1)
    if "day of year" in values:
        days = days_from_civil(year, 1, 1) + values["day of year"] - 1
    else:
        if not 1 <= day <= days_in(year, month):
            raise failed("", "", ": day out of range")
        days = days_from_civil(year, month, day)
    seconds = days * 86400 + hour * 3600 + values.get("minute", 0) * 60 + values.get("second", 0)
    return Parsed(seconds - zone.at(seconds)[0], values.get("nanosecond", 0), zone)
