"""HipChat gets a message and a card, and its own way to say when to come back is understood."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from typing import Any

import pytest

from contactpoints.delivery.outcome import DeliveryError
from contactpoints.integrations import integrations
from contactpoints.integrations.hipchat import MESSAGE_LIMIT, cut_html
from tests.contactpoints.integrations.sending import RESOLVED, faults, made, notification, send
from tests.contactpoints.sinks import Answer, Sink

LINK = "http://alerts.example.com/base/alerting/list"


def hipchat(sink: Sink, **more: Any) -> Any:
    settings = {"url": sink.url + "/", "apikey": "room-secret", "roomid": "Ops & more/1", **more}
    return made("hipchat", "grafana", settings)


def test_a_room_gets_html_and_a_card_with_a_link(sink: Sink) -> None:
    sink.answer = Answer(204, b"")
    send(hipchat(sink, title="{{ .CommonLabels.team }}", message="<b>\nsecond line"))
    got = sink.received[0]
    assert got.method == "POST"
    assert got.path == "/v2/room/Ops%20%26%20more%2F1/notification?auth_token=room-secret"
    assert got.headers["Content-Type"] == "application/json"
    body = got.json
    assert abs(body["card"].pop("date") - time.time()) < 5
    assert body["card"].pop("icon").keys() == {"url"}
    assert body == {
        "message": f'<a href="{LINK}">größe &amp; co</a><br>&lt;b&gt;<br>second line',
        "notify": "true",
        "message_format": "html",
        "color": "red",
        "card": {
            "style": "link",
            "url": LINK,
            "id": "1",
            "title": "größe & co",
            "description": "größe & co",
        },
    }


def test_a_resolved_group_is_green_and_the_default_texts_are_grafanas(sink: Sink) -> None:
    send(hipchat(sink), notification(*RESOLVED))
    body = sink.received[0].json
    assert body["color"] == "green"
    assert body["card"]["title"].startswith("[RESOLVED] DiskFull")


class Strict(HTMLParser):
    """Fails on an element that is never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("text", ["€" * 20_000, "&<>" * 9_000, "line\n" * 5_000])
def test_long_texts_are_cut_to_html_that_is_whole(sink: Sink, text: str) -> None:
    send(hipchat(sink, title=text, message=text))
    body = sink.received[0].json
    message = body["message"]
    assert MESSAGE_LIMIT - 10 <= len(message) <= MESSAGE_LIMIT
    assert len(body["card"]["title"]) == 500
    strict = Strict()
    strict.feed(message)
    assert strict.open == []
    assert message.count("&") == message.count(";")


def test_a_cut_says_so_and_a_fitting_text_stays() -> None:
    assert cut_html("a&b", 7) == "a&amp;b"
    assert cut_html("a&b", 6) == "a…"


@pytest.mark.parametrize("header", ["X-Ratelimit-Reset", "X-FloodControl-Reset"])
def test_too_many_messages_wait_until_the_limit_is_reset(sink: Sink, header: str) -> None:
    sink.answer = Answer(429, b"room-secret is busy", {header: str(int(time.time()) + 90)})
    with pytest.raises(DeliveryError) as caught:
        send(hipchat(sink))
    assert (caught.value.reason, caught.value.permanent) == ("rateLimited", False)
    assert 80 < (caught.value.retry_after or 0) <= 90
    assert "room-secret" not in str(caught.value)


def test_the_service_is_marked_as_gone_with_its_successor() -> None:
    notice = integrations()["hipchat"].notice
    assert notice is not None
    assert notice.date == "2019-02-15"
    assert "Slack" in notice.text


def test_an_address_is_needed() -> None:
    assert faults("hipchat", "grafana", {"roomid": "x"}) == [
        "could not find url property in settings"
    ]
