"""Slack: its answers, and the pictures that follow a message in its thread."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.posted import Posted
from tests.contactpoints.integrations.sending import alert, made, notification, send
from tests.contactpoints.sinks import Answer, Received, Sink

POSTED = Answer(200, b'{"ok":true,"channel":"C7","ts":"17.5"}')


def by_token(sink: Sink, **more: Any) -> Any:
    settings = {"endpointUrl": f"{sink.url}/api/chat.postMessage", "token": "xoxb", **more}
    return made("slack", "grafana", {"recipient": "#ops", **settings})


def pictured(number: int) -> dict[str, Any]:
    return alert(imageURL=f"https://pictures.example/{number}.png")


def test_an_answer_that_says_no_is_a_failure_although_its_status_is_200(sink: Sink) -> None:
    sink.answer = Answer(200, b'{"ok":false,"error":"channel_not_found"}')
    with pytest.raises(DeliveryError, match="channel_not_found") as caught:
        send(by_token(sink))
    assert caught.value.permanent


@pytest.mark.parametrize("word", ["ratelimited", "rate_limited"])
def test_a_rate_limit_in_the_body_is_tried_again(sink: Sink, word: str) -> None:
    sink.answer = Answer(200, json.dumps({"ok": False, "error": word}).encode())
    with pytest.raises(DeliveryError) as caught:
        send(by_token(sink))
    assert (caught.value.reason, caught.value.permanent) == ("rateLimited", False)


def test_a_webhook_that_does_not_say_ok_has_not_taken_the_message(sink: Sink) -> None:
    sink.answer = Answer(200, b"invalid_payload")
    with pytest.raises(DeliveryError, match="invalid_payload"):
        send(made("slack", "alertmanager", {"api_url": f"{sink.url}/services/T/B/x"}))


def test_pictures_follow_in_the_thread_until_there_are_too_many(sink: Sink) -> None:
    sink.answer = POSTED
    send(by_token(sink), notification(*(pictured(number) for number in range(7))))
    first, *replies = (got.json for got in sink.received)
    assert "thread_ts" not in first
    assert [reply["thread_ts"] for reply in replies] == ["17.5"] * 6
    shown = [reply["attachments"][0]["image_url"] for reply in replies[:5]]
    assert shown == [f"https://pictures.example/{number}.png" for number in range(5)]
    assert "text" in replies[5]


def test_a_picture_that_fails_does_not_send_the_message_again(sink: Sink) -> None:
    def answer(got: Received) -> Answer:
        return Answer(500) if "thread_ts" in got.json else POSTED

    sink.answer = answer
    send(by_token(sink), notification(pictured(1)))
    assert len(sink.received) == 2


def updating(sink: Sink) -> Any:
    settings = {"app_url": f"{sink.url}/api/chat.postMessage", "app_token": "xoxb"}
    return made("slack", "alertmanager", {"channel": "#ops", "update_message": True, **settings})


def test_the_message_of_a_group_is_changed_until_all_is_resolved(sink: Sink) -> None:
    sink.answer = POSTED
    slack = updating(sink)
    for status in ("firing", "firing", "resolved", "firing"):
        send(slack, notification(alert(status)))
    paths = [got.path for got in sink.received]
    assert paths == [
        f"/api/chat.{verb}" for verb in ("postMessage", "update", "update", "postMessage")
    ]
    posted, changed, *_ = (got.json for got in sink.received)
    assert posted["channel"] == "#ops"
    assert "ts" not in posted
    assert (changed["channel"], changed["ts"]) == ("C7", "17.5")


def test_another_group_has_a_message_of_its_own(sink: Sink) -> None:
    sink.answer = POSTED
    slack = updating(sink)
    for key in ("{}:{a}", "{}:{b}"):
        send(slack, notification(groupKey=key))
    assert [got.path for got in sink.received] == ["/api/chat.postMessage"] * 2


def test_only_so_many_messages_are_remembered() -> None:
    posted = Posted(most=2)
    for number in range(3):
        posted.remember(number, {"ts": str(number)})
    assert [posted.recall(number) for number in range(3)] == [None, {"ts": "1"}, {"ts": "2"}]
    posted.remember(2, None)
    assert posted.recall(2) is None
