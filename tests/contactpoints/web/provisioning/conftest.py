"""The whole application in this process, open to everybody on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.web import EXTENSION

BASE = "/api/v1/provisioning"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", grace=2)
    app = create_app(environment, Setup("grafana"))
    yield app.test_client()
    app.extensions[EXTENSION].stop()


def webhook(name: str = "ops", **more: Any) -> dict[str, Any]:
    settings = more.pop("settings", {"url": "http://127.0.0.1:9/x"})
    return {"name": name, "type": "webhook", "settings": settings, **more}


def add(client: FlaskClient, name: str = "ops", **more: Any) -> dict[str, Any]:
    answer = client.post(f"{BASE}/contact-points", json=webhook(name, **more))
    assert answer.status_code == 202, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found
