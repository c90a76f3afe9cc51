"""What files say, in the shapes of Grafana's API: to be seen beside what is stored."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from alertmanager_configs.inhibition import write_inhibit_rule
from alertmanager_configs.mute_timings import write_mute_timing
from alertmanager_configs.problems import Path, SetupError
from contactpoints.admin.languages import Foreign, Parts
from contactpoints.base import Integration
from contactpoints.fields import GRAFANA_REDACTED, FromFile, Interpolated
from contactpoints.setup import ContactPoint, Setup
from contactpoints.spelling import FAMILIES
from contactpoints.support import support_of
from translators import read_text
from translators.alertmanager_globals import without_globals
from translators.crossing import cross
from translators.dialect import dialect
from translators.grafana_api_writing import WritingJson
from translators.grafana_routes import write_policy
from translators.json_writing import as_json
from translators.losses import Report
from translators.notices import label_of
from translators.secrets import Missing, rebuilt, without_unknown
from translators.stored import DIALECT, Unread
from translators.uids import Uids

PROVENANCE = "file"
TELLING = (
    "addresses",
    "recipient",
    "channel",
    "room_id",
    "chat_id",
    "topic",
    "topic_arn",
    "project",
    "to_user",
    "routing_key",
)
"""The settings that say in a word where something goes; none is a secret."""
OURS = "integration"  # the first step of the paths that mark where a loss is from


def parts_of(setup: Setup) -> Parts:
    """The setup of files; the same gives the same uids. A secret in a file is not read."""
    uids = Uids(each.uid for _, each in setup.integrations())
    rows: dict[str, dict[str, Any]] = {}
    keys: dict[str, str] = {}
    marked: list[str] = []
    copies: list[tuple[ContactPoint, list[Integration]]] = []
    for point in setup.contact_points:
        made = []
        for index, (integration, key) in enumerate(
            zip(point.integrations, point.integration_keys(), strict=True)
        ):
            uid = integration.uid if integration.uid and integration.uid not in keys else ""
            uid = uid or uids.make(point.name, integration.type, index)
            keys[uid] = key
            each = copy.copy(integration)
            each.uid, each.path = uid, (OURS, len(marked), "settings")
            each.extra = dict(integration.extra)  # what runs is not touched
            marked.append(uid)
            rows[uid] = {
                "uid": uid,
                "name": point.name,
                "type": integration.type,
                "settings": {},
                "disableResolveMessage": not integration.send_resolved,
            }
            made.append(each)
        copies.append((point, made))
    losses: dict[str, list[str]] = {}
    unsaid = dict.fromkeys(rows, "what is known of it is not valid in Grafana")
    for family in FAMILIES:
        points = [
            replace(point, integrations=[each for each in made if each.family == family])
            for point, made in copies
        ]
        part = Setup(family, contact_points=[each for each in points if each.integrations])
        if part.contact_points:
            _show(part, rows, losses, marked, unsaid)
    report = Report()
    policies = None
    if setup.policy is not None:
        policies = {**as_json(write_policy(setup.policy, report)), "provenance": PROVENANCE}
    return Parts(
        [{**row, "provenance": PROVENANCE} for row in rows.values()],
        policies,
        [_from_file(as_json(write_mute_timing(each))) for each in setup.mute_timings],
        [
            _from_file({"name": file.name, "template": str(file.text)})
            for file in setup.templates
            if file.text is not None
        ],
        [_from_file(as_json(write_inhibit_rule(each))) for each in setup.inhibitions],
        keys,
        losses,
        unsaid,
    )


class _Showing(WritingJson):
    """Writes rows in which a value that stands in a file is :class:`Unread`."""

    def known(self, point: ContactPoint, index: int, integration: Integration) -> Integration:
        def change(path: Path, leaf: Any) -> Any:
            if isinstance(leaf, Missing):
                return GRAFANA_REDACTED
            if not isinstance(leaf, FromFile | Interpolated):
                return leaf
            key = integration.fields[str(path[0])].spelling("grafana").name
            setting = ".".join(map(str, (key, *path[1:])))
            where = (point.name, label_of(point, index), setting)
            file = f"the file {leaf.path}" if isinstance(leaf, FromFile) else "a file, in part"
            why = f"it stands in {file}, which is not read to show it"
            self.report.lose(where, "changed", why, integration.path)
            return _Held("", leaf)

        integration.values = rebuilt(integration.values, (), change)
        return integration

    def row(
        self, point: ContactPoint, index: int, integration: Integration
    ) -> dict[str, Any] | None:
        row = super().row(point, index, integration)
        if row is not None:
            row["settings"] = rebuilt(row["settings"], (), _unread)
        return row


@dataclass(frozen=True)
class _Held(FromFile):
    """A value that must not be read, on its way through the writer."""

    value: FromFile | Interpolated


def _unread(path: Path, leaf: Any) -> Any:
    return Unread.of(leaf.value) if isinstance(leaf, _Held) else leaf


def _show(
    setup: Setup,
    rows: dict[str, dict[str, Any]],
    losses: dict[str, list[str]],
    marked: list[str],
    unsaid: dict[str, str],
) -> None:
    """Write one family's integrations over their rows, and what they lose. Those that Grafana has
    stay no longer ``unsaid``.
    """
    target, report = dialect("grafana-file"), Report()  # which can name files
    source = dialect("alertmanager") if setup.family == "alertmanager" else target
    setup = without_unknown(without_globals(setup), source, target)
    setup = cross(setup, "grafana", report)
    writing = _Showing(setup, DIALECT, report)
    for point in setup.contact_points:
        for row in writing.rows(point):
            if row["uid"] in rows:
                rows[row["uid"]].update(row)
                del unsaid[row["uid"]]
    for loss, path in report._found:
        if path and path[0] == OURS and loss.what in ("dropped", "changed"):
            uid = marked[int(path[1])]
            losses.setdefault(uid, []).append(f"{loss.where[-1]}: {loss.what}: {loss.why}")
            if loss.what == "dropped" and uid in unsaid and len(path) == 3:
                unsaid[uid] = loss.why


def _from_file(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "provenance": PROVENANCE}


def foreign_of(text: str | bytes) -> Foreign:
    """Another Alertmanager's configuration, for display: nothing secret is in it.

    :raises SetupError: when it is none.
    """
    reading = read_text(text, read="" if b"alertmanager_config" in _bytes(text) else "alertmanager")
    if reading.setup.family != "alertmanager":
        raise SetupError([])
    receivers = [
        {
            "name": point.name,
            "integrations": [_foreign(each) for each in point.integrations],
        }
        for point in reading.setup.contact_points
    ]
    return Foreign(receivers, [each.message for each in reading.problems.errors[:20]])


def _foreign(integration: Integration) -> Mapping[str, Any]:
    row = support_of(type(integration))
    return {
        "type": integration.type,
        "label": integration.label,
        "summary": summary(integration),
        "sendResolved": integration.send_resolved,
        "grafana": row.grafana,
        "alertmanager": row.alertmanager,
        "since": row.since,
        "note": row.note,
    }


def summary(integration: Integration) -> str:
    """A few words on where it sends to: the first of :data:`TELLING` that it was told and that is
    no template.
    """
    for name in TELLING:
        value = integration.value(name) if name in integration.fields else None
        if isinstance(value, str) and value and "{{" not in value:
            return str(value)[:80]
    return ""


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
