"""WeCom's bots and apps get what Grafana's own notifier writes, with a token that is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contactpoints.delivery.outcome import DeliveryError
from tests.contactpoints.integrations.sending import RESOLVED, faults, made, notification, send
from tests.contactpoints.sinks import Answer, Received, Sink

OK = b'{"errcode":0,"errmsg":"ok"}'


def bot(sink: Sink, **more: Any) -> Any:
    url = sink.url + "/cgi-bin/webhook/send?key=bot-secret"
    texts = {"title": "{{ .CommonLabels.team }}", "message": "{{ .Status }}"}
    return made("wecom", "grafana", {"url": url, **texts, **more})


def app(sink: Sink, **more: Any) -> Any:
    account = {"agent_id": "1000002", "corp_id": "wwcorp", "secret": "app-secret&1"}
    settings = {"endpointUrl": sink.url, "title": "T", "message": "M", **account, **more}
    return made("wecom", "grafana", settings)


def with_tokens(sink: Sink, answer: bytes = OK, lifetime: int = 7200) -> None:
    """The sink gives tokens, a new one each time, and answers messages with ``answer``."""
    count = iter(range(1, 100))

    def reply(got: Received) -> Answer:
        if "/gettoken" not in got.path:
            return Answer(200, answer)
        token = {"access_token": f"token-{next(count)}", "expires_in": lifetime, "errcode": 0}
        return Answer(200, json.dumps(token).encode())

    sink.answer = reply


def test_a_bot_gets_markdown(sink: Sink) -> None:
    sink.answer = Answer(200, OK)
    send(bot(sink))
    [got] = sink.received
    assert (got.method, got.path) == ("POST", "/cgi-bin/webhook/send?key=bot-secret")
    assert got.headers["Content-Type"] == "application/json"
    assert got.json == {
        "msgtype": "markdown",
        "markdown": {"content": "# größe & co\nfiring\n"},
    }


def test_a_bot_gets_plain_text_when_asked_and_markdown_for_anything_else(sink: Sink) -> None:
    sink.answer = Answer(200, OK)
    send(bot(sink, msgtype="text"), notification(*RESOLVED))
    send(bot(sink, msgtype="markdown_v2"))
    text, markdown = (got.json for got in sink.received)
    assert text == {"msgtype": "text", "text": {"content": "größe & co\nresolved"}}
    assert markdown["msgtype"] == "markdown"


def test_an_app_asks_for_a_token_and_keeps_it(sink: Sink) -> None:
    with_tokens(sink)
    integration = app(sink, touser="first|second")
    send(integration)
    send(integration)
    ask, first, second = sink.received
    assert ask.method == "POST"
    assert ask.path == "/cgi-bin/gettoken?corpid=wwcorp&corpsecret=app-secret%261"
    assert ask.body == b""
    assert ask.headers["Content-Type"] == "application/json"
    assert first.path == second.path == "/cgi-bin/message/send?access_token=token-1"
    assert first.json == {
        "msgtype": "markdown",
        "markdown": {"content": "# T\nM\n"},
        "agentid": "1000002",
        "touser": "first|second",
    }


def test_a_token_is_asked_for_anew_five_minutes_before_it_ends(sink: Sink) -> None:
    with_tokens(sink, lifetime=300)
    integration = app(sink)
    send(integration)
    send(integration)
    assert [got.path.partition("?")[0] for got in sink.received] == [
        "/cgi-bin/gettoken",
        "/cgi-bin/message/send",
    ] * 2


def test_everybody_is_told_when_nobody_is_named(sink: Sink) -> None:
    with_tokens(sink)
    send(app(sink))
    assert sink.received[1].json["touser"] == "@all"


def test_a_token_that_ended_is_asked_for_anew_next_time(sink: Sink) -> None:
    with_tokens(sink, b'{"errcode":42001,"errmsg":"token-1 expired, app-secret&1"}')
    integration = app(sink)
    with pytest.raises(DeliveryError) as caught:
        send(integration)
    assert not caught.value.permanent
    assert "token-1" not in str(caught.value)
    assert "app-secret" not in str(caught.value)
    with_tokens(sink)
    send(integration)
    assert [got.path.partition("?")[0] for got in sink.received[2:]] == [
        "/cgi-bin/gettoken",
        "/cgi-bin/message/send",
    ]


@pytest.mark.parametrize(
    ("code", "reason", "permanent", "wait"),
    [
        (45009, "rateLimited", False, 60.0),
        (45033, "rateLimited", False, 1.0),
        (-1, "serverError", False, None),
        (93000, "authError", True, None),
        (40008, "clientError", True, None),
    ],
)
def test_an_error_in_an_answer_of_200_is_an_error(
    sink: Sink, code: int, reason: str, permanent: bool, wait: float | None
) -> None:
    sink.answer = Answer(200, json.dumps({"errcode": code, "errmsg": "no"}).encode())
    with pytest.raises(DeliveryError, match=f"{code}: no") as caught:
        send(bot(sink))
    error = caught.value
    assert (error.reason, error.permanent, error.retry_after) == (reason, permanent, wait)


def test_a_wrong_secret_is_told_without_it(sink: Sink) -> None:
    sink.answer = Answer(200, b'{"errcode":40001,"errmsg":"invalid credential app-secret&1"}')
    with pytest.raises(DeliveryError, match="invalid credential <secret>") as caught:
        send(app(sink))
    assert (caught.value.reason, caught.value.permanent) == ("authError", True)
    assert len(sink.received) == 1


@pytest.mark.parametrize(
    ("more", "limit"), [({}, 4096), ({"msgtype": "text"}, 2048)], ids=["markdown", "text"]
)
def test_a_long_message_is_cut_to_whole_characters(
    sink: Sink, more: dict[str, str], limit: int
) -> None:
    sink.answer = Answer(200, OK)
    send(bot(sink, message="€" * 5000, **more))
    kind = more.get("msgtype", "markdown")
    content = sink.received[0].json[kind]["content"]
    assert limit - 3 <= len(content.encode()) <= limit
    assert content.endswith("€…")


def test_an_app_s_message_is_cut_shorter(sink: Sink) -> None:
    with_tokens(sink)
    send(app(sink, message="x" * 5000))
    assert len(sink.received[1].json["markdown"]["content"].encode()) == 2048


def test_what_is_missing_is_said_in_grafana_s_words() -> None:
    assert faults("wecom", "grafana", {"title": "x"}) == ["either url or secret is required"]
    assert faults("wecom", "grafana", {"secret": "x"}) == [
        "could not find AgentID in settings",
        "could not find CorpID in settings",
    ]
    assert faults("wecom", "grafana", {"url": "https://a", "secret": "x"}) == []
