"""Microsoft Teams: adaptive cards, and what the answers mean."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
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

TITLE = "[FIRING:1] DiskFull (db1 größe & co)"
LIST = "http://alerts.example.com/base/alerting/list"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
OFFICE = "http://acme.webhook.office.com/webhookb2/t0ken-t0ken"


def grafana(sink: Sink, **more: Any) -> Any:
    return made("teams", "grafana", {"url": f"{sink.url}/workflows/t0ken", **more})


def alertmanager(sink: Sink, **more: Any) -> Any:
    url = f"{sink.url}/workflows/t0ken"
    return made("teams", "alertmanager", {"webhook_url": url, **more})


def test_grafana_sends_a_wide_card_with_a_link(sink: Sink) -> None:
    send(grafana(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/workflows/t0ken")
    assert got.headers["Content-Type"] == "application/json"
    body = got.json
    message = body["attachments"][0]["content"]["body"][1]
    assert message.pop("text").startswith("**Firing**\n")
    assert body == {
        "type": "message",
        "summary": TITLE,
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": SCHEMA,
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "msTeams": {"width": "Full"},
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": TITLE,
                            "color": "attention",
                            "size": "large",
                            "weight": "bolder",
                            "wrap": True,
                        },
                        {"type": "TextBlock", "wrap": True},
                        {
                            "type": "ActionSet",
                            "actions": [
                                {"type": "Action.OpenUrl", "title": "View URL", "url": LIST}
                            ],
                        },
                    ],
                },
            }
        ],
    }


@pytest.mark.parametrize(("count", "size"), [(1, "large"), (2, "large"), (3, "medium")])
def test_grafana_shows_the_pictures(sink: Sink, count: int, size: str) -> None:
    alerts = [alert("resolved", imageURL=f"https://i.example.com/{n}") for n in range(count)]
    send(grafana(sink, title='{{ "" }}', message="m"), notification(*alerts))
    body = sink.received[0].json
    assert "summary" not in body
    title, _, images, _ = body["attachments"][0]["content"]["body"]
    assert title["color"] == "good"
    shown = [
        {"type": "Image", "url": f"https://i.example.com/{n}", "msTeams": {"allowExpand": True}}
        for n in range(count)
    ]
    assert images == {"type": "ImageSet", "images": shown, "imageSize": size}


@pytest.mark.parametrize(
    ("alerts", "color"), [(RESOLVED, "Good"), (MIXED, "Attention"), ((), "Attention")]
)
def test_alertmanager_sends_a_card_of_two_texts(sink: Sink, alerts: Any, color: str) -> None:
    send(alertmanager(sink, title="t", text="{{ .Status }}"), notification(*alerts))
    assert sink.received[0].json == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": SCHEMA,
                    "type": "AdaptiveCard",
                    "version": "1.2",
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": "t",
                            "weight": "Bolder",
                            "size": "Medium",
                            "wrap": True,
                            "style": "heading",
                            "color": color,
                        },
                        {
                            "type": "TextBlock",
                            "text": "resolved" if color == "Good" else "firing",
                            "wrap": True,
                        },
                    ],
                    "msteams": {"width": "full"},
                },
            }
        ],
    }


def test_the_default_texts_are_the_familys_own(sink: Sink) -> None:
    send(alertmanager(sink))
    title, text = sink.received[0].json["attachments"][0]["content"]["body"]
    assert title["text"] == TITLE
    assert text["text"].strip().startswith("# Alerts Firing:")


@pytest.mark.parametrize("family", [grafana, alertmanager])
def test_a_long_message_is_cut_so_that_all_of_it_fits_28_kib(sink: Sink, family: Any) -> None:
    key = "message" if family is grafana else "text"
    send(family(sink, **{key: '"é"\n' * 20_000}))
    (got,) = sink.received
    assert 28_600 < len(got.body) <= 28 * 1024
    assert got.json["attachments"][0]["content"]["body"][1]["text"].endswith("…")


def by_proxy(sink: Sink, kind: str = "teams") -> Any:
    """A connector's address, reached through a proxy that is the sink."""
    said = {"webhook_url": OFFICE, "http_config": {"proxy_url": sink.url}}
    return made(kind, "alertmanager", said)


@pytest.mark.parametrize("kind", ["teams", "msteams"])
def test_a_connector_says_1_when_all_is_well(sink: Sink, kind: str) -> None:
    sink.answer = Answer(body=b"1")
    send(by_proxy(sink, kind))
    assert sink.received[0].path == OFFICE


@pytest.mark.parametrize("kind", ["teams", "msteams"])
@pytest.mark.parametrize(
    ("said", "reason", "permanent"),
    [
        ("endpoint returned HTTP error 429 with ContextId tcid=0", "rateLimited", False),
        ("endpoint returned HTTP error 502 with ContextId tcid=0", "serverError", False),
        ("endpoint returned HTTP error 413 with ContextId tcid=0", "clientError", True),
        ("is on holiday", "clientError", True),
    ],
)
def test_a_connector_says_in_the_body_that_it_failed(
    sink: Sink, kind: str, said: str, reason: str, permanent: bool
) -> None:
    text = f"Webhook message delivery failed with error: Microsoft Teams {said}"
    sink.answer = Answer(body=text.encode())
    with pytest.raises(DeliveryError) as caught:
        send(by_proxy(sink, kind))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert said in str(caught.value)


def test_a_workflow_may_answer_anything(sink: Sink) -> None:
    sink.answer = Answer(202, b"")
    send(alertmanager(sink))


def test_only_the_proxy_of_the_global_http_config_comes_into_ones_own() -> None:
    inherited = {"http_config": {"proxy_url": "http://global", "enable_http2": False}}
    said = {"webhook_url": OFFICE}
    none = made("teams", "alertmanager", said, inherited=inherited)
    some = made(
        "teams",
        "alertmanager",
        {**said, "http_config": {"enable_http2": True}},
        inherited=inherited,
    )
    own = made(
        "teams",
        "alertmanager",
        {**said, "http_config": {"proxy_url": "http://own"}},
        inherited=inherited,
    )
    assert none.value("http_config") == inherited["http_config"]
    assert some.value("http_config") == {"enable_http2": True, "proxy_url": "http://global"}
    assert some.effective()["http_config"] == some.value("http_config")
    assert own.value("http_config") == {"proxy_url": "http://own"}
    assert some.write("alertmanager") == {**said, "http_config": {"enable_http2": True}}


@pytest.mark.parametrize("kind", ["teams", "msteams"])
def test_it_needs_an_address(kind: str) -> None:
    assert faults(kind, "alertmanager", {}) == [
        "one of webhook_url or webhook_url_file must be configured"
    ]
    assert faults("teams", "grafana", {}) == ["could not find url property in settings"]
