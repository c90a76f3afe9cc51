"""What objects say of a setup: the ``spec`` of one, in the names of its API."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.inhibition import InhibitRule
from alertmanager_configs.intervals import TimeInterval
from alertmanager_configs.matchers import Matcher
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from alertmanager_configs.ranges import Range, day_range, month_range, year_range
from alertmanager_configs.routes import Route
from contactpoints.base import Integration, Receiver
from contactpoints.fields import FromFile
from contactpoints.setup import ContactPoint
from translators.kubernetes.names import Api, shape_of
from translators.kubernetes.references import reference_of
from translators.kubernetes.shaping import FILE, Lose, Shaping, Vault, fill_in
from translators.losses import Report, What
from translators.notices import label_of

VICTORIA_DURATION = re.compile(r"[0-9]+(?:ms|s|m|h)")
SPANS: dict[str, tuple[Callable[[str], Range], Range]] = {
    "months": (month_range, (1, 12)),
    "years": (year_range, (2000, 2999)),
}
"""Ranges of which AlertmanagerConfig has only a part: how they are read, and what it has."""
UNITS = (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


class WritingSpec:
    """Writes the ``spec`` of one object. ``prefix`` is taken away from names that have it, and the
    operator's matchers from what stands at the paths in ``enforced``.
    """

    def __init__(
        self,
        api: Api,
        vault: Vault,
        report: Report,
        *,
        is_home: bool = False,
        prefix: str = "",
        enforced: Mapping[Path, Matcher] | None = None,
    ) -> None:
        self.api, self.vault, self.report = api, vault, report
        self.is_home, self.prefix, self.enforced = is_home, prefix, enforced or {}

    def lose(self, where: tuple[str, ...], what: What, why: str, path: Path) -> None:
        self.report.lose(where, what, why, path)

    def name(self, name: str) -> str:
        return name.removeprefix(self.prefix) if self.prefix else name

    def own(self, matchers: list[Matcher], path: Path) -> list[Matcher]:
        """The matchers that the object itself says."""
        enforced = self.enforced.get(path)
        return [each for each in matchers if enforced is None or each != enforced]

    def spec(
        self,
        route: Route | None,
        points: list[ContactPoint],
        timings: list[MuteTiming],
        rules: list[InhibitRule],
    ) -> dict[str, Any]:
        """The whole of it."""
        api = self.api
        written: dict[str, Any] = {}
        if route is not None:
            written["route"] = self.route(route)
        if points:
            written["receivers"] = [self.receiver(point) for point in points]
        if rules:
            written[api.key("inhibit_rules")] = [self.inhibit_rule(rule) for rule in rules]
        if timings:
            written[api.intervals] = [self.mute_timing(timing) for timing in timings]
        return written

    def route(self, route: Route, above: str = "") -> dict[str, Any]:
        key = self.api.key
        written: dict[str, Any] = {}
        receiver = self.name(route.receiver)
        if receiver or not self.api.is_camel:  # VictoriaMetrics' wants one in every route
            written["receiver"] = receiver or above
        if route.group_by is not None:
            written[key("group_by")] = list(route.group_by)
        for name in ("group_wait", "group_interval", "repeat_interval"):
            if value := getattr(route, name):
                written[key(name)] = self.duration(value)
        said = route.all_matchers if route.match or route.match_re else route.matchers
        if matchers := self.own(said, route.path):
            written["matchers"] = self.matchers(matchers)
        if route.continue_:
            written["continue"] = True
        for name in ("mute_time_intervals", "active_time_intervals"):
            if names := getattr(route, name):
                written[key(name)] = [self.name(each) for each in names]
        if route.labels:
            why = f"{self.api.kind} has no labels of routes"
            self.lose(("route", "labels"), "dropped", why, (*route.path, "labels"))
        if route.routes:
            below = [self.route(each, receiver or above) for each in route.routes]
            written["routes"] = below
        return written

    def duration(self, text: str) -> str:
        """A duration in units that the API's pattern knows."""
        if self.api.is_camel or VICTORIA_DURATION.search(text):
            return text
        left, written = parse_duration(text), ""
        for unit, size in UNITS:
            count, left = divmod(left, size)
            written += f"{count}{unit}" if count else ""
        return written or "0s"

    def matchers(self, matchers: list[Matcher]) -> list[Any]:
        if not self.api.is_camel:
            return [str(matcher) for matcher in matchers]
        return [
            {"name": name, "value": value, "matchType": operator}
            for name, operator, value in matchers
        ]

    def inhibit_rule(self, rule: InhibitRule) -> dict[str, Any]:
        written: dict[str, Any] = {}
        is_camel = self.api.is_camel
        for side, matchers in (
            ("source", rule.all_source_matchers),
            ("target", rule.all_target_matchers),
        ):
            if matchers := self.own(matchers, (*rule.path, side)):
                written[f"{side}Match" if is_camel else f"{side}_matchers"] = self.matchers(
                    matchers
                )
        if rule.equal:
            written["equal"] = list(rule.equal)
        if rule.name:
            why = f"{self.api.kind} has no names of inhibition rules"
            self.lose(("inhibit_rules", rule.name, "name"), "dropped", why, rule.path)
        return written

    def mute_timing(self, timing: MuteTiming) -> dict[str, Any]:
        intervals = [self.interval(each, timing.name) for each in timing.time_intervals]
        name = self.name(timing.name)
        return {
            "name": name,
            self.api.key("time_intervals"): [each for each in intervals if each is not None],
        }

    def interval(self, interval: TimeInterval, name: str) -> dict[str, Any] | None:
        """One interval; ``None`` for one that no moment is in, which an empty list means."""
        key = self.api.key
        written: dict[str, Any] = {}
        if interval.times is not None:
            written["times"] = [
                {key("start_time"): start, key("end_time"): end} for start, end in interval.times
            ]
        for kind in ("weekdays", "months", "years"):
            if (texts := getattr(interval, kind)) is not None:
                written[kind] = ranges(kind, texts) if self.api.is_camel else list(texts)
        if interval.days_of_month is not None:
            days: list[Any] = list(interval.days_of_month)
            if self.api.is_camel:
                bounds = map(day_range, interval.days_of_month)
                days = [{"start": first, "end": last} for first, last in bounds]
            written[key("days_of_month")] = days
        if [] in written.values():
            return None
        if interval.location not in (None, "", "UTC"):
            if self.api.is_camel:
                why = f"{self.api.kind} has no time zones: the times are taken as UTC"
                path = (*interval.path, "location")
                self.lose(("time_intervals", name, "location"), "dropped", why, path)
            else:
                written["location"] = interval.location
        return written

    def receiver(self, point: ContactPoint) -> dict[str, Any]:
        written: dict[str, Any] = {"name": self.name(point.name)}
        if point.labels:
            self.report.lose(
                (point.name, "labels"),
                "dropped",
                f"{self.api.kind} has no labels of receivers",
                (*point.path, "labels"),
                is_of_contact_point=True,
            )
        for index, each in enumerate(point.integrations):
            lose = self.loser(point, index)
            shape = shape_of(self.api, type(each))
            receiver = each.alertmanager
            if shape is None or not isinstance(receiver, Receiver):
                lose("", "dropped", f"{self.api.kind} has no {each.label}")
                continue
            wanted = (point.name, each.type)
            gone: set[str] = set()

            shaping = Shaping(self.api, self.vault, noting(lose, gone), wanted, self.is_home)
            config = shaping.settings(said_by(each), shape)
            if wrong := what_is_left(each, gone):
                lose("", "dropped", f"what is left is not valid there: {'; '.join(wrong)}")
                continue
            if missing := fill_in(config, shape):
                lose("", "dropped", f"{self.api.kind} needs {' and '.join(missing)}")
                continue
            if each.told_resolved is not None:
                config = {self.api.key("send_resolved"): each.told_resolved, **config}
            written.setdefault(self.api.key(receiver.key), []).append(config)
        return written

    def loser(self, point: ContactPoint, index: int) -> Callable[[str, What, str], None]:
        path = point.integrations[index].path

        def lose(setting: str, what: What, why: str) -> None:
            steps = tuple(setting.split(".")) if setting else ()
            where = (point.name, label_of(point, index), *([setting] if setting else []))
            self.report.lose(where, what, why, (*path, *steps), is_of_contact_point=True)

        return lose


