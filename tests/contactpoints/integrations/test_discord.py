"""Discord: a message with embeds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.signature import our_version
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

LIST = "http://alerts.example.com/base/alerting/list"
ICON = "https://grafana.com/static/assets/img/fav32.png"
TITLE = "[FIRING:1] DiskFull (db1 größe & co)"


def grafana(sink: Sink, **more: Any) -> Any:
    return made("discord", "grafana", {"url": f"{sink.url}/api/webhooks/1/token", **more})


def alertmanager(sink: Sink, **more: Any) -> Any:
    url = f"{sink.url}/api/webhooks/1/token"
    return made("discord", "alertmanager", {"webhook_url": url, **more})


def test_grafana_says_the_message_above_an_embed_with_the_title(sink: Sink) -> None:
    send(grafana(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/api/webhooks/1/token")
    assert got.headers["Content-Type"] == "application/json"
    body = got.json
    assert body.pop("content").startswith("**Firing**\n\nValue: [no value]\nLabels:\n")
    assert body == {
        "username": "Grafana",
        "embeds": [
            {
                "title": TITLE,
                "type": "rich",
                "url": LIST,
                "color": 14037554,
                "footer": {"text": f"contactpoints v{our_version()}", "icon_url": ICON},
            }
        ],
    }


def test_grafana_says_the_message_in_the_embed_and_under_the_webhooks_name_when_asked(
    sink: Sink,
) -> None:
    """Grafana's own posts say which version it is."""
    said = {
        "message": "{{ .CommonLabels.instance }}",
        "title": "t",
        "avatar_url": "https://example.com/{{ .CommonLabels.instance }}.png",
        "use_discord_username": True,
        "use_embed_description": True,
    }
    send(grafana(sink, **said), notification(*RESOLVED, appVersion="12.2.0"))
    body = sink.received[0].json
    assert body["embeds"][0]["footer"]["text"] == "Grafana v12.2.0"
    assert body["content"] == ""
    assert "username" not in body
    assert body["avatar_url"] == "https://example.com/db1.png"
    (embed,) = body["embeds"]
    assert (embed["title"], embed["description"], embed["color"]) == ("t", "db1", 3581519)


def test_pictures_come_as_embeds_of_a_form_one_for_each_alert_name(sink: Sink) -> None:
    alerts = [
        alert(labels={"alertname": f"A{number // 2}"}, imageURL=f"https://img.example.com/{number}")
        for number in range(30)
    ]
    send(grafana(sink), notification(*alerts))
    (got,) = sink.received
    assert got.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    head, _, rest = got.body.partition(b"\r\n\r\n")
    assert b'form-data; name="payload_json"' in head
    embeds = json.loads(rest.partition(b"\r\n--")[0])["embeds"]
    assert len(embeds) == 10
    assert embeds[1] == {
        "title": "A0",
        "image": {"url": "https://img.example.com/0"},
        "color": 14037554,
    }
    assert [embed["title"] for embed in embeds[1:]] == [f"A{number}" for number in range(9)]


def test_alertmanager_says_the_message_in_the_embed(sink: Sink) -> None:
    send(alertmanager(sink))
    body = sink.received[0].json
    (embed,) = body.pop("embeds")
    assert body == {"content": ""}
    assert embed.pop("description").strip().startswith("Alerts Firing:\nLabels:\n")
    assert embed == {"title": "[FIRING:1] DiskFull (db1 größe & co)", "color": 10038562}


@pytest.mark.parametrize(("alerts", "color"), [(RESOLVED, 3066993), (MIXED, 10038562)])
def test_alertmanager_says_everything_it_is_told(sink: Sink, alerts: Any, color: int) -> None:
    said = {
        "content": "{{ .Status }}",
        "title": "t",
        "message": "m",
        "username": "Prometheus",
        "avatar_url": "https://example.com/a.png",
    }
    send(alertmanager(sink, **said), notification(*alerts))
    assert sink.received[0].json == {
        "content": "firing" if color == 10038562 else "resolved",
        "embeds": [{"title": "t", "description": "m", "color": color}],
        "username": "Prometheus",
        "avatar_url": "https://example.com/a.png",
    }


def test_long_texts_are_cut_where_discord_cuts_them(sink: Sink) -> None:
    long = "é" * 5000
    send(grafana(sink, title=long, message=long))
    send(alertmanager(sink, title=long, message=long, content=long))
    first, second = (got.json for got in sink.received)
    assert first["content"] == "é" * 1999 + "…"
    assert first["embeds"][0]["title"] == "é" * 255 + "…"
    assert second["content"] == "é" * 1999 + "…"
    assert second["embeds"][0]["description"] == "é" * 4095 + "…"


def test_a_rate_limit_says_in_the_body_how_long_to_wait(sink: Sink) -> None:
    sink.answer = Answer(429, b'{"message":"You are being rate limited.","retry_after":1.5}')
    with pytest.raises(DeliveryError) as caught:
        send(grafana(sink))
    error = caught.value
    assert (error.reason, error.retry_after, error.permanent) == ("rateLimited", 1.5, False)
    assert "token" not in str(error)


def test_settings_that_are_missing_are_named_in_the_familys_words() -> None:
    assert faults("discord", "grafana", {}) == ["could not find webhook url property in settings"]
    assert faults("discord", "alertmanager", {}) == [
        "one of webhook_url or webhook_url_file must be configured"
    ]
    both = {"webhook_url": "http://example.com", "webhook_url_file": "/file"}
    assert faults("discord", "alertmanager", both) == [
        "at most one of webhook_url & webhook_url_file must be configured"
    ]
