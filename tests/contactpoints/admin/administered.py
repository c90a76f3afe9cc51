"""A service with its administration, in this process, and documents to store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import app
from contactpoints.admin.administration import Admin
from contactpoints.environment import Environment

Edit = Callable[[dict[str, Any]], Any]


def administered(url: str | Path, *files: Path, **options: Any) -> Admin:
    """The administration of a service on ``files`` and what is stored at ``url``."""
    if isinstance(url, Path):
        url = f"sqlite:///{url}"
    environment = Environment(
        config=tuple(map(str, files)),
        database_url=url,
        **{"duplicates_window": 0.0, "time_limit": 5.0, "grace": 5.0, **options},
    )
    return app.service_of(environment, app.read_configuration(environment)).admin


def row(name: str = "ops", uid: str = "", **more: Any) -> dict[str, Any]:
    """An integration as Grafana's API says it."""
    return {
        "uid": uid or f"{name}-1",
        "name": name,
        "type": "webhook",
        "settings": {"url": "http://127.0.0.1:9/x", "password": f"hidden-{name}", "username": "me"},
        "disableResolveMessage": False,
        **more,
    }


def adding(*rows: dict[str, Any]) -> Edit:
    """An edit that adds contact points."""

    def edit(document: dict[str, Any]) -> None:
        document.setdefault("contactPoints", []).extend(rows)

    return edit


def add(admin: Admin, *rows: dict[str, Any]) -> int:
    """Store contact points; the number of the version."""
    return admin.keeper.change(adding(*rows), author="anna", note="added")[1].number


ALERTMANAGER_YML = """
route:
  receiver: {name}
  routes: [{{receiver: pager, mute_time_intervals: [nights]}}]
receivers:
  - name: {name}
    webhook_configs: [{{url: "http://127.0.0.1:9/file"}}]
    rocketchat_configs: [{{token: secret-token, token_id: secret-id, channel: "#ops"}}]
  - name: pager
    slack_configs: [{{api_url: "https://hooks.slack.com/services/secret-path", channel: "#ops"}}]
time_intervals:
  - name: nights
    time_intervals: [{{times: [{{start_time: "22:00", end_time: "24:00"}}]}}]
"""
