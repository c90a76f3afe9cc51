"""A setup for an older Alertmanager: what that does not know is left out, and reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from alertmanager_configs import inhibition, intervals, routes
from alertmanager_configs.labels import default_mode, is_label_name
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route
from alertmanager_configs.versions import LATEST, Version
from contactpoints.setup import ContactPoint, Setup
from translators.alertmanager_globals import without_globals
from translators.alertmanager_receivers import LABELS_SINCE
from translators.integration_versions import integration_for, why_not
from translators.losses import Report
from translators.notices import label_of

SECTIONS: Mapping[str, Version] = {"tracing": (0, 30, 0), "event_recorder": (0, 33, 0)}


def for_version(setup: Setup, report: Report) -> Setup:
    """``setup`` for the version that ``report`` is about."""
    version = report.version
    if version >= LATEST:
        return setup
    kept = dict(setup.kept)
    timeout = (kept.pop("global", None) or {}).get("resolve_timeout")
    if timeout is not None:  # all else in the section stands in the receivers now
        kept["global"] = {"resolve_timeout": timeout}
    for key, since in SECTIONS.items():
        if since > version and kept.pop(key, None) is not None:
            report.lose((key,), "dropped", why_not(since), (key,))
    points = [_point(point, report) for point in without_globals(setup).contact_points]
    return replace(
        setup,
        contact_points=points,
        policy=setup.policy and _route(setup.policy, report),
        inhibitions=[
            made for rule in setup.inhibitions if (made := _rule(rule, report)) is not None
        ],
        mute_timings=[_timing(timing, report) for timing in setup.mute_timings],
        kept=kept,
    )


def _point(point: ContactPoint, report: Report) -> ContactPoint:
    found = []
    for index, integration in enumerate(point.integrations):
        label = label_of(point, index)

        def say(name: str, since: Version, path: Path, label: str = label) -> None:
            where = (point.name, label, *([name] if name else []))
            report.lose(where, "dropped", why_not(since), path, is_of_contact_point=True)

        made = integration_for(integration, report.version, say)
        if made is None:
            continue
        wrong = [message for _, message in (*made.check(), *made.check_inherited())]
        if wrong:
            why = f"what is left is not valid there: {'; '.join(wrong)}"
            where = (point.name, label)
            report.lose(where, "dropped", why, integration.path, is_of_contact_point=True)
        else:
            found.append(made)
    labels = point.labels
    if labels and report.version < LABELS_SINCE:
        report.lose(
            (point.name, "labels"),
            "dropped",
            why_not(LABELS_SINCE),
            (*point.path, "labels"),
            is_of_contact_point=True,
        )
        labels = {}
    return replace(point, integrations=found, labels=labels)


def _route(route: Route, report: Report) -> Route:
    version = report.version
    changes: dict[str, Any] = {}
    for key, since in routes.SINCE.items():
        if since > version and key != "matchers" and (value := getattr(route, key)):
            report.lose(("policies", key), "dropped", why_not(since), (*route.path, key))
            changes[key] = type(value)()
    mode = default_mode(version)
    for name in route.group_by or ():
        if name != routes.ALL_LABELS and not is_label_name(name, mode):
            report.lose(("policies", "group_by", name), "dropped", UTF8, (*route.path, "group_by"))
            kept = changes.setdefault("group_by", list(route.group_by or ()))
            kept.remove(name)
    children = []
    for child in route.routes:
        if _names_fit(child, version):
            children.append(_route(child, report))
        else:
            report.lose(("policies", child.receiver), "dropped", UTF8, child.path)
    return replace(route, **changes, routes=children)


UTF8 = "its label names are possible in Alertmanager since 0.27.0"


def _names_fit(route: Route, version: Version) -> bool:
    mode = default_mode(version)
    return all(is_label_name(matcher.name, mode) for matcher in route.all_matchers)


def _rule(rule: inhibition.InhibitRule, report: Report) -> inhibition.InhibitRule | None:
    matchers = [*rule.all_source_matchers, *rule.all_target_matchers]
    mode = default_mode(report.version)
    if not all(is_label_name(name, mode) for name in (*rule.equal, *(m.name for m in matchers))):
        report.lose(("inhibit_rules", rule.name or f"#{rule.path[-1]}"), "dropped", UTF8, rule.path)
        return None
    if rule.name and inhibition.SINCE["name"] > report.version:
        why = why_not(inhibition.SINCE["name"])
        report.lose(("inhibit_rules", rule.name, "name"), "dropped", why, (*rule.path, "name"))
        return replace(rule, name="")
    return rule


def _timing(timing: MuteTiming, report: Report) -> MuteTiming:
    since = intervals.SINCE["location"]
    if since <= report.version or not any(_locations(timing)):
        return timing
    report.lose(("mute_timings", timing.name, "location"), "dropped", why_not(since), timing.path)
    plain = [replace(interval, location=None) for interval in timing.time_intervals]
    return replace(timing, time_intervals=plain)


def _locations(timing: MuteTiming) -> Iterable[str]:
    return (interval.location or "" for interval in timing.time_intervals)
