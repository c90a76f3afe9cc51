"""Grafana's provisioning files: YAML or JSON with contact points, policies, mute timings and
templates.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

from __future__ import annotations

from typing import Any

from alertmanager_configs.loading import Document
from alertmanager_configs.mute_timings import write_mute_timing
from alertmanager_configs.problems import Problems
from alertmanager_configs.routes import Route
from alertmanager_configs.writing import as_written, dump
from contactpoints.fields import Interpolated
from contactpoints.interpolation import escaped, everywhere
from contactpoints.setup import ContactPoint, Setup
from translators.dialect import Dialect, Find, Writing
from translators.grafana_file_reading import KEPT, ORG, QUIET, ReadingFile
from translators.grafana_orgs import FIRST, SECTIONS, as_number
from translators.grafana_routes import report_unknown, write_policy
from translators.losses import Report
from translators.policy_texts import report_variables
from translators.uids import Uids
from translators.variables import Piece, for_grafana

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
        return ReadingFile(document, self.name, problems).run()

    def report_kept(self, setup: Setup, report: Report) -> None:
        report_unknown(setup, report)
        report_variables(setup, report)
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
        same = setup.dialect == self.name
        points = [
            _write_contact_point(point, org, uids, report, same) for point in setup.contact_points
        ]
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
        for key, entries in sections.items():
            entries = [*entries, *map(as_written, kept.pop(key, ()))]
            written |= {key: entries} if entries else {}
        written |= {key: as_written(value) for key, value in kept.items()}
        return Writing(dump(written))


def _write_contact_point(
    point: ContactPoint, org: Any, uids: Uids, report: Report, same: bool
) -> dict[str, Any]:
    receivers = [
        {
            "uid": each.uid or uids.make(point.name, each.type, index),
            "type": each.type,
            "settings": everywhere(each.write("grafana"), escaped),
            QUIET: (each.quiet if same else "") or not each.send_resolved,
        }
        for index, each in enumerate(point.integrations)
    ]
    if not receivers and not same:
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
