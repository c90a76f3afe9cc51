"""Slack: its answers, and the pictures that follow a message in its thread."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.posted import PostedInMemory
from tests.contactpoints.integrations.sending import GROUP_KEY, alert, made, notification, send
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


def updating(sink: Sink, **more: Any) -> Any:
    settings = {"app_url": f"{sink.url}/api/chat.postMessage", "app_token": "xoxb", **more}
    return made("slack", "alertmanager", {"channel": "#ops", "update_message": True, **settings})


def verbs(sink: Sink) -> list[str]:
    """The methods of Slack's API that were asked for."""
    return [got.path.removeprefix("/api/chat.") for got in sink.received]


def test_the_message_of_a_group_is_changed_until_all_is_resolved(sink: Sink) -> None:
    sink.answer = POSTED
    slack, posted = updating(sink), PostedInMemory()
    for status in ("firing", "firing", "resolved", "firing"):
        send(slack, notification(alert(status)), posted)
    assert verbs(sink) == ["postMessage", "update", "update", "postMessage"]
    first, changed, *_ = (got.json for got in sink.received)
    assert first["channel"] == "#ops"
    assert "ts" not in first
    assert (changed["channel"], changed["ts"]) == ("C7", "17.5")


def test_another_group_and_another_channel_have_a_message_of_their_own(sink: Sink) -> None:
    sink.answer = POSTED
    posted = PostedInMemory()
    for key in ("{}:{a}", "{}:{b}"):
        send(updating(sink), notification(groupKey=key), posted)
    send(updating(sink, channel="#dev"), notification(groupKey="{}:{a}"), posted)
    assert verbs(sink) == ["postMessage"] * 3


@pytest.mark.parametrize("status", ["firing", "resolved"])
def test_a_message_that_can_be_changed_no_more_is_followed_by_a_new_one(
    sink: Sink, status: str
) -> None:
    """Somebody has deleted it: the news must not be lost with it."""
    slack, posted = updating(sink), PostedInMemory()
    gone = Answer(200, b'{"ok":false,"error":"message_not_found"}')
    new = Answer(200, b'{"ok":true,"channel":"C7","ts":"18.5"}')
    sink.answers = [POSTED, gone, new]
    sink.answer = new
    for said in ("firing", status, "firing"):
        send(slack, notification(alert(said)), posted)
    last = "update" if status == "firing" else "postMessage"
    assert verbs(sink) == ["postMessage", "update", "postMessage", last]
    assert sink.received[3].json.get("ts") == ("18.5" if status == "firing" else None)


def test_a_change_that_fails_for_now_is_tried_again(sink: Sink) -> None:
    slack, posted = updating(sink), PostedInMemory()
    sink.answers = [POSTED, Answer(503)]
    sink.answer = POSTED
    send(slack, notification(), posted)
    with pytest.raises(DeliveryError):
        send(slack, notification(), posted)
    send(slack, notification(), posted)
    assert verbs(sink) == ["postMessage", "update", "update"]


def test_nothing_is_remembered_unless_messages_are_to_be_changed(sink: Sink) -> None:
    sink.answer = POSTED
    posted = PostedInMemory()
    send(updating(sink, update_message=False), notification(), posted)
    send(updating(sink), notification(alert("resolved")), posted)
    assert posted.recall(("#ops", GROUP_KEY)) is None
    send(updating(sink), notification(), posted)
    assert posted.recall(("#ops", GROUP_KEY)) == {"ts": "17.5", "channel": "C7"}
