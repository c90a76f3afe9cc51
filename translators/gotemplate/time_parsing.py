"""Text as a time, read by one of Go's layouts: time.Parse."""

from __future__ import annotations

import re
from typing import NamedTuple

from translators.gotemplate.calendar import DAYS, MONTHS, UTC, Zone, days_from_civil, days_in, fixed
from translators.gotemplate.layouts import elements
from translators.gotemplate.quoting import quote

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
    return _Reader(text, layout).read()


class _Reader:
    """One reading: what is left of the text, and what it has said so far."""

    def __init__(self, text: str, layout: str) -> None:
        self.text = text
        self.layout = layout
        self.rest = text
        self.values: dict[str, int] = {}
        self.zone = UTC
        self.afternoon: bool | None = None

    def refused(self, message: str) -> ValueError:
        return ValueError(f"parsing time {quote(self.text)}{message}")

    def unlike(self, element: str) -> ValueError:
        return self.refused(
            f" as {quote(self.layout)}: cannot parse {quote(self.rest)} as {quote(element)}"
        )

    def take(self, pattern: str | re.Pattern[str], element: str) -> str:
        """What the pattern finds at this place."""
        found = re.match(pattern, self.rest)
        if found is None:
            raise self.unlike(element)
        self.rest = self.rest[found.end() :]
        return found.group()

    def read(self) -> Parsed:
        parts = elements(self.layout)
        for (literal, element), following in zip(parts, (*parts[1:], ("", "")), strict=True):
            skipped = _skip(self.rest, literal)
            if skipped is None:
                raise self.unlike(literal)
            self.rest = skipped
            if element in ("PM", "pm"):
                self.afternoon = self.take(_DIGITS[element], element).lower() == "pm"
            elif element in _DIGITS:
                self.number(element, following)
            elif element in ("January", "Jan", "Monday", "Mon"):
                self.name(element)
            elif element == "MST":
                self.zone_name()
            elif element[:1] in ("-", "Z") and element:
                self.offset(element)
            elif element:
                self.fraction(element)
        if self.rest:
            raise self.refused(f": extra text: {quote(self.rest)}")
        return self.assembled()

    def number(self, element: str, following: tuple[str, str]) -> None:
        field, number = _FIELD[element], int(self.take(_DIGITS[element], element))
        low, high = _LIMITS.get(field, (0, 9999))
        if not low <= number <= high:
            raise self.refused(f": {field.removesuffix('12')} out of range")
        self.values[field] = number
        if field == "second" and not (following[0] == "" and following[1][:1] in (".", ",")):
            # A fraction may follow the seconds even where the layout has none.
            fraction = re.match(r"[.,]\d+", self.rest)
            if fraction:
                self.values["nanosecond"] = _nanoseconds(fraction.group())
                self.rest = self.rest[fraction.end() :]

    def name(self, element: str) -> None:
        """A month or a weekday; which weekday makes no difference."""
        names = MONTHS if element[0] == "J" else DAYS
        for number, name in enumerate(names, start=1):
            wanted = name[:3] if len(element) == 3 else name
            if self.rest[: len(wanted)].lower() == wanted.lower():
                self.rest = self.rest[len(wanted) :]
                if element[0] == "J":
                    self.values["month"] = number
                return
        raise self.unlike(element)

    def zone_name(self) -> None:
        if self.rest.startswith("UTC"):
            self.rest = self.rest[3:]
            return
        name = self.take(_ZONE, "MST")
        self.zone = fixed(name, _gmt_offset(name))

    def offset(self, element: str) -> None:
        if element[0] == "Z" and self.rest.startswith("Z"):
            self.rest = self.rest[1:]
            return
        offset = _offset(self.take(_OFFSETS[element[1:]], element))
        self.zone = fixed("", offset) if offset else UTC

    def fraction(self, element: str) -> None:
        digits = r"[.,]\d+" if element[1] == "9" else rf"[.,]\d{{{len(element) - 1}}}"
        if element[1] != "9" or re.match(digits, self.rest):
            self.values["nanosecond"] = _nanoseconds(self.take(digits, element))

    def assembled(self) -> Parsed:
        values, afternoon = self.values, self.afternoon
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
            hour = (
                hour + 12
                if afternoon and hour < 12
                else 0
                if not afternoon and hour == 12
                else hour
            )
        month, day = values.get("month", 1), values.get("day", 1)
        if "day of year" in values:
            days = days_from_civil(year, 1, 1) + values["day of year"] - 1
        else:
            if not 1 <= day <= days_in(year, month):
                raise self.refused(": day out of range")
            days = days_from_civil(year, month, day)
        seconds = (
            days * 86400 + hour * 3600 + values.get("minute", 0) * 60 + values.get("second", 0)
        )
        offset = self.zone.at(seconds)[0]
        return Parsed(seconds - offset, values.get("nanosecond", 0), self.zone)


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
