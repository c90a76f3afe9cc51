"""Grafana OnCall: the webhook of Grafana with fewer settings."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.grafana_data import grafana_data
from tests.contactpoints.integrations.sending import (
    GROUP_KEY,
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Sink


def oncall(sink: Sink, **more: Any) -> Any:
    return made("oncall", "grafana", {"url": f"{sink.url}/hook/{{{{ .Status }}}}", **more})


def test_the_notification_is_posted_with_a_title_and_a_message(sink: Sink) -> None:
    said = notification()
    send(oncall(sink, message="m {{ .Status }}"), said)
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/hook/firing")
    assert got.headers["Content-Type"] == "application/json"
    assert got.json == {
        **grafana_data(said),
        "version": "1",
        "groupKey": GROUP_KEY,
        "orgId": 1,
        "title": "[FIRING:1] DiskFull (db1 größe & co)",
        "state": "alerting",
        "message": "m firing",
        "truncatedAlerts": 0,
    }


def test_what_is_resolved_is_ok(sink: Sink) -> None:
    send(oncall(sink, httpMethod="PUT"), notification(*RESOLVED))
    (got,) = sink.received
    assert (got.method, got.json["state"]) == ("PUT", "ok")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"username": "me", "password": "secret"}, "Basic bWU6c2VjcmV0"),
        ({"authorization_credentials": "secret"}, "Bearer secret"),
        ({"authorization_scheme": "Token", "authorization_credentials": "s"}, "Token s"),
    ],
)
def test_it_logs_in_as_it_is_told(sink: Sink, more: dict[str, str], said: str) -> None:
    send(oncall(sink, **more))
    assert sink.received[0].headers["Authorization"] == said


def test_alerts_beyond_the_most_are_counted(sink: Sink) -> None:
    send(oncall(sink, maxAlerts="2"), notification(*[alert()] * 5))
    body = sink.received[0].json
    assert (len(body["alerts"]), body["truncatedAlerts"]) == (2, 3)


def test_what_is_wrong_is_said() -> None:
    assert faults("oncall", "grafana", {"title": "x"}) == ["required field 'url' is not specified"]
    both = {"url": "u", "username": "a", "password": "b", "authorization_credentials": "d"}
    sentence = (
        "both HTTP Basic Authentication and Authorization Header are set, only 1 is permitted"
    )
    assert faults("oncall", "grafana", both | {"authorization_scheme": "c"}) == [sentence]
