"""The setup over HTTP, by several processes: what one stores all of them run."""

from __future__ import annotations

import time
from typing import Any

import requests

from tests.contactpoints.admin.test_running import eventually
from tests.contactpoints.posts import body
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Sink

POINTS = "/api/v1/provisioning/contact-points"
STATUS = "/api/alertmanager/grafana/config/api/v1/receivers"


def create(process: Process, name: str, url: str) -> dict[str, Any]:
    given = {"name": name, "type": "webhook", "settings": {"url": url, "password": "hidden"}}
    answer = requests.post(process.url + POINTS, json=given, timeout=10)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_one_web_process_stores_every_process_delivers(make: Make, sink: Sink) -> None:
    process = make(webhook_config(ops=sink.url), PROCESSES=3).start().ready()
    for number in range(6):
        create(process, f"n{number}", f"{sink.url}/{number}")
        for _ in range(4):  # whichever answers, and whichever of them delivers it
            assert process.post(body(), f"/webhook/n{number}").status_code == 202
    received = sink.wait(24)
    assert {each.path for each in received} == {f"/{number}" for number in range(6)}
    status = {each["name"]: each for each in requests.get(process.url + STATUS, timeout=10).json()}
    eventually(lambda: tried(process, "n5"))
    assert status["ops"]["active"] is True
    assert status["n5"]["active"] is False
    process.kill()
    process.start().ready()
    assert tried(process, "n5")
    assert process.post(body(), "/webhook/n5").status_code == 202
    sink.wait(25)
    assert b"hidden" not in (process.folder / "contactpoints.db").read_bytes()
    assert "hidden" not in process.log


def tried(process: Process, name: str) -> bool:
    """Whether the delivery status knows an attempt that went well."""
    for each in requests.get(process.url + STATUS, timeout=10).json():
        if each["name"] == name:
            (one,) = each["integrations"]
            return not one["lastNotifyAttempt"].startswith("0001") and not one.get(
                "lastNotifyAttemptError"
            )
    return False


def test_the_reload_endpoint_reaches_every_process_and_a_broken_file_changes_nothing(
    make: Make, sink: Sink
) -> None:
    process = make(webhook_config(ops=sink.url), PROCESSES=2).start().ready()
    reload = process.url + "/api/admin/provisioning/alerting/reload"
    config = process.folder / "config.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: ops, nosuch_configs: []}]\n")
    answer = requests.post(reload, timeout=10)
    assert 400 <= answer.status_code < 500
    assert "nosuch_configs" in answer.text
    assert all(process.post(body(), "/webhook/ops").status_code == 202 for _ in range(6))
    config.write_text(webhook_config(ops=sink.url, crew=sink.url))
    assert requests.post(reload, timeout=10).status_code == 202
    time.sleep(1.5)
    assert all(process.post(body(), "/webhook/crew").status_code == 202 for _ in range(8))
