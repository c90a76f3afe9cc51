"""What Alertmanager needs and others can do without: a route, and all that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from alertmanager_configs.routes import Route
from alertmanager_configs.writing import dump
from contactpoints.base import Integration
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import ContactPoint, Setup
from translators.losses import Report
from translators.notices import label_of

FALLBACK = "default"
WHOLE = ("alertmanager", "mimir")  # the dialects that say all of it themselves


def complete(setup: Setup, report: Report) -> Setup:
    """``setup`` with a policy tree, and with every contact point that the tree names."""
    policy = setup.policy
    if policy is None:
        name = setup.contact_points[0].name if setup.contact_points else FALLBACK
        policy = Route(receiver=name)
        report.lose(("route",), "added", f"Alertmanager needs a route: everything goes to {name!r}")
    known = {point.name for point in setup.contact_points}
    points = list(setup.contact_points)
    for name in dict.fromkeys(route.receiver for route in policy.walk()):
        if name and name not in known:
            points.append(ContactPoint(name))
            report.lose(
                (name,),
                "added",
                "an empty receiver: the policies name it and it was not in the input",
            )
    timings = {timing.name for timing in setup.mute_timings}
    return replace(setup, contact_points=points, policy=without_unknown(policy, timings, report))


def without_incomplete(setup: Setup, report: Report) -> Setup:
    """``setup`` without the integrations that are not valid as they stand: the objects of
    Kubernetes count on a ``global`` section that is elsewhere, and on Secrets for values that
    Alertmanager has no files for, and Grafana's files on variables.
    """
    if setup.dialect in WHOLE:
        return setup
    points = []
    for point in setup.contact_points:
        kept = []
        for index, each in enumerate(point.integrations):
            if wrong := "; ".join(dict.fromkeys(lacks(each))):
                why = f"what it needs is not in the input: {wrong}"
                where = (point.name, label_of(point, index))
                report.lose(where, "dropped", why, each.path, is_of_contact_point=True)
            else:
                kept.append(each)
        points.append(replace(point, integrations=kept))
    return replace(setup, contact_points=points)


def lacks(integration: Integration) -> Iterator[str]:
    """What Alertmanager misses in an integration, in its words."""
    for _, message in integration.check_inherited():
        yield message
    for name, value in integration.values.items():
        field = integration.fields[name]
        if isinstance(field, HttpConfig):
            problems = Problems()
            field.read(load(dump(value)).data, "alertmanager", (), problems)
            for problem in problems.errors:
                if problem.kind == "value":
                    yield problem.message


def without_unknown(route: Route, known: set[str], report: Report) -> Route:
    """``route`` with only the time intervals that are defined: Alertmanager refuses a file that
    names others.
    """
    if all(
        name in known
        for each in route.walk()
        for name in (*each.mute_time_intervals, *each.active_time_intervals)
    ):
        return route
    for kind, names in (
        ("mute", route.mute_time_intervals),
        ("active", route.active_time_intervals),
    ):
        for name in names:
            if name not in known:
                report.lose(
                    ("policies", f"{kind}_time_intervals", name),
                    "dropped",
                    "it is not in the input, and Alertmanager refuses a name that is not defined",
                    route.path,
                )
    return replace(
        route,
        mute_time_intervals=[name for name in route.mute_time_intervals if name in known],
        active_time_intervals=[name for name in route.active_time_intervals if name in known],
        routes=[without_unknown(below, known, report) for below in route.routes],
    )
