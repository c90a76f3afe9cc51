"""Random routes, rules and intervals for tests."""

from __future__ import annotations

from hypothesis import strategies as st

from alertmanager_configs.inhibition import InhibitRule
from alertmanager_configs.intervals import TimeInterval, TimeRange
from alertmanager_configs.matchers import Matcher, sort_matchers
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.routes import Route

NAMES = st.sampled_from(["severity", "team", "env", "zone"])
VALUES = st.sampled_from(["", "a", "b", "ab", "critical", 'x"y', "1,2", "{c}", "é"])
PATTERNS = st.sampled_from(["a|b", "a.*", ".+", ".*", "[ab]+", "(?i)CRIT.*", "x", "^a", ""])
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
DURATIONS = st.sampled_from(["30s", "5m", "1h30m", "1d", "90d", "100ms"])

matchers = st.one_of(
    st.builds(Matcher, NAMES, st.sampled_from(["=", "!="]), VALUES),
    st.builds(Matcher, NAMES, st.sampled_from(["=~", "!~"]), PATTERNS),
)
matcher_lists = st.lists(matchers, max_size=3).map(sort_matchers)
label_sets = st.dictionaries(NAMES, VALUES, max_size=4)


def _labels(values: st.SearchStrategy[str], size: int = 2) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(NAMES, values, max_size=size)


def _routes(children: st.SearchStrategy[list[Route]]) -> st.SearchStrategy[Route]:
    return st.builds(
        Route,
        receiver=st.sampled_from(["", "r0", "r1", "r2", "r3", "r4"]),
        group_by=st.none() | st.just(["..."]) | st.lists(NAMES, unique=True, max_size=3),
        group_wait=st.none() | DURATIONS | st.just("0s"),
        group_interval=st.none() | DURATIONS,
        repeat_interval=st.none() | DURATIONS,
        match=_labels(VALUES, 1),
        match_re=_labels(PATTERNS, 1),
        matchers=matcher_lists,
        continue_=st.booleans(),
        mute_time_intervals=st.lists(st.sampled_from(["nights", "weekends"]), max_size=2),
        active_time_intervals=st.lists(st.sampled_from(["nights", "weekends"]), max_size=2),
        labels=_labels(TEXTS),
        routes=children,
    )


routes = st.recursive(
    _routes(st.just([])), lambda inner: _routes(st.lists(inner, max_size=4)), max_leaves=10
)


def as_root(route: Route, routes_only: bool = False) -> Route:
    """A tree that Alertmanager takes: with `routes_only`, one that 0.25 takes too."""
    if routes_only:
        for each in route.walk():
            each.labels = {}
            each.mute_time_intervals = each.active_time_intervals = []
    route.match, route.match_re, route.matchers = {}, {}, []
    route.mute_time_intervals, route.active_time_intervals = [], []
    route.continue_ = False
    route.receiver = route.receiver or "r0"
    return route


inhibit_rules = st.builds(
    InhibitRule,
    name=TEXTS,
    source_match=_labels(VALUES),
    source_match_re=_labels(PATTERNS),
    source_matchers=matcher_lists,
    target_match=_labels(VALUES),
    target_match_re=_labels(PATTERNS),
    target_matchers=matcher_lists,
    equal=st.lists(TEXTS.filter(bool), max_size=2),
)

_minutes = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=2, unique=True).map(sorted)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _spans(least: int, most: int) -> st.SearchStrategy[list[str] | None]:
    numbers = st.lists(st.integers(least, most), min_size=1, max_size=2).map(sorted)
    texts = numbers.map(lambda ends: ":".join(map(str, ends)))
    return st.none() | st.lists(texts, max_size=2)


time_intervals = st.builds(
    TimeInterval,
    times=st.none()
    | st.lists(_minutes.map(lambda ends: TimeRange(*map(_clock, ends))), max_size=2),
    weekdays=st.none()
    | st.lists(st.sampled_from(["monday", "Monday:friday", "sunday:saturday", "saturday"])),
    days_of_month=st.none()
    | st.lists(st.sampled_from(["1", "1:7", "-7:-1", "15:-1", "31", "-31", "29:31", "-1"])),
    months=_spans(0, 13) | st.just(["january:march", "December"]),
    years=_spans(2023, 2027),
    location=st.none() | st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", ""]),
)
mute_timings = st.builds(
    MuteTiming, name=TEXTS.filter(bool), time_intervals=st.lists(time_intervals, max_size=3)
)
