"""Sensu Core gets a check result whose name and source stay the same while the group lives."""

from __future__ import annotations

from typing import Any

from contactpoints.integrations import integrations
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


def sensu(sink: Sink, **more: Any) -> Any:
    return made("sensu", "grafana", {"url": sink.url + "/results", **more})


def test_a_result_says_who_what_and_how_bad(sink: Sink) -> None:
    said = notification()
    send(sensu(sink, message="{{ .CommonLabels.team }}"), said)
    got = sink.received[0]
    assert (got.method, got.path) == ("POST", "/results")
    assert got.headers["Content-Type"] == "application/json"
    assert "Authorization" not in got.headers
    assert got.json == {
        "name": "DiskFull",
        "source": f"grafana_{said.dedup_key[:16]}",
        "output": "größe & co",
        "status": 2,
        "ruleUrl": LINK,
    }


def test_source_handler_login_and_picture_are_sent_when_there_are_any(sink: Sink) -> None:
    settings = {"source": "db", "handler": "slack", "username": "u", "password": "sensu-secret"}
    send(sensu(sink, **settings), notification(alert(imageURL="https://img.example.com/a.png")))
    got = sink.received[0]
    assert got.headers["Authorization"] == "Basic dTpzZW5zdS1zZWNyZXQ="
    assert (got.json["source"], got.json["handler"]) == ("db", "slack")
    assert got.json["imageUrl"] == "https://img.example.com/a.png"


def test_a_resolved_group_resolves_what_it_opened(sink: Sink) -> None:
    for alerts in ((alert(),), MIXED, RESOLVED):
        send(sensu(sink), notification(*alerts))
    said = [got.json for got in sink.received]
    assert [result["status"] for result in said] == [2, 2, 0]
    assert len({(result["name"], result["source"]) for result in said}) == 1


def test_a_name_has_only_the_characters_that_sensu_takes(sink: Sink) -> None:
    send(sensu(sink), notification(groupLabels={"alertname": "Disk full: größe/1"}))
    send(sensu(sink), notification(groupLabels={"cluster": "a b", "zone": "c"}))
    send(sensu(sink), notification(groupLabels={}, receiver="team x"))
    names = [got.json["name"] for got in sink.received]
    assert names == ["Disk_full__gr__e_1", "a_b_c", "team_x"]


def test_the_service_is_marked_as_gone_with_its_successor() -> None:
    notice = integrations()["sensu"].notice
    assert notice is not None
    assert notice.date == "2019-12-31"
    assert "sensugo" in notice.text


def test_an_address_is_needed() -> None:
    assert faults("sensu", "grafana", {"source": "x"}) == [
        "could not find url property in settings"
    ]
