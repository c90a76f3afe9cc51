"""Rocket.Chat: a message by its API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.fields import FromFile
from tests.contactpoints.integrations.sending import (
    MIXED,
    RESOLVED,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

OK = Answer(body=b'{"success":true}')
TOKENS = {"token": "t0ken", "token_id": "id"}


def rocket(sink: Sink, **more: Any) -> Any:
    return made("rocketchat", "alertmanager", {"api_url": f"{sink.url}/base/", **TOKENS, **more})


def test_a_message_is_posted_with_the_tokens_in_headers(sink: Sink) -> None:
    sink.answer = OK
    send(rocket(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/base/api/v1/chat.postMessage")
    assert (got.headers["X-Auth-Token"], got.headers["X-User-Id"]) == ("t0ken", "id")
    body = got.json
    (attachment,) = body.pop("attachments")
    assert body == {}
    assert attachment.pop("title_link").startswith("http://alerts.example.com/base/")
    assert attachment == {"title": "[FIRING:1] DiskFull (db1 größe & co)", "color": "red"}


@pytest.mark.parametrize("alerts", [RESOLVED, MIXED])
def test_everything_that_is_told_is_said(sink: Sink, alerts: Any) -> None:
    sink.answer = OK
    head = {"channel": "#a", "emoji": ":b:"}
    texts = {
        name: f"{name} {{{{ .Status }}}}"
        for name in ("title", "title_link", "text", "image_url", "thumb_url", "color")
    }
    send(
        rocket(
            sink,
            **head,
            **texts,
            icon_url="https://example.com/icon",
            short_fields=True,
            link_names=True,
            fields=[{"title": "a", "value": "{{ .Status }}"}, {"title": "b", "short": False}],
            actions=[{"type": "link", "text": "{{ .Status }}", "url": "u", "msg": "m"}, {}],
        ),
        notification(*alerts),
    )
    status = "resolved" if alerts is RESOLVED else "firing"
    idle = {"type": "button", "is_webview": False, "msg_in_chat_window": False}
    assert sink.received[0].json == {
        **head,
        "avatar": "https://example.com/icon",
        "attachments": [
            {
                **{name: f"{name} {status}" for name in texts},
                "fields": [
                    {"short": True, "title": "a", "value": status},
                    {"short": False, "title": "b"},
                ],
                "actions": [{**idle, "text": status, "url": "u", "msg": "m"}, idle],
            }
        ],
    }


def test_a_long_title_is_cut(sink: Sink) -> None:
    sink.answer = OK
    send(rocket(sink, title="é" * 2000))
    assert sink.received[0].json["attachments"][0]["title"] == "é" * 1023 + "…"


@pytest.mark.parametrize(
    ("answer", "reason", "permanent"),
    [
        (Answer(body=b'{"success":false,"error":"unauthorized"}'), "clientError", True),
        (
            Answer(body=b'{"success":false,"error":"[error-too-many-requests]"}'),
            "rateLimited",
            False,
        ),
        (Answer(body=b"<html>gateway</html>"), "serverError", False),
        (Answer(401, b"t0ken id is wrong"), "authError", True),
    ],
)
def test_an_answer_that_says_no_is_a_failure(
    sink: Sink, answer: Answer, reason: str, permanent: bool
) -> None:
    sink.answer = answer
    with pytest.raises(DeliveryError) as caught:
        send(rocket(sink))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert "t0ken" not in str(caught.value)


def test_a_rate_limit_says_in_the_text_how_long_to_wait(sink: Sink) -> None:
    text = b'{"success":false,"error":"Please slow down. You must wait 32 seconds before trying"}'
    sink.answer = Answer(429, text)
    with pytest.raises(DeliveryError) as caught:
        send(rocket(sink))
    assert (caught.value.retry_after, caught.value.permanent) == (32.0, False)


def test_tokens_come_from_files_and_a_global_file_wins(sink: Sink, tmp_path: Path) -> None:
    sink.answer = OK
    file = tmp_path / "token"
    file.write_text("from-file\n")
    inherited = {"token": FromFile(str(file)), "token_id": "global"}
    said = {"api_url": sink.url, **TOKENS}
    send(made("rocketchat", "alertmanager", said, inherited=inherited))
    headers = sink.received[0].headers
    assert (headers["X-Auth-Token"], headers["X-User-Id"]) == ("from-file", "id")


def test_what_is_missing_is_said_in_alertmanagers_words() -> None:
    assert faults("rocketchat", "alertmanager", {}) == [
        "no global Rocketchat TokenID set either inline or in a file",
        "no global Rocketchat Token set either inline or in a file",
    ]
    both = {**TOKENS, "token_file": "/f", "token_id_file": "/f"}
    assert sorted(faults("rocketchat", "alertmanager", both)) == [
        "at most one of token & token_file must be configured",
        "at most one of token_id & token_id_file must be configured",
    ]
