"""Threema: one text to one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.integrations import threema
from tests.contactpoints.integrations.sending import (
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

SETTINGS = {"gateway_id": "*3MAGWID", "recipient_id": "YOUR3MID", "api_secret": "top-secret"}
LIST = "http://alerts.example.com/base/alerting/list"


@pytest.fixture(autouse=True)
def api(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threema, "API", f"{sink.url}/send_simple")


def threema_of(**more: Any) -> Any:
    return made("threema", "grafana", SETTINGS | more)


def test_a_message_has_a_sign_a_text_a_link_and_the_pictures(sink: Sink) -> None:
    said = notification(alert(imageURL="https://img.example.com/1.png"))
    send(threema_of(title="T ö", description="{{ .Status }}"), said)
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/send_simple")
    assert got.headers["Content-Type"] == "application/x-www-form-urlencoded"
    text = f"\u26a0\ufe0f T ö\n\n*Message:*\nfiring\n*URL:* {LIST}\n"
    assert parse_qs(got.body.decode()) == {
        "from": ["*3MAGWID"],
        "to": ["YOUR3MID"],
        "secret": ["top-secret"],
        "text": [f"{text}*Image:* https://img.example.com/1.png\n"],
    }


def test_what_is_resolved_has_a_check_mark(sink: Sink) -> None:
    send(threema_of(), notification(*RESOLVED))
    assert parse_qs(sink.received[0].body.decode())["text"][0].startswith("\u2705 [RESOLVED] Disk")


def test_a_long_text_is_cut_in_whole_characters_and_keeps_its_link(sink: Sink) -> None:
    send(threema_of(description="€" * 5000))
    text = parse_qs(sink.received[0].body.decode())["text"][0]
    assert threema.TEXT_LIMIT - 3 < len(text.encode()) <= threema.TEXT_LIMIT
    assert text.endswith(f"€…\n*URL:* {LIST}\n")


def test_a_wrong_secret_is_an_error_of_the_login_without_the_secret(sink: Sink) -> None:
    sink.answer = Answer(401, b"top-secret is wrong")
    with pytest.raises(DeliveryError) as caught:
        send(threema_of())
    assert (caught.value.reason, caught.value.permanent) == ("authError", True)
    assert "top-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"gateway_id": ""}, "could not find Threema Gateway ID in settings"),
        ({"gateway_id": "3MAGWID*"}, "invalid Threema Gateway ID: Must start with a *"),
        ({"gateway_id": "*3"}, "invalid Threema Gateway ID: Must be 8 characters long"),
        ({"recipient_id": ""}, "could not find Threema Recipient ID in settings"),
        ({"recipient_id": "X"}, "invalid Threema Recipient ID: Must be 8 characters long"),
        ({"api_secret": ""}, "could not find Threema API secret in settings"),
    ],
)
def test_what_is_wrong_is_said(more: dict[str, str], sentence: str) -> None:
    assert faults("threema", "grafana", SETTINGS | more) == [sentence]
