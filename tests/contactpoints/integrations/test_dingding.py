"""DingTalk: links and cards."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from tests.contactpoints.integrations.sending import RESOLVED, faults, made, notification, send
from tests.contactpoints.sinks import Answer, Sink

LINK = (
    "dingtalk://dingtalkclient/page/link?pc_slide=false"
    "&url=http%3A%2F%2Falerts.example.com%2Fbase%2Falerting%2Flist"
)


def robot(sink: Sink, **more: Any) -> Any:
    return made("dingding", "grafana", {"url": f"{sink.url}/robot?access_token=t0ken", **more})


def test_a_link_is_sent_unless_asked_otherwise(sink: Sink) -> None:
    send(robot(sink))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/robot?access_token=t0ken")
    body = got.json
    assert body["link"].pop("text").startswith("**Firing**\n")
    assert body == {
        "msgtype": "link",
        "link": {"title": "[FIRING:1] DiskFull (db1 größe & co)", "messageUrl": LINK},
    }


@pytest.mark.parametrize("kind", ["actionCard", '{{ "actionCard" }}'])
def test_an_action_card_is_sent_when_asked(sink: Sink, kind: str) -> None:
    send(robot(sink, msgType=kind, title="t", message="m"), notification(*RESOLVED))
    assert sink.received[0].json == {
        "msgtype": "actionCard",
        "actionCard": {"text": "m", "title": "t", "singleTitle": "More", "singleURL": LINK},
    }


def test_a_long_message_is_cut_to_20000_bytes(sink: Sink) -> None:
    send(robot(sink, message="警报" * 8000))
    (got,) = sink.received
    assert 19_990 < len(got.body) <= 20_000
    assert got.json["link"]["text"].endswith("报…") or got.json["link"]["text"].endswith("警…")


@pytest.mark.parametrize(
    ("code", "permanent", "reason"),
    [
        (130101, False, "rateLimited"),
        (-1, False, "serverError"),
        (310000, True, "clientError"),
        (300005, True, "clientError"),
    ],
)
def test_an_error_code_in_the_body_is_a_failure(
    sink: Sink, code: int, permanent: bool, reason: str
) -> None:
    sink.answer = Answer(body=b'{"errcode":%d,"errmsg":"no: 130101"}' % code)
    with pytest.raises(DeliveryError) as caught:
        send(robot(sink))
    assert (caught.value.permanent, caught.value.reason) == (permanent, reason)
    assert str(code) in str(caught.value)


def test_errcode_0_is_a_success(sink: Sink) -> None:
    sink.answer = Answer(body=b'{"errcode":0,"errmsg":"ok"}')
    send(robot(sink))


def test_it_needs_an_address() -> None:
    assert faults("dingding", "grafana", {}) == ["could not find url property in settings"]
