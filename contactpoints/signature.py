"""The name under which messages are signed, where Grafana signs them with its own."""

from __future__ import annotations

from functools import cache

from contactpoints.notification import Notification

ICON = "https://grafana.com/static/assets/img/fav32.png"  # what Grafana shows beside its name


def signature(notification: Notification) -> str:
    """Who says it: the Grafana that posted, when it told its version, and otherwise we."""
    posted = notification.payload.get("appVersion")
    return (
        f"Grafana v{posted}"
        if isinstance(posted, str) and posted
        else f"contactpoints v{our_version()}"
    )


@cache
def our_version() -> str:
    """The version of this program."""
    from importlib.metadata import version  # slow to import, and needed to send alone

    return version("contactpoints")
