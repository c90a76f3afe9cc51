"""Telegram: what the originals' recorded requests do not show, such as markup and pictures."""

from __future__ import annotations

import json

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.markup import cut_html
from tests.contactpoints.integrations.sending import alert, made, notification, send
from tests.contactpoints.sinks import Answer, Received, Sink

UNREADABLE = b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities: x"}'


def bot(sink: Sink, **more: object) -> dict[str, object]:
    return {"bot_token": "1:secret", "chat_id": 5, "api_url": sink.url, **more}


def test_html_that_is_too_long_is_cut_and_stays_html(sink: Sink) -> None:
    message = "<b>" + "<i>é &amp; x</i>" * 1000 + "</b>"
    send(made("telegram", "alertmanager", bot(sink, message=message)))
    text = sink.received[0].json["text"]
    assert 4050 < len(text) <= 4096
    assert text.startswith("<b><i>é &amp; x</i>")
    assert text.endswith("</b>")
    assert text.count("<i>") == text.count("</i>")
    assert text.rstrip("</bi>").endswith("…")


@pytest.mark.parametrize(
    ("text", "limit", "wanted"),
    [
        ("short", 5, "short"),
        ("<a href='x'>link</a> and more", 12, "…"),
        ("one &lt; two", 7, "one …"),
        ("<b>never closed, and long", 12, "<b>never cl…"),
        ("a < b and c > d", 8, "a < b a…"),
    ],
)
def test_a_cut_breaks_no_tag_and_no_entity(text: str, limit: int, wanted: str) -> None:
    assert cut_html(text, limit) == wanted


def test_markup_that_telegram_cannot_read_is_sent_again_as_plain_text(sink: Sink) -> None:
    sink.answers[:] = [Answer(400, UNREADABLE), Answer(200, b'{"ok":true,"result":{}}')]
    send(made("telegram", "alertmanager", bot(sink, message="<b>half", parse_mode="HTML")))
    first, second = (got.json for got in sink.received)
    assert (first["parse_mode"], first["text"]) == ("HTML", "<b>half")
    assert "parse_mode" not in second
    assert second["text"] == "<b>half"


def test_any_other_refusal_is_final_and_keeps_the_token(sink: Sink) -> None:
    sink.answer = Answer(400, b'{"ok":false,"description":"Bad Request: chat not found 1:secret"}')
    with pytest.raises(DeliveryError) as caught:
        send(made("telegram", "alertmanager", bot(sink)))
    assert caught.value.permanent
    assert "chat not found" in str(caught.value)
    assert "1:secret" not in str(caught.value)
    assert len(sink.received) == 1


def test_the_wait_that_telegram_asks_for_is_honoured(sink: Sink) -> None:
    body = {"ok": False, "error_code": 429, "parameters": {"retry_after": 17}}
    sink.answer = Answer(429, json.dumps(body).encode())
    with pytest.raises(DeliveryError) as caught:
        send(made("telegram", "alertmanager", bot(sink)))
    error = caught.value
    assert (error.reason, error.retry_after, error.permanent) == ("rateLimited", 17, False)


def test_a_picture_that_cannot_be_sent_does_not_send_the_message_again(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(got: Received) -> Answer:
        return Answer(500 if "sendPhoto" in got.path else 200, b'{"ok":true}')

    sink.answer = answer
    monkeypatch.setattr("contactpoints.integrations.telegram.API", sink.url)
    integration = made("telegram", "grafana", {"bottoken": "1:secret", "chatid": "5"})
    monkeypatch.setattr(integration.fields["api_url"], "defaults", sink.url)
    pictured = alert(imageURL="https://pictures.example/1.png")
    send(integration, notification(pictured, pictured))
    assert [got.path.rpartition("/")[2] for got in sink.received] == ["sendMessage", "sendPhoto"]
    assert b"https://pictures.example/1.png" in sink.received[1].body
