"""One notification sent through one integration, for real: templates, secrets, limits, HTTP."""

from __future__ import annotations

import json
from typing import Any

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from contactpoints.base import Integration
from contactpoints.delivery.http import Http
from contactpoints.delivery.rendering import render_settings
from contactpoints.delivery.secrecy import secrets_of
from contactpoints.integrations import integrations
from contactpoints.notification import Notification, check_payload
from contactpoints.posted import Posted
from contactpoints.spelling import Family
from translators.gotemplate import TemplateSet, notification_data

GROUP_KEY = '{}:{alertname="DiskFull"}'
HASH = "17c4e445d234645c9e547ff6d32a864af0ebdadcd1902771c24c8d366637ff41"  # its SHA-256


class Drawn:
    """Texts drawn with the family's default templates."""

    def render(
        self, text: str, notification: Notification, family: Family, *, html: bool = False
    ) -> tuple[str, str | None]:
        data = notification_data(notification.payload, family=family)
        drawn, error = TemplateSet(family=family).render(text, data, html=html)
        return drawn, str(error) if error else None


def alert(status: str = "firing", **more: Any) -> dict[str, Any]:
    """One alert as Alertmanager posts it."""
    labels = {"alertname": "DiskFull", "instance": "db1", "team": "größe & co"}
    return {
        "status": status,
        "labels": labels | more.pop("labels", {}),
        "annotations": {"summary": "disk <b> is full: 98 %"} | more.pop("annotations", {}),
        "startsAt": "2026-08-01T10:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-08-01T10:05:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up",
        "fingerprint": "b61fbb6e6d6d6d2b",
        **more,
    }


def notification(*alerts: dict[str, Any], **more: Any) -> Notification:
    """What Alertmanager posts for these alerts; one firing alert when there is none."""
    alerts = alerts or (alert(),)
    labels = [each["labels"] for each in alerts]
    shared = {k: v for k, v in labels[0].items() if all(each.get(k) == v for each in labels)}
    return check_payload(
        {
            "version": "4",
            "groupKey": GROUP_KEY,
            "truncatedAlerts": 0,
            "status": "firing" if any(a["status"] == "firing" for a in alerts) else "resolved",
            "receiver": "ops",
            "groupLabels": {"alertname": "DiskFull"},
            "commonLabels": shared,
            "commonAnnotations": {},
            "externalURL": "http://alerts.example.com/base/",
            "alerts": list(alerts),
            **more,
        }
    )


RESOLVED = (alert("resolved"),)
MIXED = (alert(labels={"instance": "db2"}), alert("resolved"))


def loaded(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as the loader of configurations gives them: every scalar is a text."""
    found: dict[str, Any] = load(json.dumps(settings)).data
    return found


def made(kind: str, family: Family, settings: dict[str, Any], **more: Any) -> Integration:
    """The integration that these settings configure; every problem is an error."""
    problems = Problems()
    found = integrations()[kind].read(loaded(settings), family, (), problems, **more)
    problems.raise_if_any()
    return found


def faults(kind: str, family: Family, settings: dict[str, Any]) -> list[str]:
    """What is said about settings that are wrong."""
    problems = Problems()
    found = integrations()[kind].read(loaded(settings), family, (), problems)
    said = [problem.message for problem in problems.errors]
    return said + [message for _, message in found.check_inherited() if family == "alertmanager"]


def send(
    integration: Integration, said: Notification | None = None, posted: Posted | None = None
) -> None:
    """Send ``said`` (one firing alert when left out). :raises DeliveryError: as it comes."""
    said = integration.told(said or notification())
    settings, notes = render_settings(integration, said, Drawn())
    assert notes == []
    http = Http(time_limit=5, secrets=secrets_of(integration), posted=posted)
    integration.send(said, settings, http)
