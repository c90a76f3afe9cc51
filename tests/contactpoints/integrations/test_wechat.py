"""WeChat gets what Alertmanager's own notifier writes, with a token that is kept."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.outcome import DeliveryError
from tests.contactpoints.integrations.sending import RESOLVED, faults, made, notification, send
from tests.contactpoints.sinks import Answer, Received, Sink
from translators import translate

OK = b'{"errcode":0,"errmsg":"ok"}'


def wechat(sink: Sink, answer: bytes = OK, status: int = 200, **more: Any) -> Any:
    """A configured WeChat whose API is the sink, which answers messages with ``answer``."""

    def reply(got: Received) -> Answer:
        token = b'{"errcode":0,"access_token":"to+ken","expires_in":7200}'
        return Answer(200, token) if "gettoken" in got.path else Answer(status, answer)

    sink.answer = reply
    account = {"api_secret": "app-secret&1", "corp_id": "wwcorp"}
    settings = {"api_url": sink.url + "/cgi-bin", **account, **more}
    return made("wechat", "alertmanager", settings, send_resolved=True)


def test_a_message_goes_out_with_a_token(sink: Sink) -> None:
    integration = wechat(sink, message="{{ .CommonLabels.team }}")
    send(integration)
    send(integration, notification(*RESOLVED))
    ask, got, again = sink.received
    assert (ask.method, ask.body) == ("GET", b"")
    assert ask.path == "/cgi-bin/gettoken?corpid=wwcorp&corpsecret=app-secret%261"
    assert (got.method, got.path) == ("POST", "/cgi-bin/message/send?access_token=to%2Bken")
    assert got.headers["Content-Type"] == "application/json"
    assert got.json == {
        "text": {"content": "größe & co"},
        "safe": "0",
        "msgtype": "text",
        "markdown": {"content": ""},
    }
    assert again.path == got.path


def test_everything_can_be_said_and_drawn(sink: Sink) -> None:
    integration = wechat(
        sink,
        message="{{ .Status }}",
        message_type="markdown",
        to_user="{{ .CommonLabels.instance }}",
        to_party="1",
        to_tag="2",
        agent_id="1000002",
        corp_id="{{ .Receiver }}",
    )
    send(integration, notification(*RESOLVED))
    assert "corpid=ops&" in sink.received[0].path
    assert sink.received[1].json == {
        "text": {"content": ""},
        "touser": "db1",
        "toparty": "1",
        "totag": "2",
        "agentid": "1000002",
        "safe": "0",
        "msgtype": "markdown",
        "markdown": {"content": "resolved"},
    }


def test_an_empty_type_of_message_is_text(sink: Sink) -> None:
    send(wechat(sink, message="m", message_type=""))
    assert (sink.received[1].json["msgtype"], sink.received[1].json["text"]["content"]) == (
        "text",
        "m",
    )


def test_the_default_message_is_alertmanager_s(sink: Sink) -> None:
    send(wechat(sink))
    content = sink.received[1].json["text"]["content"]
    assert content.startswith("[FIRING:1] DiskFull")
    assert "Alerts Firing:" in content


def test_a_long_message_is_cut_to_whole_characters(sink: Sink) -> None:
    send(wechat(sink, message="größe" * 1000))
    content = sink.received[1].json["text"]["content"]
    assert 2045 <= len(content.encode()) <= 2048
    assert content.endswith("…")


@pytest.mark.parametrize(
    ("answer", "status", "reason", "permanent"),
    [
        (b'{"errcode":42001,"errmsg":"expired"}', 200, "authError", False),
        (b'{"errcode":45009,"errmsg":"freq"}', 200, "rateLimited", False),
        (b'{"errcode":40003,"errmsg":"invalid UserID"}', 200, "clientError", True),
        (b"<html>", 200, "other", False),
        (OK, 202, "other", False),
        (b"", 503, "serverError", False),
    ],
)
def test_what_is_not_a_clear_yes_is_an_error(
    sink: Sink, answer: bytes, status: int, reason: str, permanent: bool
) -> None:
    with pytest.raises(DeliveryError) as caught:
        send(wechat(sink, answer, status))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)


def test_an_account_without_a_token_is_an_error_of_its_own(sink: Sink) -> None:
    integration = wechat(sink)
    sink.answer = Answer(200, b'{"errcode":40001,"errmsg":"invalid secret"}')
    with pytest.raises(DeliveryError, match="invalid secret") as caught:
        send(integration)
    assert caught.value.permanent
    sink.answer = Answer(200, b"{}")
    with pytest.raises(DeliveryError, match="no access token") as caught:
        send(integration)
    assert not caught.value.permanent


def test_resolved_alerts_are_not_told_unless_asked() -> None:
    assert not made("wechat", "alertmanager", {"api_secret": "s"}).send_resolved


def test_what_is_missing_or_wrong_is_said_in_alertmanager_s_words() -> None:
    assert faults("wechat", "alertmanager", {"message_type": "Text"}) == [
        'weChat message type "Text" does not match valid options ^(text|markdown)$',
        "no global Wechat Api Secret set either inline or in a file",
        "no global Wechat CorpID set",
    ]
    both = {"api_secret": "a", "api_secret_file": "/b", "corp_id": "c"}
    assert faults("wechat", "alertmanager", both) == [
        "at most one of api_secret & api_secret_file must be configured"
    ]


def test_an_address_without_the_folder_of_the_api_cannot_be_said_to_grafana() -> None:
    config = (
        "route: {receiver: a}\nreceivers: [{name: a, wechat_configs: [{agent_id: 1, to_user: u, "
        "message: m, api_secret: s, corp_id: c, api_url: 'https://wx.example.com/api/'}]}]"
    )
    done = translate(config, read="alertmanager", write="grafana-file")
    assert "endpointUrl: https://wx.example.com/api\n" in done.text
    assert [str(loss) for loss in done.report] == [
        "a › wechat › api_url: changed: Grafana puts /cgi-bin behind every address (line 2)",
        "a › wechat: changed: Grafana puts a title above the message (line 2)",
    ]
