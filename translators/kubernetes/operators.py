"""Several objects made one tree, as their operators do; a single one keeps its own names.

Sources: ``AddAlertmanagerConfigs`` in
https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/alertmanager/amcfg.go and
``buildConfig`` in
https://github.com/VictoriaMetrics/operator/blob/master/internal/controller/operator/factory/vmalertmanager/config.go
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from alertmanager_configs.matchers import Matcher
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.routes import Route
from contactpoints.setup import ContactPoint, Setup
from translators.kubernetes.kept import Said

NOBODY = "null"
"""The receiver that sends nothing, as the operators' own configurations call it."""
LABEL = "namespace"


def join(setup: Setup, objects: Sequence[Said], problems: Problems) -> None:
    """Put what all objects say into ``setup``: several of them in the order of their namespaces
    and names, with prefixed names and only for the alerts of their namespace.
    """
    if len(objects) > 1:
        objects = sorted(objects, key=lambda one: _full_name(one))
        _refuse_twins(objects, problems)
        for one in objects:
            _prefix(one)
            _enforce(one)
    for one in objects:
        setup.contact_points += one.points
        setup.mute_timings += one.timings
        setup.inhibitions += one.inhibitions
    _join_routes(setup, [one.route for one in objects if one.route is not None])


def _full_name(one: Said) -> str:
    return f"{one.kept.object.namespace}/{one.kept.object.name}"


def _refuse_twins(objects: Sequence[Said], problems: Problems) -> None:
    for before, one in pairwise(objects):
        if one.kept.object.label == before.kept.object.label:
            message = f"there is a {one.kept.object.label} already"
            problems.error((*one.kept.object.path, "metadata", "name"), message, "whole")


def _prefix(one: Said) -> None:
    """Give receivers and intervals the operator's names."""
    one.kept.prefix = prefix = one.kept.operators_prefix
    for point in one.points:
        point.name = prefix + point.name
    for timing in one.timings:
        timing.name = prefix + timing.name
    for route in one.route.walk() if one.route else ():
        if route.receiver:
            route.receiver = prefix + route.receiver
        for names in (route.mute_time_intervals, route.active_time_intervals):
            names[:] = [prefix + name for name in names]


def _enforce(one: Said) -> None:
    """Let the top route and the inhibition rules see the alerts of the object's namespace only."""
    if not one.kept.object.namespace:
        return
    matcher = Matcher(LABEL, "=", one.kept.object.namespace)

    def add(matchers: list[Matcher], path: Path) -> None:
        if matcher not in matchers:
            matchers.append(matcher)
            one.kept.enforced[path] = matcher

    if one.route is not None:
        add(one.route.matchers, one.route.path)
    for rule in one.inhibitions:
        add(rule.source_matchers, (*rule.path, "source"))
        add(rule.target_matchers, (*rule.path, "target"))


def _join_routes(setup: Setup, routes: list[Route]) -> None:
    """One tree: an object's own when there is one that takes every alert, else a root above them
    all that gives the rest to nobody.
    """
    if len(routes) == 1 and takes_all(routes[0]):
        setup.policy = routes[0]
    elif routes:
        for route in routes:
            route.continue_ = True
        name = NOBODY
        while (point := setup.contact_point(name)) and point.integrations:
            name += "-"
        if point is None:
            setup.contact_points.append(ContactPoint(name))
        setup.policy = Route(receiver=name, routes=routes)


def takes_all(route: Route) -> bool:
    """Whether a route can be the root of a tree."""
    return not (route.all_matchers or route.mute_time_intervals or route.active_time_intervals)
