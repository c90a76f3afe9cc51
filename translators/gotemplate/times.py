"""time.Time, time.Month and time.Weekday with the methods a template may call."""

from __future__ import annotations

import re
import time
from typing import Any, ClassVar

from translators.gotemplate import calendar, layouts
from translators.gotemplate.assigning import register_integer
from translators.gotemplate.calendar import LOCAL, UTC, Zone
from translators.gotemplate.durations import Duration, clamped
from translators.gotemplate.errors import GoError
from translators.gotemplate.quoting import quote
from translators.gotemplate.values import ByteSlice, Int64, Method, Pointer, Uint64

ZERO_SECONDS = -62135596800
"""Year 1, January 1, 00:00:00 UTC: Go's zero time."""


class Month(int):
    go_type = "time.Month"
    __slots__ = ()
    go_methods: ClassVar[dict[str, Method]] = {}

    def go_string(self) -> str:
        return calendar.MONTHS[self - 1] if 1 <= self <= 12 else f"%!Month({int(self)})"


class Weekday(int):
    go_type = "time.Weekday"
    __slots__ = ()
    go_methods: ClassVar[dict[str, Method]] = {}

    def go_string(self) -> str:
        return calendar.DAYS[self] if 0 <= self <= 6 else f"%!Weekday({int(self)})"


class Location:
    """*time.Location."""

    go_type = "*time.Location"
    kind = "ptr"
    __slots__ = ("zone",)

    def __init__(self, zone: Zone) -> None:
        self.zone = zone

    def go_string(self) -> str:
        return calendar.local_name() if self.zone is LOCAL else self.zone.name


class Time:
    """A moment to the nanosecond, and the zone it is shown in."""

    go_type = "time.Time"
    kind = "struct"
    go_methods: ClassVar[dict[str, Method]] = {}
    __slots__ = ("_moment", "nanosecond", "seconds", "zone")

    def __init__(self, seconds: int, nanosecond: int = 0, zone: Zone = UTC) -> None:
        self.seconds = seconds
        self.nanosecond = nanosecond
        self.zone = zone
        self._moment: layouts.Moment | None = None

    @classmethod
    def of(cls, nanoseconds: int, zone: Zone) -> Time:
        """The time that many nanoseconds after 1970."""
        return cls(*divmod(nanoseconds, 1_000_000_000), zone)

    @property
    def nanoseconds(self) -> int:
        return self.seconds * 1_000_000_000 + self.nanosecond

    def moment(self) -> layouts.Moment:
        """The time taken apart in its zone."""
        if self._moment is None:
            offset, name, _ = self.zone.at(self.seconds)
            days, rest = divmod(self.seconds + offset, 86400)
            year, month, day, year_day = calendar.civil_from_days(days)
            hour, rest = divmod(rest, 3600)
            self._moment = layouts.Moment(
                year,
                month,
                day,
                year_day,
                (days + 4) % 7,
                hour,
                rest // 60,
                rest % 60,
                self.nanosecond,
                offset,
                name,
            )
        return self._moment

    def is_zero(self) -> bool:
        return self.seconds == ZERO_SECONDS and self.nanosecond == 0

    def go_string(self) -> str:
        return layouts.write(self.moment(), "2006-01-02 15:04:05.999999999 -0700 MST")

    def go_source(self) -> str:
        """Time.GoString, which %#v prints: the expression that makes the time."""
        m = self.moment()
        zone = {UTC: "time.UTC", LOCAL: "time.Local"}.get(self.zone)
        return (
            f"time.Date({m.year}, time.{calendar.MONTHS[m.month - 1]}, {m.day}, {m.hour}, "
            f"{m.minute}, {m.second}, {m.nanosecond}, "
            f"{zone or f'time.Location({quote(self.zone.name)})'})"
        )

    def members(self) -> list[tuple[str, Any]]:
        """The fields of the Go struct, which verbs other than %v and %s show."""
        place = Pointer("*time.Location", None) if self.zone is UTC else Location(self.zone)
        since_year_one = Int64(self.seconds - ZERO_SECONDS)
        return [("wall", Uint64(self.nanosecond)), ("ext", since_year_one), ("loc", place)]

    def rfc3339(self) -> str:
        return layouts.write(self.moment(), "2006-01-02T15:04:05.999999999Z07:00")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and (self.nanoseconds, self.zone) == (
            other.nanoseconds,
            other.zone,
        )

    def __hash__(self) -> int:
        return hash(self.nanoseconds)


