"""Days and dates for any year, and time zones by name, as Go's time package has them."""

from __future__ import annotations

import datetime
import os
import time
import zoneinfo
from functools import lru_cache

from translators.gotemplate.errors import GoError

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_CUMULATIVE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; month and day may lie outside their range, as time.Date allows."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    days += _CUMULATIVE[month - 1] + (month > 2 and is_leap(year))
    return days + day - 1 - 719162


def civil_from_days(days: int) -> tuple[int, int, int, int]:
    """(year, month, day, day of the year) of a number of days since 1970-01-01."""
    days += 719162
    cycles, days = divmod(days, 146097)
    centuries = min(days // 36524, 3)
    days -= centuries * 36524
    fours, days = divmod(days, 1461)
    ones = min(days // 365, 3)
    days -= ones * 365
    year = cycles * 400 + centuries * 100 + fours * 4 + ones + 1
    month = 12
    while _CUMULATIVE[month - 1] + (month > 2 and is_leap(year)) > days:
        month -= 1
    start = _CUMULATIVE[month - 1] + (month > 2 and is_leap(year))
    return year, month, days - start + 1, days + 1


class Zone:
    """A time zone; `name` is what Location prints."""

    __slots__ = ("_abbreviation", "_info", "_offset", "name")

    def __init__(
        self,
        name: str,
        info: datetime.tzinfo | None = None,
        offset: int = 0,
        abbreviation: str | None = None,
    ) -> None:
        self.name = name
        self._info = info
        self._offset = offset
        self._abbreviation = abbreviation if abbreviation is not None else name

    def at(self, seconds: int) -> tuple[int, str, bool]:
        """(seconds east of UTC, abbreviation or "", is it summer time) at a Unix time."""
        if self is LOCAL:
            try:
                local = time.localtime(seconds)
            except (OverflowError, OSError, ValueError):
                return 0, "UTC", False
            return local.tm_gmtoff, local.tm_zone, local.tm_isdst > 0
        if self._info is None:
            return self._offset, self._abbreviation, False
        seconds = max(min(seconds, 253402214400), -62135510400)
        moment = (_EPOCH + datetime.timedelta(seconds=seconds)).astimezone(self._info)
        offset = moment.utcoffset() or datetime.timedelta()
        return int(offset.total_seconds()), moment.tzname() or "", bool(moment.dst())


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
UTC = Zone("UTC")
LOCAL = Zone("Local")


def local_name() -> str:
    """How Go calls the local zone: by the TZ it comes from, "UTC" when that names none."""
    name = os.environ.get("TZ")
    if name is None:
        return "Local"
    name = name.removeprefix(":")
    try:
        return name if name and zoneinfo.ZoneInfo(name) else "UTC"
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def fixed(name: str, offset: int) -> Zone:
    """time.FixedZone."""
    return Zone(name, None, offset)


@lru_cache(maxsize=256)
def load_location(name: str) -> Zone:
    """time.LoadLocation. GoError: unknown time zone NAME."""
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return LOCAL
    if ".." in name or name.startswith(("/", "\\")) or "\\" in name:
        raise GoError("time: invalid location name")
    try:
        return Zone(name, zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise GoError(f"unknown time zone {name}") from None
