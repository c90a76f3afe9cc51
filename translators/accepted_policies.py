"""The part of Grafana's policies and mute timings that Alertmanager accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.patterns import PatternError, compile_pattern
from alertmanager_configs.routes import Route
from contactpoints.setup import Setup
from translators.losses import Report


def accepted_policies(setup: Setup, report: Report) -> Setup:
    """``setup`` without what Grafana takes and Alertmanager refuses: labels without a name, regular
    expressions that are none, a name that two mute timings have.
    """
    policy = setup.policy
    if policy is not None and any(map(is_refused, policy.walk())):
        policy = accepted_route(policy, report)
    timings = list(accepted_timings(setup.mute_timings, report))
    return replace(setup, policy=policy, mute_timings=timings)


def is_refused(route: Route) -> bool:
    """Whether something of a route itself is refused."""
    nameless = any(not matcher.name for matcher in route.matchers)
    return nameless or "" in (route.group_by or ()) or bool(never(route))


def accepted_route(route: Route, report: Report) -> Route:
    """The route and all below it as far as they are accepted."""
    names = route.group_by
    if names and "" in names:
        why = "Alertmanager refuses a label without a name"
        report.lose(("policies", "group_by", ""), "dropped", why, (*route.path, "group_by"))
        names = [name for name in names if name]
    matchers = route.matchers
    if any(not matcher.name for matcher in matchers):
        why = "a label without a name is always empty, so it always holds"
        report.lose(("policies", "matchers", ""), "dropped", why, route.path)
        matchers = [matcher for matcher in matchers if matcher.name]
    below = []
    for each in route.routes:
        if wrong := never(each):
            why = f"no alert gets there, and Alertmanager refuses it: {wrong}"
            report.lose(("policies", each.receiver), "dropped", why, each.path)
        else:
            below.append(accepted_route(each, report))
    return replace(route, group_by=names, matchers=matchers, routes=below)


def never(route: Route) -> str:
    """Why a route takes no alert and Alertmanager refuses it; empty for all others."""
    for matcher in route.matchers:
        if not matcher.name and not matcher.matches({}):
            return "a label without a name is always empty"
        if matcher.operator in ("=~", "!~"):
            try:
                compile_pattern(matcher.value)
            except PatternError as error:
                return str(error)
    return ""


def accepted_timings(timings: list[MuteTiming], report: Report) -> Iterator[MuteTiming]:
    """The mute timings, each name once: the last one counts, as in Grafana."""
    last = {timing.name: timing for timing in timings}
    for timing in timings:
        if last[timing.name] is timing:
            yield timing
        else:
            why = "a later one of the same name takes its place"
            report.lose(("mute timing", timing.name), "dropped", why, timing.path)