ZERO = Time(ZERO_SECONDS)
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def parse_rfc3339(text: str) -> Time:
    """A time of a webhook payload. ValueError when it is none."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"not a time as RFC 3339 writes it: {text[:40]}")
    year, month, day, hour, minute, second = (int(found.group(i)) for i in range(1, 7))
    if not (
        1 <= month <= 12
        and 1 <= day <= calendar.days_in(year, month)
        and hour < 24
        and minute < 60
        and second < 60
    ):
        raise ValueError(f"not a time as RFC 3339 writes it: {text[:40]}")
    seconds = (
        calendar.days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    )
    nanosecond = int((found.group(7) or "0")[:9].ljust(9, "0"))
    zone_text = found.group(8)
    if zone_text == "Z":
        return Time(seconds, nanosecond)
    offset = int(zone_text[1:3]) * 3600 + int(zone_text[4:]) * 60
    offset = -offset if zone_text[0] == "-" else offset
    seconds -= offset
    zone = LOCAL if LOCAL.at(seconds)[0] == offset else calendar.fixed("", offset)
    return Time(seconds, nanosecond, zone)


def now() -> Time:
    return Time.of(time.time_ns(), LOCAL)


def since(moment: Time) -> Duration:
    return clamped(time.time_ns() - moment.nanoseconds)


def _wrapped(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _add_date(t: Time, years: int, months: int, days: int) -> Time:
    m = t.moment()
    number = calendar.days_from_civil(m.year + years, m.month + months, m.day + days)
    clock = number * 86400 + m.hour * 3600 + m.minute * 60 + m.second
    # The offset of the new day, as time.Date finds it: first by the old one, then by the new.
    offset = t.zone.at(clock - m.offset)[0]
    if offset != m.offset:
        again = t.zone.at(clock - offset)[0]
        offset = again if again != offset else offset
    return Time(clock - offset, t.nanosecond, t.zone)


def _absolute(t: Time) -> int:
    return t.nanoseconds - ZERO_SECONDS * 1_000_000_000


def _truncate(t: Time, unit: Duration) -> Time:
    return t if unit <= 0 else Time.of(t.nanoseconds - _absolute(t) % unit, t.zone)


def _round(t: Time, unit: Duration) -> Time:
    if unit <= 0:
        return t
    rest = _absolute(t) % unit
    down = t.nanoseconds - rest
    return Time.of(down if rest + rest < unit else down + unit, t.zone)


def _several(name: str, results: int) -> Method:
    """A method that Go refuses to call from a template because of its results."""
    tail = (
        f"function {name} has {results} return values; should be 1 or 2"
        if results > 2
        else f"invalid function signature for {name}: second return value should be error; is "
        + {"Zone": "int", "ISOWeek": "int", "ZoneBounds": "time.Time"}[name]
    )

    def refuse(*_: Any) -> Any:
        raise GoError(tail)

    return Method(refuse, (), False)


_T, _D = "time.Time", "time.Duration"
Time.go_methods = {
    "Add": Method(lambda t, d: Time.of(t.nanoseconds + d, t.zone), (_D,)),
    "AddDate": Method(_add_date, ("int", "int", "int")),
    "After": Method(lambda t, u: t.nanoseconds > u.nanoseconds, (_T,)),
    "Before": Method(lambda t, u: t.nanoseconds < u.nanoseconds, (_T,)),
    "Compare": Method(
        lambda t, u: (t.nanoseconds > u.nanoseconds) - (t.nanoseconds < u.nanoseconds), (_T,)
    ),
    "Equal": Method(lambda t, u: t.nanoseconds == u.nanoseconds, (_T,)),
    "Sub": Method(lambda t, u: clamped(t.nanoseconds - u.nanoseconds), (_T,)),
    "Year": Method(lambda t: t.moment().year),
    "Month": Method(lambda t: Month(t.moment().month)),
    "Day": Method(lambda t: t.moment().day),
    "Hour": Method(lambda t: t.moment().hour),
    "Minute": Method(lambda t: t.moment().minute),
    "Second": Method(lambda t: t.moment().second),
    "Nanosecond": Method(lambda t: t.nanosecond),
    "Weekday": Method(lambda t: Weekday(t.moment().weekday)),
    "YearDay": Method(lambda t: t.moment().year_day),
    "IsZero": Method(Time.is_zero),
    "IsDST": Method(lambda t: t.zone.at(t.seconds)[2]),
    "Unix": Method(lambda t: Int64(t.seconds)),
    "UnixMilli": Method(lambda t: Int64(t.nanoseconds // 1_000_000)),
    "UnixMicro": Method(lambda t: Int64(t.nanoseconds // 1000)),
    "UnixNano": Method(lambda t: Int64(_wrapped(t.nanoseconds))),
    "UTC": Method(lambda t: Time(t.seconds, t.nanosecond, UTC)),
    "Local": Method(lambda t: Time(t.seconds, t.nanosecond, LOCAL)),
    "Location": Method(lambda t: Location(t.zone)),
    "In": Method(lambda t, loc: Time(t.seconds, t.nanosecond, loc.zone), ("*time.Location",)),
    "Format": Method(lambda t, layout: layouts.write(t.moment(), layout), ("string",)),
    "GoString": Method(Time.go_source),
    "String": Method(Time.go_string),
    "MarshalJSON": Method(lambda t: ByteSlice(f'"{t.rfc3339()}"'.encode())),
    "MarshalText": Method(lambda t: ByteSlice(t.rfc3339().encode())),
    "Round": Method(_round, (_D,)),
    "Truncate": Method(_truncate, (_D,)),
    "Clock": _several("Clock", 3),
    "Date": _several("Date", 3),
    "Zone": _several("Zone", 2),
    "ISOWeek": _several("ISOWeek", 2),
    "ZoneBounds": _several("ZoneBounds", 2),
}
Month.go_methods = {"String": Method(Month.go_string)}
Weekday.go_methods = {"String": Method(Weekday.go_string)}
Location.go_methods = {"String": Method(Location.go_string)}  # type: ignore[attr-defined]


register_integer("time.Month", Month)
register_integer("time.Weekday", Weekday)
