"""A setup for an older Alertmanager: what that does not know is left out, and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from alertmanager_configs import inhibition, intervals, routes
from alertmanager_configs.http_config import (
    AUTHORIZATION,
    BASIC_AUTH,
    HTTP_CONFIG,
    OAUTH2,
    TLS_CONFIG,
    Key,
)
from alertmanager_configs.labels import default_mode, is_label_name
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route
from alertmanager_configs.versions import LATEST, Version, format_version, parse_version
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field, FromFile
from contactpoints.groups import Part, Parts
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import ContactPoint, Setup
from translators.alertmanager_globals import without_globals
from translators.alertmanager_receivers import LABELS_SINCE, since_of
from translators.losses import Report
from translators.notices import label_of

Say = Callable[[str, Version, Path], None]
"""Says what is left out: its name, since when Alertmanager has it, where it stood."""

SECTIONS: Mapping[str, Version] = {"tracing": (0, 30, 0), "event_recorder": (0, 33, 0)}
PARTS: Mapping[str, Mapping[str, Key]] = {
    "basic_auth": BASIC_AUTH,
    "authorization": AUTHORIZATION,
    "oauth2": OAUTH2,
    "tls_config": TLS_CONFIG,
}


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
            report.lose((key,), "dropped", _why(since), (key,))
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


def _why(since: Version) -> str:
    return f"Alertmanager has it since {format_version(since)}"


def _point(point: ContactPoint, report: Report) -> ContactPoint:
    found = []
    for index, integration in enumerate(point.integrations):
        label = label_of(point, index)

        def say(name: str, since: Version, path: Path, label: str = label) -> None:
            where = (point.name, label, *([name] if name else []))
            report.lose(where, "dropped", _why(since), path, is_of_contact_point=True)

        made = _integration(integration, report.version, say)
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
            _why(LABELS_SINCE),
            (*point.path, "labels"),
            is_of_contact_point=True,
        )
        labels = {}
    return replace(point, integrations=found, labels=labels)


def _integration(integration: Integration, version: Version, say: Say) -> Integration | None:
    receiver = integration.alertmanager
    if isinstance(receiver, Receiver) and (since := parse_version(receiver.since)) > version:
        say("", since, integration.path)
        return None
    values = {}
    for name, value in integration.values.items():
        field = integration.fields[name]
        key = field.spelling("alertmanager").name
        is_file = isinstance(value, FromFile)
        since = since_of(field, is_file)
        path = (*integration.path, key)
        if value == "" and field.zero is None:
            continue  # an address that ``global`` took away
        if since > version:
            say(f"{key}_file" if is_file else key, since, path)
        else:
            values[name] = _value(field, value, key, version, say, path)
    return type(integration)(
        values,
        family=integration.family,
        uid=integration.uid,
        send_resolved=integration.told_resolved,
        extra=integration.extra,
        path=integration.path,
    )


def _value(field: Field, value: Any, name: str, version: Version, say: Say, path: Path) -> Any:
    """A value without the parts that came later."""
    if isinstance(value, FromFile):
        return value
    if isinstance(field, HttpConfig):
        keys = HTTP_CONFIG if field.setting == "http_config" else TLS_CONFIG
        return _http(value, keys, name, version, say, path)
    if isinstance(field, Parts):
        return [
            _parts(field, item, name, version, say, (*path, index))
            for index, item in enumerate(value)
        ]
    if isinstance(field, Part):
        return _parts(field, value, name, version, say, path)
    if isinstance(value, dict) and "enable_update" in value:  # a text of Jira, an object since 0.30
        if version >= (0, 30, 0):
            return value
        say(f"{name}.enable_update", (0, 30, 0), path)
        return value.get("template", field.default("alertmanager"))
    return value


def _parts(
    field: Part, value: Mapping[str, Any], name: str, version: Version, say: Say, path: Path
) -> dict[str, Any]:
    found = {}
    for key, item in value.items():
        part = field.parts[key]
        spelled, since = part.spelling("alertmanager").name, since_of(part)
        if since > version:
            say(f"{name}.{spelled}", since, (*path, spelled))
        else:
            found[key] = _value(part, item, f"{name}.{spelled}", version, say, (*path, spelled))
    return found


def _http(
    value: Mapping[str, Any],
    keys: Mapping[str, Key],
    name: str,
    version: Version,
    say: Say,
    path: Path,
) -> dict[str, Any]:
    found = {}
    for key, item in value.items():
        if key in keys and keys[key].since > version:
            say(f"{name}.{key}", keys[key].since, (*path, key))
        elif key in PARTS and isinstance(item, dict):
            found[key] = _http(item, PARTS[key], f"{name}.{key}", version, say, (*path, key))
        else:
            found[key] = item
    return found


def _route(route: Route, report: Report) -> Route:
    version = report.version
    changes: dict[str, Any] = {}
    for key, since in routes.SINCE.items():
        if since > version and key != "matchers" and (value := getattr(route, key)):
            report.lose(("policies", key), "dropped", _why(since), (*route.path, key))
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
        why = _why(inhibition.SINCE["name"])
        report.lose(("inhibit_rules", rule.name, "name"), "dropped", why, (*rule.path, "name"))
        return replace(rule, name="")
    return rule


def _timing(timing: MuteTiming, report: Report) -> MuteTiming:
    since = intervals.SINCE["location"]
    if since <= report.version or not any(_locations(timing)):
        return timing
    report.lose(("mute_timings", timing.name, "location"), "dropped", _why(since), timing.path)
    plain = [replace(interval, location=None) for interval in timing.time_intervals]
    return replace(timing, time_intervals=plain)


def _locations(timing: MuteTiming) -> Iterable[str]:
    return (interval.location or "" for interval in timing.time_intervals)
