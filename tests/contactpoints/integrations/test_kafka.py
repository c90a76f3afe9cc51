"""Kafka's REST proxy gets the record that Grafana's own notifier writes, in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.outcome import DeliveryError
from tests.contactpoints.integrations.sending import (
    MIXED,
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

V2_OK = Answer(200, b'{"offsets":[{"partition":2,"offset":100,"error_code":null,"error":null}]}')
V3_OK = Answer(200, b'{"error_code":200,"cluster_id":"lkc-1","offset":0}')


def kafka(sink: Sink, **more: Any) -> Any:
    settings = {"kafkaRestProxy": sink.url + "//", "kafkaTopic": "alerts", **more}
    return made("kafka", "grafana", settings)


def test_version_2_gets_one_record_in_a_list(sink: Sink) -> None:
    sink.answer = V2_OK
    said = notification()
    send(kafka(sink), said)
    got = sink.received[0]
    assert (got.method, got.path) == ("POST", "/topics/alerts")
    assert got.headers["Content-Type"] == "application/vnd.kafka.json.v2+json"
    assert got.headers["Accept"] == "application/vnd.kafka.v2+json"
    assert "Authorization" not in got.headers
    [record] = got.json["records"]
    value = record["value"]
    assert value["description"] == "[FIRING:1] DiskFull (db1 größe & co)"
    assert value.pop("details").startswith("**Firing**")
    assert value == {
        "description": value["description"],
        "client": "Grafana",
        "alert_state": "alerting",
        "client_url": "http://alerts.example.com/base/alerting/list",
        "incident_key": said.dedup_key,
    }


def test_version_3_gets_one_record_at_the_address_of_its_cluster(sink: Sink) -> None:
    sink.answer = V3_OK
    integration = kafka(
        sink,
        apiVersion="v3",
        kafkaClusterId="lkc-{{ .CommonLabels.instance }}",
        kafkaTopic="alerts-{{ .Status }}",
        username="writer",
        password="kafka-secret",
        description="{{ .CommonLabels.team }}",
        details="€" * 50_000,
    )
    pictured = [alert(imageURL=f"https://img.example.com/{name}.png") for name in "ab"]
    send(integration, notification(*pictured))
    got = sink.received[0]
    assert got.path == "/v3/clusters/lkc-db1/topics/alerts-firing/records"
    assert (got.headers["Content-Type"], got.headers["Accept"]) == ("application/json",) * 2
    assert got.headers["Authorization"] == "Basic d3JpdGVyOmthZmthLXNlY3JldA=="
    assert got.json["value"]["type"] == "JSON"
    data = got.json["value"]["data"]
    assert (data["description"], data["details"]) == ("größe & co", "€" * 50_000)
    assert data["contexts"] == [
        {"type": "image", "src": "https://img.example.com/a.png"},
        {"type": "image", "src": "https://img.example.com/b.png"},
    ]


@pytest.mark.parametrize(("alerts", "state"), [(RESOLVED, "ok"), (MIXED, "alerting")])
def test_a_record_is_ok_only_when_all_alerts_are_resolved(
    sink: Sink, alerts: Any, state: str
) -> None:
    sink.answer = V2_OK
    send(kafka(sink), notification(*alerts))
    assert sink.received[0].json["records"][0]["value"]["alert_state"] == state


def test_empty_details_are_left_out_and_an_empty_description_is_not(sink: Sink) -> None:
    sink.answer = V2_OK
    send(kafka(sink, details='{{ "" }}', description='{{ "" }}'))
    value = sink.received[0].json["records"][0]["value"]
    assert value["description"] == ""
    assert "details" not in value


@pytest.mark.parametrize(
    ("version", "body", "reason", "permanent"),
    [
        ("v3", b'{"error_code":40403,"message":"no such topic"}', "clientError", True),
        ("v3", b'{"error_code":429,"message":"slow down"}', "rateLimited", False),
        ("v3", b'{"error_code":50002,"message":"broker down"}', "serverError", False),
        ("v3", b"<html>", "other", False),
        ("v2", b'{"offsets":[{"error_code":1,"error":"for good"}]}', "other", True),
        ("v2", b'{"offsets":[{"error_code":2,"error":"again"}]}', "other", False),
        ("v2", b'{"offsets":[{"error_code":50002,"error":"Kafka"}]}', "serverError", False),
    ],
)
def test_a_record_that_was_not_taken_is_found_in_an_answer_of_200(
    sink: Sink, version: str, body: bytes, reason: str, permanent: bool
) -> None:
    sink.answer = Answer(200, body)
    with pytest.raises(DeliveryError) as caught:
        send(kafka(sink, apiVersion=version, kafkaClusterId="lkc"))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)


def test_what_is_missing_or_wrong_is_said_all_at_once() -> None:
    assert faults("kafka", "grafana", {"details": "x"}) == [
        "could not find kafka rest proxy endpoint property in settings",
        "could not find kafka topic property in settings",
    ]
    proxy = {"kafkaRestProxy": "http://k", "kafkaTopic": "t"}
    assert faults("kafka", "grafana", {**proxy, "apiVersion": "v3"}) == [
        "kafka cluster id must be provided when using api version 3"
    ]
    assert faults("kafka", "grafana", {**proxy, "apiVersion": "v4"}) == [
        "unsupported api version: v4"
    ]
