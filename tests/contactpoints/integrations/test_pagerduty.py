"""PagerDuty and VictorOps: sizes and answers that the recorded requests do not show."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.integrations.pagerduty import EVENT_LIMIT, TOO_LARGE
from tests.contactpoints.integrations.sending import HASH, RESOLVED, alert, made, notification, send
from tests.contactpoints.sinks import Answer, Sink

HUGE = alert(annotations={"description": "é" * EVENT_LIMIT})


def event(sink: Sink, family: Any = "grafana", **more: Any) -> Any:
    key = "integrationKey" if family == "grafana" else "routing_key"
    return made("pagerduty", family, {key: "secret-key", "url": sink.url, **more})


@pytest.mark.parametrize("family", ["grafana", "alertmanager"])
def test_an_event_that_is_too_large_arrives_without_its_details(sink: Sink, family: str) -> None:
    send(event(sink, family), notification(HUGE))
    (got,) = sink.received
    assert len(got.body) < EVENT_LIMIT
    assert got.json["payload"]["custom_details"] == {"error": TOO_LARGE}
    assert got.json["dedup_key"] == HASH


def test_own_details_stand_beside_the_default_ones_and_win(sink: Sink) -> None:
    details = {"firing": "mine", "count": "{{ len .Alerts }}"}
    send(event(sink, "alertmanager", details=details))
    found = sink.received[0].json["payload"]["custom_details"]
    assert found["firing"] == "mine"
    assert (found["count"], found["num_firing"], found["resolved"]) == (1, 1, [])


def test_a_severity_that_pagerduty_does_not_know_becomes_critical_for_grafana(sink: Sink) -> None:
    send(event(sink, severity="PAGE"))
    send(event(sink, severity="Warning"))
    assert [got.json["payload"]["severity"] for got in sink.received] == ["critical", "warning"]


def test_a_resolved_group_resolves_its_incident(sink: Sink) -> None:
    send(event(sink), notification(*RESOLVED))
    assert sink.received[0].json["event_action"] == "resolve"


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (429, False), (500, False)])
def test_an_answer_is_classified_and_the_key_stays_secret(
    sink: Sink, status: int, permanent: bool
) -> None:
    sink.answer = Answer(status, b'{"status":"invalid event","errors":["secret-key is wrong"]}')
    with pytest.raises(DeliveryError) as caught:
        send(event(sink))
    assert caught.value.permanent is permanent
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "sent"), [("warning", "WARNING"), ("odd", "CRITICAL"), ("", "CRITICAL")]
)
def test_victorops_gets_a_message_type_that_it_knows(sink: Sink, said: str, sent: str) -> None:
    settings = {"api_url": sink.url, "api_key": "k", "routing_key": "team", "message_type": said}
    send(made("victorops", "alertmanager", settings))
    assert sink.received[0].json["message_type"] == sent
