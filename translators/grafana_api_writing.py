"""From a setup to the JSON of Grafana's API."""

from __future__ import annotations

from typing import Any

from alertmanager_configs.inhibition import write_inhibit_rule
from alertmanager_configs.mute_timings import MuteTiming, write_mute_timing
from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.fields import FromFile, Interpolated
from contactpoints.loaded import loaded_as_json
from contactpoints.setup import ContactPoint, Setup
from translators.grafana_api_reading import CONFIGS, INTERVALS, LEGACY, TEXTS, take
from translators.grafana_routes import write_policy
from translators.json_writing import as_json
from translators.losses import Report
from translators.notices import label_of
from translators.secrets import REMOVED, is_placeholder, leaves, rebuilt
from translators.uids import Uids

NOOP = "grafana://noop"
NO_RULES = "Grafana's provisioning API has no inhibition rules"


class WritingJson:
    """One setup on its way out. :meth:`run` gives the document."""

    def __init__(self, setup: Setup, dialect: str, report: Report) -> None:
        self.setup, self.report = setup, report
        self.same = setup.dialect == dialect
        self.shape = setup.kept.get("shape", "together") if self.same else "together"
        self.kept: dict[Path, dict[str, Any]] = setup.kept.get("rest", {}) if self.same else {}
        self.uids = Uids(each.uid for _, each in setup.integrations())

    def run(self) -> Any:
        if self.shape == "legacy":
            return self.legacy()
        for rule in self.setup.inhibitions:
            name = rule.name or f"#{int(rule.path[-1]) + 1}"
            self.report.lose(("inhibit_rules", name), "dropped", NO_RULES, rule.path)
        parts: dict[str, Any] = {
            "contactPoints": [row for each in self.setup.contact_points for row in self.rows(each)],
            "policies": self.policies(),
            "muteTimings": [self.mute_timing(each) for each in self.setup.mute_timings],
            "templates": self.templates(),
        }
        if self.shape in parts:
            return parts[self.shape]
        if one := parts.get(f"{self.shape}s"):  # it stood alone
            return one[0]
        return {key: part for key, part in parts.items() if part} | self.rest(())

    def rest(self, path: Path) -> dict[str, Any]:
        """What was kept of the entry that stood at ``path``."""
        found = self.kept.get(path, {})
        return {
            key: loaded_as_json(value) for key, value in found.items() if key != "secureSettings"
        }

    def rows(self, point: ContactPoint) -> list[dict[str, Any]]:
        """The EmbeddedContactPoints of a contact point."""
        if point.labels:
            where, why = (point.name, "labels"), "Grafana's contact points have no labels"
            path = (*point.path, "labels")
            self.report.lose(where, "dropped", why, path, is_of_contact_point=True)
        for key in point.extra.keys() - {"orgId"} if not self.same else ():
            where, why = (point.name, key), "Grafana's API has no such key"
            self.report.lose(where, "dropped", why, (*point.path, key), is_of_contact_point=True)
        made = (self.row(point, *each) for each in enumerate(point.integrations))
        rows = [row for row in made if row is not None]
        if rows or self.shape == "legacy":
            return rows
        why = f"a webhook to {NOOP}, which Grafana sends nothing to: a contact point needs one"
        self.report.lose((point.name,), "added", why, is_of_contact_point=True)
        uid = self.uids.make(point.name, "noop", 0)
        return [{"uid": uid, "name": point.name, "type": "webhook", "settings": {"url": NOOP}}]

    def row(
        self, point: ContactPoint, index: int, integration: Integration
    ) -> dict[str, Any] | None:
        """One EmbeddedContactPoint; ``None`` when what is known of it is not valid."""
        integration = self.known(point, index, integration)
        wrong = dict.fromkeys(message for _, message in integration.check())
        if wrong and not self.same:
            why = f"what is left is not valid there: {'; '.join(wrong)}"
            where = (point.name, label_of(point, index))
            self.report.lose(where, "dropped", why, integration.path, is_of_contact_point=True)
            return None
        uid = integration.uid
        if not uid and not self.same:
            uid = self.uids.make(point.name, integration.type, index)
        settings = as_json(integration.write("grafana"))
        path = integration.path[:-1]
        apart = self.kept.get(path, {}).get("secureSettings", ())
        row: dict[str, Any] = {
            **({"uid": uid} if uid else {}),
            "name": point.name,
            "type": integration.type,
            "settings": settings,
        }
        if apart:
            row["secureSettings"] = {key: take(settings, key) for key in apart}
        if self.shape == "legacy" and (missing := _missing(settings)):
            row["secureFields"] = dict.fromkeys(missing, True)
            for key in missing:
                take(settings, key)
        row["disableResolveMessage"] = not integration.send_resolved
        return row | self.rest(path)

    def known(self, point: ContactPoint, index: int, integration: Integration) -> Integration:
        """The integration without values that only another machine knows: the API takes no
        variables and no files.
        """

        def change(path: Path, leaf: Any) -> Any:
            if not isinstance(leaf, Interpolated | FromFile):
                return leaf
            key = integration.fields[str(path[0])].spelling("grafana").name
            where = (point.name, label_of(point, index), ".".join(map(str, (key, *path[1:]))))
            why = "the API takes only values, no variables and no files"
            place = (*integration.path, key, *path[1:])
            self.report.lose(where, "dropped", why, place, is_of_contact_point=True)
            return REMOVED

        integration.values = rebuilt(integration.values, (), change)
        return integration

    def policies(self) -> dict[str, Any] | None:
        policy = self.setup.policy
        if policy is None:
            return None
        return {**as_json(write_policy(policy, self.report)), **self.rest(policy.path)}

    def mute_timing(self, timing: MuteTiming) -> dict[str, Any]:
        return {**as_json(write_mute_timing(timing)), **self.rest(timing.path)}

    def templates(self) -> list[dict[str, Any]]:
        found = []
        for file in self.setup.templates:
            if file.text is None:
                why = "the file's text was not given; say where it is with --templates"
                self.report.lose(("templates", file.name), "dropped", why, file.path)
            else:
                entry = {"name": file.name, "template": str(file.text)}
                found.append(entry | self.rest(file.path))
        return found

    def legacy(self) -> dict[str, Any]:
        """The older API's document; only what was read from one is written as one."""
        setup = self.setup
        config: dict[str, Any] = {}
        if setup.policy is not None:
            config["route"] = self.policies()
        config["receivers"] = [
            {"name": point.name, CONFIGS: self.rows(point), **self.rest(point.path)}
            for point in setup.contact_points
        ]
        for key in INTERVALS:
            timings = [each for each in setup.mute_timings if key in each.path[:2]]
            if timings:
                config[key] = [self.mute_timing(each) for each in timings]
        if setup.inhibitions:
            config["inhibit_rules"] = [as_json(write_inhibit_rule(r)) for r in setup.inhibitions]
        config |= self.rest((LEGACY,))
        texts = {file.name: str(file.text or "") for file in setup.templates}
        return {TEXTS: texts, LEGACY: config, **self.rest(())}


def _missing(settings: dict[str, Any]) -> list[str]:
    """The dotted keys of the secrets that are not known."""
    return [".".join(map(str, path)) for path, leaf in leaves(settings) if is_placeholder(leaf)]
