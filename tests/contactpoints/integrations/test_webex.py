"""Webex: a message of a bot."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from tests.contactpoints.integrations.sending import (
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

LOGIN = {"authorization": {"credentials": "t0ken"}}


def grafana(sink: Sink, **more: Any) -> Any:
    said = {"api_url": f"{sink.url}/v1/messages", "room_id": "room", "bot_token": "t0ken"}
    return made("webex", "grafana", said | more)


def alertmanager(sink: Sink, **more: Any) -> Any:
    said = {"api_url": f"{sink.url}/v1/messages", "room_id": "room", "http_config": LOGIN}
    return made("webex", "alertmanager", said | more)


def test_grafana_posts_markdown_to_a_room_as_a_bot(sink: Sink) -> None:
    send(grafana(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/v1/messages")
    assert got.headers["Authorization"] == "Bearer t0ken"
    body = got.json
    assert body.pop("markdown").startswith("**Firing**\n")
    assert body == {"roomId": "room"}


def test_grafana_adds_the_first_picture(sink: Sink) -> None:
    alerts = [alert(), alert(imageURL="https://i.example.com/1"), alert(imageURL="https://i/2")]
    send(grafana(sink, message="m", room_id="", bot_token=""), notification(*alerts))
    (got,) = sink.received
    assert got.json == {"markdown": "m", "files": ["https://i.example.com/1"]}
    assert "Authorization" not in got.headers


def test_alertmanager_draws_the_room_as_well(sink: Sink) -> None:
    send(alertmanager(sink, room_id="{{ .Status }}"), notification(*RESOLVED))
    (got,) = sink.received
    assert got.headers["Authorization"] == "Bearer t0ken"
    body = got.json
    assert "Alerts Resolved:" in body.pop("markdown")
    assert body == {"roomId": "resolved"}


def test_long_texts_are_cut_in_whole_characters_to_bytes(sink: Sink) -> None:
    """1400 euro signs are more than 4096 bytes in fewer characters: the originals crash on it."""
    send(grafana(sink, message="€" * 1400))
    send(alertmanager(sink, message="€" * 2500))
    first, second = (got.json["markdown"] for got in sink.received)
    assert first == "€" * 1364 + "…"
    assert second == "€" * 2478 + "…"
    assert len(first.encode()) <= 4096
    assert len(second.encode()) <= 7439


def test_a_rate_limit_is_waited_for(sink: Sink) -> None:
    sink.answer = Answer(429, b"{}", {"Retry-After": "7"})
    with pytest.raises(DeliveryError) as caught:
        send(alertmanager(sink))
    assert (caught.value.retry_after, caught.value.permanent) == (7.0, False)


def test_settings_that_are_missing_are_named_in_the_familys_words() -> None:
    assert faults("webex", "grafana", {"message": "m"}) == []
    assert faults("webex", "grafana", {"api_url": "http://[::1"}) == ['invalid URL "http://[::1"']
    assert faults("webex", "alertmanager", {}) == [
        "missing room_id on webex_config",
        "missing webex_configs.http_config.authorization",
    ]
    assert faults("webex", "alertmanager", {"room_id": "r", "http_config": LOGIN}) == []
    bearer = {"room_id": "r", "http_config": {"bearer_token": "t0ken"}}
    assert faults("webex", "alertmanager", bearer) == []


def test_grafana_takes_the_room_as_it_stands(sink: Sink) -> None:
    send(grafana(sink, room_id="{{ .Status }}"))
    assert sink.received[0].json["roomId"] == "{{ .Status }}"