def noting(lose: Lose, gone: set[str]) -> Lose:
    """``lose``, which also puts what is dropped into ``gone``."""

    def note(setting: str, what: What, why: str) -> None:
        if what == "dropped":
            gone.add(setting)
        lose(setting, what, why)

    return note


def what_is_left(integration: Integration, gone: set[str]) -> list[str]:
    """What is wrong with an integration without the settings that are ``gone``, and was not
    before.
    """
    names = {
        name
        for name, field in integration.fields.items()
        if name in integration.values and field.spelling("alertmanager").name in gone
    }
    if not names:
        return []
    rest = {name: value for name, value in integration.values.items() if name not in names}
    left = type(integration)(rest, family="alertmanager", inherited=integration.inherited)
    before = [message for _, message in integration.check()]
    return [message for _, message in left.check() if message not in before]


def ranges(kind: str, texts: list[str]) -> list[str]:
    """Ranges as AlertmanagerConfig's patterns want them: in small letters, and without the numbers
    that never come again or never come at all.
    """
    found = []
    for text in map(str.lower, texts):
        if kind not in SPANS or (text[0].isalpha() and text[-1].isalpha()):
            found.append(text)
            continue
        read, (least, most) = SPANS[kind]
        first, last = read(text)
        if first <= most and last >= least:
            first, last = max(first, least), min(last, most)
            found.append(str(first) if first == last else f"{first}:{last}")
    return found


def said_by(integration: Integration) -> dict[str, Any]:
    """The settings as Alertmanager's file has them, but for texts that know where they stand."""
    said: dict[str, Any] = {}
    for name, field in integration.fields.items():
        if name not in integration.values:
            continue
        key, value = field.spelling("alertmanager").name, integration.values[name]
        if isinstance(value, FromFile):
            said[key + FILE] = value.path
        elif reference_of(value) is not None:
            said[key] = value
        else:
            said[key] = field.write(value, "alertmanager")
    return said
