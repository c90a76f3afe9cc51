"""Delivery status: how the last attempt of every integration went, as answers say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alertmanager_configs.durations import format_go_duration
from contactpoints.admin.refusals import ConflictError
from contactpoints.admin.status import ContactPointStatus, IntegrationStatus
from contactpoints.admin.view import View
from contactpoints.web.asking import admin

TRIES = 5
NEVER = "0001-01-01T00:00:00.000Z"
"""Go's zero time: nothing was tried yet."""


def receivers_with_status() -> list[dict[str, Any]]:
    """Every contact point with the state of its integrations, as Grafana's API shows it."""
    return [
        {
            "name": point.name,
            "active": point.is_used,
            "integrations": [
                {"name": each.type, "sendResolved": each.sends_resolved, **attempt_of(each)}
                for each in point.integrations
            ],
        }
        for point in admin().status()
    ]


def seen(names: list[str] | None = None) -> tuple[View, list[ContactPointStatus]]:
    """What there is, and the state of just that, even while somebody changes it.

    :raises ConflictError: when it never stands still.
    """
    for _ in range(TRIES):
        view = admin().view()
        found = admin().status(names)
        if admin().view() is view:
            return view, found
    raise ConflictError("the setup is being changed at this moment; try again")


def attempt_of(status: IntegrationStatus) -> dict[str, Any]:
    """The last attempt: when, how long, and the error that it ended with."""
    last = status.last
    if last is None:
        return {"lastNotifyAttempt": NEVER, "lastNotifyAttemptDuration": "0s"}
    at = datetime.fromtimestamp(last.started_at, UTC).isoformat(timespec="milliseconds")
    found = {
        "lastNotifyAttempt": at.replace("+00:00", "Z"),
        "lastNotifyAttemptDuration": format_go_duration(round(last.duration * 1000) * 10**6),
    }
    return {**found, "lastNotifyAttemptError": last.error} if last.error else found
