"""Opsgenie: alerts created, updated and closed."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.spelling import Family
from tests.contactpoints.integrations.sending import (
    HASH,
    MIXED,
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

LABELS = {"alertname": "DiskFull", "instance": "db1", "team": "größe & co"}
LIST = "http://alerts.example.com/base/alerting/list"


def grafana(sink: Sink, **more: Any) -> Any:
    return made("opsgenie", "grafana", {"apiKey": "key", "apiUrl": f"{sink.url}/v2/alerts", **more})


def alertmanager(sink: Sink, **more: Any) -> Any:
    return made("opsgenie", "alertmanager", {"api_key": "key", "api_url": sink.url, **more})


def test_grafana_creates_an_alert_with_its_labels_as_tags(sink: Sink) -> None:
    send(grafana(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/v2/alerts")
    assert got.headers["Authorization"] == "GenieKey key"
    assert got.headers["Content-Type"] == "application/json"
    description = got.json["description"]
    assert description.startswith(f"[FIRING:1] DiskFull (db1 größe & co)\n{LIST}\n\n**Firing**")
    assert got.json == {
        "alias": HASH,
        "message": "[FIRING:1] DiskFull (db1 größe & co)",
        "description": description,
        "source": "Grafana",
        "details": {"url": LIST},
        "tags": ["alertname:DiskFull", "instance:db1", "team:größe & co"],
    }


def test_grafana_puts_labels_and_pictures_into_the_details_when_asked(sink: Sink) -> None:
    pictured = alert(imageURL="https://img.example.com/1.png", labels={"og_priority": "P2"})
    second = alert(imageURL="https://img.example.com/2.png", labels={"og_priority": "P2"})
    send(grafana(sink, sendTagsAs="details"), notification(pictured, second))
    body = sink.received[0].json
    pictures = "https://img.example.com/1.png, https://img.example.com/2.png"
    assert body["details"] == LABELS | {"og_priority": "P2", "url": LIST, "image_urls": pictures}
    assert body["tags"] == []
    assert body["priority"] == "P2"


@pytest.mark.parametrize(("switch", "label"), [(False, "P2"), (True, "urgent")])
def test_a_priority_counts_only_when_wanted_and_known(sink: Sink, switch: bool, label: str) -> None:
    send(
        grafana(sink, overridePriority=switch),
        notification(alert(labels={"og_priority": label})),
    )
    assert "priority" not in sink.received[0].json


def test_a_label_is_never_drawn_as_a_template(sink: Sink) -> None:
    send(grafana(sink), notification(alert(labels={"team": "{{ .ExternalURL }}"})))
    assert "team:{{ .ExternalURL }}" in sink.received[0].json["tags"]


def test_a_description_that_comes_out_blank_is_grafanas_own(sink: Sink) -> None:
    send(grafana(sink, description="{{ .CommonAnnotations.description }} "))
    assert f"\n{LIST}\n" in sink.received[0].json["description"]


def test_responders_are_drawn_and_teams_are_one_each(sink: Sink) -> None:
    said = [
        {"type": "teams", "name": "a,,{{ .CommonLabels.instance }}"},
        {"type": "user", "username": "jane"},
        {"type": "{{ .CommonLabels.none }}", "name": "{{ .CommonLabels.none }}"},
    ]
    wanted = [
        {"type": "team", "name": "a"},
        {"type": "team", "name": "db1"},
        {"type": "user", "username": "jane"},
    ]
    send(grafana(sink, responders=said))
    send(alertmanager(sink, responders=said))
    assert [got.json["responders"] for got in sink.received] == [wanted, wanted]


@pytest.mark.parametrize("family", ["grafana", "alertmanager"])
def test_an_alert_is_closed_when_everything_is_resolved(sink: Sink, family: Family) -> None:
    send((grafana if family == "grafana" else alertmanager)(sink), notification(*RESOLVED))
    (got,) = sink.received
    assert got.path == f"/v2/alerts/{HASH}/close?identifierType=alias"
    source = "Grafana" if family == "grafana" else "http://alerts.example.com/base//#/alerts"
    assert got.json["source"].startswith(source)


def test_nothing_is_closed_without_auto_close(sink: Sink) -> None:
    send(grafana(sink, autoClose=False), notification(*RESOLVED))
    assert sink.received == []


def test_alertmanager_says_every_field_and_updates_what_is_there(sink: Sink) -> None:
    integration = alertmanager(
        sink,
        message="{{ .Status }}",
        description="what",
        source="us",
        details={"runbook": "{{ .CommonLabels.instance }}", "team": "mine"},
        entity="db",
        actions="restart,,page",
        tags="a, b,",
        note="n",
        priority="P1",
        update_alerts=True,
    )
    send(integration, notification(*MIXED))
    create, message, description = sink.received
    assert create.json == {
        "alias": HASH,
        "message": "firing",
        "description": "what",
        "details": {"alertname": "DiskFull", "team": "mine", "runbook": ""},
        "source": "us",
        "tags": ["a", " b"],
        "note": "n",
        "priority": "P1",
        "entity": "db",
        "actions": ["restart", "page"],
    }
    assert (message.method, message.json) == ("PUT", {"message": "firing"})
    assert message.path == f"/v2/alerts/{HASH}/message?identifierType=alias"
    assert (description.method, description.json) == ("PUT", {"description": "what"})
    assert description.path == f"/v2/alerts/{HASH}/description?identifierType=alias"


def test_a_long_message_is_cut_in_whole_characters(sink: Sink) -> None:
    send(grafana(sink, message="ö" * 200))
    assert sink.received[0].json["message"] == "ö" * 129 + "…"


def test_too_many_requests_are_tried_again_later(sink: Sink) -> None:
    sink.answer = Answer(429, b'{"message":"slow down"}', {"Retry-After": "7"})
    with pytest.raises(DeliveryError) as caught:
        send(grafana(sink))
    assert (caught.value.reason, caught.value.permanent) == ("rateLimited", False)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("family", "settings", "sentence"),
    [
        ("grafana", {"apiUrl": "https://x"}, "could not find api key property in settings"),
        (
            "grafana",
            {"apiKey": "k", "sendTagsAs": "no"},
            'invalid value for sendTagsAs: "no"',
        ),
        (
            "grafana",
            {"apiKey": "k", "responders": [{"type": "team"}]},
            "responder at index [0] must have at least one of id, username or name specified",
        ),
        (
            "grafana",
            {"apiKey": "k", "responders": [{"type": "teams", "id": "1"}]},
            "responder at index [0] has type 'teams' but an empty name",
        ),
        (
            "alertmanager",
            {"api_key": "k", "responders": [{"type": "crew", "name": "x"}]},
            "opsGenieConfig responder { x  crew} type does not match valid options "
            "^(team|teams|user|escalation|schedule)$",
        ),
        ("alertmanager", {}, "no global OpsGenie API Key set either inline or in a file"),
    ],
)
def test_what_is_wrong_is_said(family: Family, settings: dict[str, Any], sentence: str) -> None:
    assert sentence in faults("opsgenie", family, settings)
