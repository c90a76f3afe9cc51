"""Grafana's provisioning files: YAML or JSON with contact points, policies, mute timings and
templates.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alertmanager_configs.loading import Document
from alertmanager_configs.mute_timings import read_mute_timing, write_mute_timing
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.routes import Route
from alertmanager_configs.scalars import as_bool
from alertmanager_configs.writing import as_written, dump
from contactpoints.base import Integration
from contactpoints.fields import Interpolated
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.interpolation import escaped, everywhere, plain
from contactpoints.setup import ContactPoint, Setup, TemplateFile, did_you_mean
from translators.dialect import Dialect, Find, Writing
from translators.grafana_orgs import FIRST, SECTIONS, as_number, orgs_in
from translators.grafana_routes import read_policy, write_policy
from translators.losses import Report
from translators.uids import Uids
from translators.variables import Piece, for_grafana

RULES = "alert rules are not part of an Alertmanager's configuration"
DELETED = "it tells Grafana what to delete, which a whole configuration says by leaving it out"
KEPT = {
    "groups": RULES,
    "deleteRules": RULES,
    "deleteContactPoints": DELETED,
    "resetPolicies": DELETED,
    "deleteMuteTimes": DELETED,
    "deleteTemplates": DELETED,
}
ORG = "organisation"
"""What :attr:`Setup.kept` calls the one that a file is for, when it is not the first."""
NOOP = "grafana://noop"


class GrafanaFile(Dialect):
    name = "grafana-file"
    family = "grafana"
    about = "a Grafana provisioning file (YAML or JSON)"

    def variable(self, pieces: tuple[Piece, ...]) -> Interpolated:
        return for_grafana(pieces)

    def recognises(self, document: Document) -> bool:
        data = document.data
        return (
            isinstance(data, dict)
            and any(key in data for key in ("apiVersion", *SECTIONS, *KEPT))
            and "kind" not in data
        )

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        setup = Setup("grafana", self.name, document=document)
        data = document.data
        if not isinstance(data, dict):
            problems.error(
                (), "a provisioning file is a mapping that starts with apiVersion: 1", "type"
            )
            return setup
        if data.get("apiVersion") != "1":
            problems.error(("apiVersion",), "apiVersion must be 1")
        readers = {
            "contactPoints": _read_contact_point,
            "policies": _read_policies,
            "muteTimes": _read_mute_time,
            "templates": _read_template,
        }
        for key, value in data.items():
            if key in readers:
                for path, entry in _entries(value, (key,), problems):
                    readers[key](setup, entry, path, problems)
            elif key != "apiVersion":
                setup.kept[key] = value
                if key not in KEPT:
                    problems.warn(
                        (key,),
                        f"unknown key {key!r}: Grafana ignores it{did_you_mean(key, SECTIONS)}",
                    )
        if (orgs := orgs_in(data)) and orgs != [FIRST]:
            setup.kept[ORG] = orgs[0]
        return setup

    def report_kept(self, setup: Setup, report: Report) -> None:
        for key in setup.kept:
            if key == ORG:
                why = f"it is of the organisation {setup.kept[ORG]}, which is not said"
                report.lose(("orgId",), "notice", why)
                continue
            why = KEPT.get(key, "it is not a key that is known")
            report.lose((key,), "dropped", why, (key,))

    def write(self, setup: Setup, report: Report) -> Writing:
        written: dict[str, Any] = {"apiVersion": 1}
        kept = dict(setup.kept) if setup.dialect == self.name else {}
        org = as_number(kept.pop(ORG, FIRST))
        uids = Uids(each.uid for _, each in setup.integrations())
        points = [_write_contact_point(point, org, uids, report) for point in setup.contact_points]
        sections = {
            "contactPoints": points,
            "policies": [_write_policies(setup.policy, org, report)] if setup.policy else [],
            "muteTimes": [
                {"orgId": org, **write_mute_timing(timing)} for timing in setup.mute_timings
            ],
            "templates": list(_write_templates(setup, org, report)),
        }
        for rule in setup.inhibitions:
            name = rule.name or f"#{int(rule.path[-1]) + 1}"
            why = "Grafana's files have no inhibition rules"
            report.lose(("inhibit_rules", name), "dropped", why, rule.path)
        written |= {key: entries for key, entries in sections.items() if entries}
        written |= {key: as_written(value) for key, value in kept.items()}
        return Writing(dump(written))


def _entries(value: Any, path: Path, problems: Problems) -> list[tuple[Path, dict[str, Any]]]:
    """The mappings of a list, with their paths; ``null`` is an empty list."""
    found: list[tuple[Path, dict[str, Any]]] = []
    if value is not None and not isinstance(value, list):
        problems.error(path, "must be a list", "type")
        return found
    for index, entry in enumerate(value or ()):
        if isinstance(entry, dict):
            found.append(((*path, index), entry))
        elif entry is not None:
            problems.error((*path, index), "must be a mapping", "type")
    return found


def _name(entry: Mapping[str, Any], path: Path, problems: Problems, key: str = "name") -> str:
    """A text that must be there, trimmed as Grafana does."""
    value = entry.get(key)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        problems.error(path, f"no {key} is set")
    return text


def _read_contact_point(
    setup: Setup, entry: dict[str, Any], path: Path, problems: Problems
) -> None:
    name = str(everywhere(_name(entry, path, problems), plain))
    point = setup.contact_point(name)
    if point is None:
        point = ContactPoint(
            name,
            path=path,
            extra={k: v for k, v in entry.items() if k not in ("orgId", "name", "receivers")},
        )
        setup.contact_points.append(point)
    for place, receiver in _entries(entry.get("receivers"), (*path, "receivers"), problems):
        if (made := _read_integration(receiver, place, problems)) is not None:
            point.integrations.append(made)


def _read_integration(entry: dict[str, Any], path: Path, problems: Problems) -> Integration | None:
    uid = _name(entry, path, problems, "uid")
    kind = _name(entry, path, problems, "type")
    settings = entry.get("settings")
    if not settings:
        problems.error(path, "no settings are set")
    elif not isinstance(settings, dict):
        problems.error((*path, "settings"), "must be a mapping", "type")
    declared = by_lower_type().get(kind.lower())
    if kind and declared is None:
        known = did_you_mean(kind, integrations())
        problems.error((*path, "type"), f"unknown integration type: {kind}{known}")
    quiet = False
    try:
        quiet = as_bool(entry.get("disableResolveMessage"))
    except ValueError as error:
        problems.error((*path, "disableResolveMessage"), str(error), "type")
    if declared is None or not isinstance(settings, dict) or not settings:
        return None
    made = declared.read(
        everywhere(settings, plain),
        "grafana",
        (*path, "settings"),
        problems,
        send_resolved=False if quiet else None,
        uid=str(everywhere(uid, plain)),
        any_case=True,
    )
    for key in made.extra:
        near = did_you_mean(key, declared.spelled["grafana"])
        problems.warn(
            (*path, "settings", key),
            f"unknown setting {key!r} of {declared.label}: Grafana ignores it{near}",
        )
    return made


def _read_policies(setup: Setup, entry: dict[str, Any], path: Path, problems: Problems) -> None:
    if setup.policy is not None:
        setup.kept.setdefault("policies", []).append(entry)
        problems.warn(path, "a second policy tree is kept as it is, not read")
        return
    setup.policy = read_policy(everywhere(entry, plain), path, problems)


def _read_mute_time(setup: Setup, entry: dict[str, Any], path: Path, problems: Problems) -> None:
    known = {key: value for key, value in entry.items() if key != "orgId"}
    setup.mute_timings.append(read_mute_timing(known, path, problems))


def _read_template(setup: Setup, entry: dict[str, Any], path: Path, problems: Problems) -> None:
    name = _name(entry, path, problems)
    text = entry.get("template")
    if not isinstance(text, str) or not text.strip():
        problems.error(path, "no template is set")
        return
    setup.templates.append(TemplateFile(name, str(text), path))


def _write_contact_point(
    point: ContactPoint, org: Any, uids: Uids, report: Report
) -> dict[str, Any]:
    receivers = [
        {
            "uid": each.uid or uids.make(point.name, each.type, index),
            "type": each.type,
            "settings": everywhere(each.write("grafana"), escaped),
            "disableResolveMessage": not each.send_resolved,
        }
        for index, each in enumerate(point.integrations)
    ]
    if not receivers:
        receivers = [
            {
                "uid": uids.make(point.name, "noop", 0),
                "type": "webhook",
                "settings": {"url": NOOP},
                "disableResolveMessage": False,
            }
        ]
        report.lose(
            (point.name,),
            "added",
            f"a webhook to {NOOP}, which Grafana sends nothing to: a contact point cannot be empty",
            is_of_contact_point=True,
        )
    if point.labels:
        report.lose(
            (point.name, "labels"),
            "dropped",
            "Grafana's contact points have no labels",
            (*point.path, "labels"),
            is_of_contact_point=True,
        )
    return {"orgId": org, "name": escaped(point.name), **point.extra, "receivers": receivers}


def _write_policies(policy: Route, org: Any, report: Report) -> dict[str, Any]:
    return {"orgId": org, **everywhere(write_policy(policy, report), escaped)}


def _write_templates(setup: Setup, org: Any, report: Report) -> Any:
    for file in setup.templates:
        if file.text is None:
            report.lose(
                ("templates", file.name),
                "dropped",
                "the file's text was not given; say where it is with --templates",
                file.path,
            )
        else:
            yield {"orgId": org, "name": file.name, "template": file.text}
