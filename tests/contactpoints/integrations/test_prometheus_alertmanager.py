"""Alerts are posted to Alertmanagers as Grafana posts them; a real one takes them."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contactpoints.delivery.outcome import DeliveryError
from tests.conftest import require_peer
from tests.contactpoints.integrations.sending import MIXED, alert, faults, made, notification, send
from tests.contactpoints.sinks import Answer, Sink


def forwarding(*urls: str, **more: Any) -> Any:
    return made("prometheus-alertmanager", "grafana", {"url": ", ".join(urls), **more})


@pytest.fixture(scope="session")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Alertmanager."""
    program = require_peer("prometheus-alertmanager", "prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("alertmanager")
    config = folder / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Path.open(folder / "log", "wb") as log:
        running = subprocess.Popen(
            [
                program, f"--config.file={config}", f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{url}/-/ready", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(10)


def held(url: str, matcher: str) -> list[dict[str, Any]]:
    """The alerts that a real Alertmanager holds."""
    with urllib.request.urlopen(f"{url}/api/v2/alerts?filter={matcher}", timeout=5) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def test_the_alerts_are_posted_as_they_are(sink: Sink) -> None:
    pictured = alert(
        imageURL="https://img.example.com/a.png",
        annotations={"__values__": "{}"},
        labels={"__alert_rule_uid__": "x", "__name__": "y"},
    )
    send(forwarding(sink.url + "/prefix/"), notification(pictured, *MIXED))
    [got] = sink.received
    assert (got.method, got.path) == ("POST", "/prefix/api/v2/alerts")
    assert got.headers["Content-Type"] == "application/json"
    assert "Authorization" not in got.headers
    first, firing, resolved = got.json
    assert first == {
        "labels": {"alertname": "DiskFull", "instance": "db1", "team": "größe & co"},
        "annotations": {
            "summary": "disk <b> is full: 98 %",
            "image": "https://img.example.com/a.png",
        },
        "startsAt": "2026-08-01T10:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up",
    }
    assert firing["labels"]["instance"] == "db2"
    assert resolved["endsAt"] == "2026-08-01T10:05:00Z"


def test_a_real_alertmanager_holds_what_was_sent_until_it_is_resolved(alertmanager: str) -> None:
    names = {"alertname": "Forwarded", "instance": "größe"}
    long = {"summary": "€" * 5000}
    firing = alert(labels=names, annotations=long, generatorURL="", imageURL="https://i.example/a")
    send(forwarding(alertmanager), notification(firing))
    [one] = held(alertmanager, "alertname=Forwarded")
    assert one["labels"] == {**names, "team": "größe & co"}
    assert one["annotations"] == {**long, "image": "https://i.example/a"}
    assert one["startsAt"].startswith("2026-08-01T10:00:00")
    assert one["status"]["state"] != "suppressed"
    send(forwarding(alertmanager), notification(alert("resolved", labels=names)))
    assert held(alertmanager, "alertname=Forwarded") == []


def test_name_and_password_are_sent_only_together(sink: Sink) -> None:
    send(forwarding(sink.url, basicAuthUser="u", basicAuthPassword="basic-secret"))
    send(forwarding(sink.url, basicAuthUser="u"))
    both, one = sink.received
    assert both.headers["Authorization"] == "Basic dTpiYXNpYy1zZWNyZXQ="
    assert "Authorization" not in one.headers


def test_all_are_told_and_it_is_enough_that_one_takes_them(sink: Sink) -> None:
    other = Sink()
    sink.answer = Answer(500, b"no")
    try:
        send(forwarding(sink.url, other.url + "/"))
        assert len(sink.received) == len(other.received) == 1
    finally:
        other.close()


def test_one_that_hangs_leaves_time_for_the_others(sink: Sink) -> None:
    other = Sink()
    sink.answer = Answer(200, delay=4.0)
    try:
        send(forwarding(sink.url, other.url))
        assert len(other.received) == 1
    finally:
        other.close()


@pytest.mark.parametrize("answers", [[503, 400], [400, 503]])
def test_when_none_takes_them_it_is_tried_again_if_one_may_take_them_later(
    sink: Sink, answers: list[int]
) -> None:
    sink.answers = [Answer(status, b"") for status in answers]
    with pytest.raises(DeliveryError) as caught:
        send(forwarding(sink.url, sink.url))
    assert (caught.value.status, caught.value.permanent) == (503, False)


def test_what_is_wrong_with_the_addresses_is_said_without_what_is_secret_in_them() -> None:
    assert faults("prometheus-alertmanager", "grafana", {"url": " , "}) == [
        "could not find url property in settings"
    ]
    said = faults("prometheus-alertmanager", "grafana", {"url": "http://a, ftp://u:pass@b"})
    assert said == ['invalid url property in settings: unsupported scheme "ftp" for URL']
