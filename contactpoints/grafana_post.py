"""What Grafana's webhook, OnCall and MQTT integrations post of a notification."""

from __future__ import annotations

import json
from typing import Any

from contactpoints.fields import Template
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, nowhere

VERSION = "1"
BY_ALERTMANAGER_ONLY = ("notification_reason", "routeLabels")  # Grafana's data has neither


def posted() -> Template:
    """The setting that draws the data of Grafana's templates as JSON: links, values and pictures
    stand beside each alert, and Grafana's private labels do not.
    """
    return Template(
        default=PerFamily("{{ . | data.ToJSON }}"),
        grafana=nowhere("Grafana posts its data as it is"),
        alertmanager=nowhere("Alertmanager posts its own data"),
    )


def grafana_post(notification: Notification, drawn: str, **more: Any) -> dict[str, Any]:
    """The body: the data as it was ``drawn`` (as it came, when drawing it failed), and ``more``."""
    try:
        body = json.loads(drawn)
    except ValueError:
        body = {k: v for k, v in notification.payload.items() if k not in BY_ALERTMANAGER_ONLY}
    return {**body, "version": VERSION, "groupKey": notification.group_key, **more}
