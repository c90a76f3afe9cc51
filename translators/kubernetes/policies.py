"""Routes, inhibition rules and time intervals of an object, in Alertmanager's names and shapes."""

from __future__ import annotations

from typing import Any

from alertmanager_configs.durations import DurationError, parse_duration
from alertmanager_configs.inhibition import InhibitRule, read_inhibit_rule
from alertmanager_configs.loading import Quoted
from alertmanager_configs.matchers import Matcher, Operator
from alertmanager_configs.mute_timings import MuteTiming, read_mute_timing
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route, read_route
from translators.kubernetes.names import Api
from translators.kubernetes.unshaping import Unshaping

OPERATORS: tuple[Operator, ...] = ("=", "!=", "=~", "!~")
ROUTE = {
    "receiver": "text",
    "group_by": "texts",
    "group_wait": "text",
    "group_interval": "text",
    "repeat_interval": "text",
    "matchers": "matchers",
    "continue": "flag",
    "mute_time_intervals": "texts",
    "active_time_intervals": "texts",
    "routes": "routes",
}
RANGES = ("weekdays", "months", "years")
MATCHERS = ("source_matchers", "target_matchers")


class Policies:
    """Reads the parts of one object that are not receivers."""

    def __init__(self, api: Api, values: Unshaping) -> None:
        self.api, self.values = api, values

    def route(self, raw: Any, path: Path) -> Route:
        """The top route of an object."""
        return read_route(self.raw_route(raw, path), path, self.values.problems)

    def raw_route(self, raw: Any, path: Path) -> dict[str, Any]:
        values = self.values
        spelled = {self.api.key(name): name for name in ROUTE}
        found: dict[str, Any] = {}
        for said, item in values.mapping(raw, path).items():
            place = (*path, said)
            name = spelled.get(said)
            if name is None:
                values.unknown_key(place, item, spelled)
            elif item is None:
                continue
            elif name == "matchers":
                found[name] = self.matchers(item, place)
            elif name == "routes":
                items = enumerate(values.items(item, place))
                found[name] = [self.raw_route(each, (*place, index)) for index, each in items]
            else:
                value = getattr(values, ROUTE[name])(item, place)
                if value not in (None, "") and not (name in NOT_ZERO and is_zero(value)):
                    found[name] = value
        return found

    def matchers(self, raw: Any, path: Path) -> list[str]:
        """Matchers as Alertmanager's file has them, whatever the API's form."""
        items = enumerate(self.values.items(raw, path))
        if not self.api.is_camel:
            return [self.values.text(item, (*path, index)) or "" for index, item in items]
        return [self.matcher(item, (*path, index)) for index, item in items]

    def matcher(self, raw: Any, path: Path) -> str:
        values = self.values
        known = ("name", "value", "matchType", "regex")
        said = values.mapping(raw, path)
        for key in said:
            if key not in known:
                values.unknown_key((*path, key), said[key], known)
        name, value, operator = (
            values.text(said.get(key) or Quoted(""), (*path, key)) or "" for key in known[:3]
        )
        regex = said.get("regex") is not None and values.flag(said["regex"], (*path, "regex"))
        operator = operator or ("=~" if regex == "true" else "=")
        if not name:
            values.problems.error(path, "missing required field 'name'", "type")
            return ""
        for known_operator in OPERATORS:
            if operator == known_operator:
                return str(Matcher(name, known_operator, value))
        wrong = f"matchType must be one of {', '.join(OPERATORS)}"
        values.problems.error((*path, "matchType"), wrong, "type")
        return ""

    def inhibit_rule(self, raw: Any, path: Path) -> InhibitRule:
        values, found = self.values, dict[str, Any]()
        spelled = dict(zip(self.sides(), MATCHERS, strict=True))
        for said, item in values.mapping(raw, path).items():
            place = (*path, said)
            if said in spelled:
                found[spelled[said]] = self.matchers(item, place)
            elif said == "equal":
                found[said] = values.texts(item, place)
            else:
                values.unknown_key(place, item, (*spelled, "equal"))
        return read_inhibit_rule(found, path, values.problems)

    def sides(self) -> tuple[str, str]:
        """What the two matchers of an inhibition rule are called."""
        return ("sourceMatch", "targetMatch") if self.api.is_camel else MATCHERS

    def mute_timing(self, raw: Any, path: Path) -> MuteTiming:
        values, found = self.values, dict[str, Any]()
        intervals = self.api.key("time_intervals")
        for said, item in values.mapping(raw, path).items():
            place = (*path, said)
            if said == "name":
                found[said] = values.text(item, place)
            elif said == intervals:
                items = enumerate(values.items(item, place))
                found["time_intervals"] = [
                    self.interval(each, (*place, index)) for index, each in items
                ]
            else:
                values.unknown_key(place, item, ("name", intervals))
        return read_mute_timing(found, path, values.problems)

    def interval(self, raw: Any, path: Path) -> dict[str, Any]:
        values, found = self.values, dict[str, Any]()
        days = self.api.key("days_of_month")
        location = () if self.api.is_camel else ("location",)
        for said, item in values.mapping(raw, path).items():
            place = (*path, said)
            if said == "times":
                items = enumerate(values.items(item, place))
                times = [self.times(each, (*place, index)) for index, each in items]
                found[said] = [each for each in times if self.api.is_camel or all_said(each)]
            elif said == days:
                found["days_of_month"] = self.days(item, place)
            elif said in RANGES:
                found[said] = values.texts(item, place)
            elif said in location:
                found[said] = values.text(item, place)
            else:
                values.unknown_key(place, item, ("times", days, *RANGES, *location))
        return {key: item for key, item in found.items() if item}  # empty lists say nothing here

    def times(self, raw: Any, path: Path) -> dict[str, Any]:
        known = {self.api.key(name): name for name in ("start_time", "end_time")}
        found: dict[str, Any] = {}
        for said, item in self.values.mapping(raw, path).items():
            if said in known:
                found[known[said]] = self.values.text(item, (*path, said))
            else:
                self.values.unknown_key((*path, said), item, known)
        return found

    def days(self, raw: Any, path: Path) -> list[str]:
        if not self.api.is_camel:
            return self.values.texts(raw, path)
        found = []
        for index, item in enumerate(self.values.items(raw, path)):
            place = (*path, index)
            day = self.values.mapping(item, place)
            for key in day:
                if key not in ("start", "end"):
                    self.values.unknown_key((*place, key), day[key], ("start", "end"))
            first = self.values.number(day.get("start") or "0", (*place, "start"))
            last = self.values.number(day.get("end") or "0", (*place, "end"))
            found.append(f"{first}:{last}")
        return found


def all_said(times: dict[str, Any]) -> bool:
    """Whether a range has both its ends: VictoriaMetrics' operator passes over one that has not."""
    return bool(times.get("start_time") and times.get("end_time"))


NOT_ZERO = ("group_interval", "repeat_interval")


def is_zero(duration: str) -> bool:
    """Whether an interval is zero, which the Prometheus operator takes for "left out"."""
    try:
        return parse_duration(duration) == 0
    except DurationError:
        return False
