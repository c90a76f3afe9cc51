"""Google Chat: cards."""

from __future__ import annotations

import re
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.signature import our_version
from tests.contactpoints.integrations.sending import (
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

TITLE = "[FIRING:1] DiskFull (db1 größe & co)"
OPEN = {
    "buttons": [
        {
            "textButton": {
                "text": "OPEN IN GRAFANA",
                "onClick": {"openLink": {"url": "http://alerts.example.com/base/alerting/list"}},
            }
        }
    ]
}


def chat(sink: Sink, **more: Any) -> Any:
    return made("googlechat", "grafana", {"url": f"{sink.url}/v1/spaces/A?token=t0ken", **more})


def test_a_card_has_the_message_a_button_and_who_says_it_when(sink: Sink) -> None:
    send(chat(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/v1/spaces/A?token=t0ken")
    assert got.headers["Content-Type"] == "application/json; charset=UTF-8"
    body = got.json
    (section,) = body["cards"][0].pop("sections")
    assert body == {
        "previewText": TITLE,
        "fallbackText": TITLE,
        "cards": [{"header": {"title": TITLE}}],
    }
    text, button, signed = section["widgets"]
    assert text["textParagraph"]["text"].startswith("**Firing**\n\n")
    assert button == OPEN
    assert re.fullmatch(
        re.escape(f"contactpoints v{our_version()}") + r" \| \d\d [A-Z][a-z]{2} \d\d \d\d:\d\d \S+",
        signed["textParagraph"]["text"],
    )


def test_what_is_hidden_or_empty_is_left_out(sink: Sink) -> None:
    said = {"title": "t", "message": '{{ "" }}'}
    send(chat(sink, **said, hide_version_info=True), notification(*RESOLVED))
    send(chat(sink, **said, hide_open_button=True, hide_version_info=True))
    send(chat(sink, **said, hide_version_info=True), notification(externalURL=""))
    shown = [got.json["cards"][0]["sections"][0]["widgets"] for got in sink.received]
    assert shown == [[OPEN], [], []]


def test_pictures_come_in_a_card_of_their_own(sink: Sink) -> None:
    pictured = alert("resolved", imageURL="https://img.example.com/1.png")
    send(chat(sink), notification(alert(), pictured))
    assert sink.received[0].json["cards"][1] == {
        "header": {"title": "Screenshots"},
        "sections": [
            {
                "widgets": [
                    {"textParagraph": {"text": "resolved: DiskFull"}},
                    {"image": {"imageUrl": "https://img.example.com/1.png"}},
                ]
            }
        ],
    }


def test_a_long_message_is_cut_so_that_all_of_it_fits_32000_bytes(sink: Sink) -> None:
    send(chat(sink, message="ü" * 40_000))
    (got,) = sink.received
    assert 31_990 < len(got.body) <= 32_000
    text = got.json["cards"][0]["sections"][0]["widgets"][0]["textParagraph"]["text"]
    assert re.fullmatch("ü+…", text)


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (429, False), (503, False)])
def test_an_error_does_not_show_the_token(sink: Sink, status: int, permanent: bool) -> None:
    sink.answer = Answer(status, b"no such space: /v1/spaces/A?token=t0ken")
    with pytest.raises(DeliveryError) as caught:
        send(chat(sink))
    assert caught.value.permanent is permanent
    assert "t0ken" not in str(caught.value)


def test_it_needs_an_address() -> None:
    assert faults("googlechat", "grafana", {}) == ["could not find url property in settings"]
