"""The name under which messages are signed, where Grafana signs them with its own."""

from __future__ import annotations

from importlib.metadata import version

from contactpoints.notification import Notification

OURS = f"contactpoints v{version('contactpoints')}"
ICON = "https://grafana.com/static/assets/img/fav32.png"  # what Grafana shows beside its name


def signature(notification: Notification) -> str:
    """Who says it: the Grafana that posted, when it told its version, and otherwise we."""
    posted = notification.payload.get("appVersion")
    return f"Grafana v{posted}" if isinstance(posted, str) and posted else OURS
