"""Sensu Go gets the event that Grafana's own notifier writes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contactpoints.integrations.sending import (
    MIXED,
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Sink

LINK = "http://alerts.example.com/base/alerting/list"


def sensugo(sink: Sink, **more: Any) -> Any:
    return made("sensugo", "grafana", {"url": sink.url + "/", "apikey": "sensu-secret", **more})


def test_what_is_not_said_is_called_default(sink: Sink) -> None:
    send(sensugo(sink))
    got = sink.received[0]
    assert (got.method, got.path) == ("POST", "/api/core/v2/namespaces/default/events")
    assert got.headers["Authorization"] == "Key sensu-secret"
    assert got.headers["Content-Type"] == "application/json"
    event = got.json
    assert abs(event["check"].pop("issued") - time.time()) < 5
    assert event["check"].pop("output").startswith("**Firing**")
    assert event == {
        "entity": {"metadata": {"name": "default", "namespace": "default"}},
        "check": {
            "metadata": {"name": "default", "labels": {"ruleURL": LINK}},
            "interval": 86400,
            "status": 2,
            "handlers": None,
        },
        "ruleUrl": LINK,
    }


def test_every_setting_may_be_a_template(sink: Sink) -> None:
    integration = sensugo(
        sink,
        entity="{{ .CommonLabels.instance }}",
        check="{{ .CommonLabels.alertname }}",
        handler="{{ .Status }}",
        namespace="{{ .Receiver }}",
        message="{{ .CommonLabels.team }}" + "€" * 20_000,
    )
    image = "https://img.example.com/a.png"
    send(integration, notification(alert(imageURL=image), alert(imageURL="https://other")))
    got = sink.received[0]
    assert got.path == "/api/core/v2/namespaces/ops/events"
    assert got.json["entity"] == {"metadata": {"name": "db1", "namespace": "ops"}}
    check = got.json["check"]
    assert check["metadata"]["name"] == "DiskFull"
    assert check["metadata"]["labels"] == {"ruleURL": LINK, "imageURL": image}
    assert check["handlers"] == ["firing"]
    assert check["output"] == "größe & co" + "€" * 20_000


def test_names_that_are_drawn_empty_are_called_default_too(sink: Sink) -> None:
    empty = '{{ "" }}'
    send(sensugo(sink, entity=empty, check=empty, namespace=empty))
    got = sink.received[0]
    assert got.path == "/api/core/v2/namespaces/default/events"
    assert got.json["entity"]["metadata"] == {"name": "default", "namespace": "default"}
    assert got.json["check"]["metadata"]["name"] == "default"


@pytest.mark.parametrize(("alerts", "status"), [(RESOLVED, 0), (MIXED, 2)])
def test_a_check_is_ok_only_when_all_alerts_are_resolved(
    sink: Sink, alerts: Any, status: int
) -> None:
    send(sensugo(sink), notification(*alerts))
    assert sink.received[0].json["check"]["status"] == status


def test_what_is_missing_is_said_all_at_once() -> None:
    assert faults("sensugo", "grafana", {"handler": "x"}) == [
        "could not find URL property in settings",
        "could not find the API key property in settings",
    ]
