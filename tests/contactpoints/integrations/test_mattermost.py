"""Mattermost: attachments, priorities and a card."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from tests.contactpoints.integrations.sending import (
    MIXED,
    RESOLVED,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Sink

TITLE = "[FIRING:1] DiskFull (db1 größe & co)"
NAMES = ("author_name", "author_link", "author_icon", "title_link", "thumb_url", "footer_icon")


def mattermost(sink: Sink, **more: Any) -> Any:
    return made("mattermost", "alertmanager", {"webhook_url": f"{sink.url}/hooks/t0ken", **more})


def test_an_attachment_is_made_of_the_default_texts(sink: Sink) -> None:
    send(mattermost(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/hooks/t0ken")
    body = got.json
    (attachment,) = body.pop("attachments")
    assert body == {"username": "Alertmanager"}
    assert attachment.pop("text").strip().startswith("# Alerts Firing:")
    link = attachment.pop("title_link")
    assert link.startswith("http://alerts.example.com/base/")
    assert attachment == {"title": TITLE, "fallback": f"{TITLE} | {link}", "color": "danger"}


def test_everything_that_is_told_is_said(sink: Sink) -> None:
    texts = {name: f"https://example.com/{name}" for name in NAMES}
    texts |= {name: name for name in ("fallback", "color", "pretext", "title", "text", "footer")}
    texts["image_url"] = "https://example.com/image"
    fields = [{"title": "status", "value": "{{ .Status }}", "short": False}]
    head = {"channel": "c", "username": "u", "icon_url": "i", "icon_emoji": "e", "type": "t"}
    more = {"props": {"card": "{{ .Status }}"}, "priority": {"priority": "Urgent"}}
    send(mattermost(sink, **texts, **head, **more, fields=fields), notification(*RESOLVED))
    assert sink.received[0].json == {
        **head,
        "attachments": [
            {**texts, "fields": [{"title": "status", "value": "resolved", "short": False}]}
        ],
        "props": {"card": "resolved"},
        "priority": {"priority": "urgent"},
    }


def test_attachments_of_ones_own_take_the_place_of_the_one_that_is_made(sink: Sink) -> None:
    own = [{"text": "{{ .Status }}"}, {"fields": [{"title": "a", "value": "b"}]}]
    send(mattermost(sink, text="é" * 20_000, attachments=own), notification(*MIXED))
    assert sink.received[0].json == {
        "username": "Alertmanager",
        "text": "é" * 16_382 + "…",
        "attachments": [{"text": "firing"}, {"fields": [{"title": "a", "value": "b"}]}],
    }


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("urgent", {"priority": "urgent", "requested_ack": True, "persistent_notifications": True}),
        ("important", {"priority": "important", "requested_ack": True}),
        ("standard", {"priority": "standard"}),
        ("{{ .Status }}", {"priority": "standard"}),
    ],
)
def test_a_priority_allows_what_mattermost_allows(
    sink: Sink, told: str, said: dict[str, Any]
) -> None:
    flags = {"requested_ack": True, "persistent_notifications": True}
    send(mattermost(sink, priority={"priority": told, **flags}))
    assert sink.received[0].json["priority"] == said


def test_flags_without_a_priority_and_props_without_a_card_say_nothing(sink: Sink) -> None:
    send(mattermost(sink, priority={"requested_ack": True}, props={"card": ""}))
    assert not sink.received[0].json.keys() & {"priority", "props"}


def test_a_rate_limit_is_retried_and_the_address_stays_secret(sink: Sink) -> None:
    sink.answer = Answer(429, b"/hooks/t0ken is too busy")
    with pytest.raises(DeliveryError) as caught:
        send(mattermost(sink))
    assert (caught.value.reason, caught.value.permanent) == ("rateLimited", False)
    assert "t0ken" not in str(caught.value)


def test_what_is_missing_is_said_in_alertmanagers_words() -> None:
    assert faults("mattermost", "alertmanager", {}) == [
        "missing webhook_url or webhook_url_file on mattermost_config"
    ]
    url = {"webhook_url": "http://example.com"}
    assert faults("mattermost", "alertmanager", {**url, "fields": [{"title": ""}]}) == [
        "missing title in Mattermost field configuration",
        "missing value in Mattermost field configuration",
    ]
    assert faults("mattermost", "alertmanager", {**url, "webhook_url_file": "/file"}) == [
        "at most one of webhook_url & webhook_url_file must be configured"
    ]
