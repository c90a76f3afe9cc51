"""Pushover: a form from Grafana, a query from Alertmanager."""

from __future__ import annotations

import email
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.integrations import pushover
from contactpoints.spelling import Family
from tests.contactpoints.integrations.sending import (
    MIXED,
    RESOLVED,
    alert,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Received, Sink

GRAFANA = {"apiToken": "token-secret", "userKey": "user-secret"}
ALERTMANAGER = {"token": "token-secret", "user_key": "user-secret"}
LIST = "http://alerts.example.com/base/alerting/list"


@pytest.fixture(autouse=True)
def api(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushover, "API", f"{sink.url}/1/messages.json")


def form(got: Received) -> dict[str, Any]:
    """The parts of a form, in their order."""
    head = f"Content-Type: {got.headers['Content-Type']}\r\n\r\n".encode()
    parts: Any = email.message_from_bytes(head + got.body).get_payload()
    found = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        found[name] = content if part.get_filename() else content.decode()
    return found


def query(got: Received) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(got.path).query, keep_blank_values=True))


def test_grafana_says_the_least_in_its_order(sink: Sink) -> None:
    send(made("pushover", "grafana", GRAFANA | {"message": "{{ .Status }}"}))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/1/messages.json")
    wanted = {
        "user": "user-secret",
        "token": "token-secret",
        "priority": "0",
        "title": "[FIRING:1] DiskFull (db1 größe & co)",
        "url": LIST,
        "url_title": "Show alert rule",
        "message": "firing",
        "sound": "",
        "html": "1",
    }
    assert list(form(got).items()) == list(wanted.items())


def test_grafana_has_a_sound_and_a_priority_for_each_status(sink: Sink) -> None:
    more = {"priority": "2", "okPriority": -1, "retry": "30", "expire": 3600, "device": "phone"}
    integration = made(
        "pushover", "grafana", GRAFANA | more | {"sound": "siren", "okSound": "default"}
    )
    for said in (notification(*MIXED), notification(*RESOLVED)):
        send(integration, said)
    firing, resolved = map(form, sink.received)
    assert [firing[name] for name in ("priority", "retry", "expire", "device", "sound")] == [
        "2",
        "30",
        "3600",
        "phone",
        "siren",
    ]
    assert resolved["priority"] == "-1"
    assert not {"retry", "expire", "sound"} & resolved.keys()


def test_a_picture_is_fetched_and_attached(sink: Sink) -> None:
    sink.answers = [Answer(200, b"\x89PNG" + b"x" * 100_000, {"Content-Type": "image/png"})]
    send(
        made("pushover", "grafana", GRAFANA),
        notification(alert(imageURL=f"{sink.url}/graph.png")),
    )
    fetched, got = sink.received
    assert (fetched.method, fetched.path) == ("GET", "/graph.png")
    assert form(got)["attachment"] == b"\x89PNG" + b"x" * 100_000


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b"gone"),
        Answer(200, b"<html>", {"Content-Type": "text/html"}),
        Answer(200, b"x" * (pushover.IMAGE_LIMIT + 1), {"Content-Type": "image/png"}),
    ],
)
def test_a_message_goes_without_a_picture_that_cannot_be_had(sink: Sink, answer: Answer) -> None:
    sink.answers = [answer]
    send(
        made("pushover", "grafana", GRAFANA),
        notification(alert(imageURL=f"{sink.url}/graph.png")),
    )
    assert "attachment" not in form(sink.received[-1])


def test_no_picture_is_fetched_when_not_wanted(sink: Sink) -> None:
    said = notification(alert(imageURL=f"{sink.url}/graph.png"))
    send(made("pushover", "grafana", GRAFANA | {"uploadImage": False}), said)
    assert len(sink.received) == 1


def test_alertmanager_says_everything_in_the_query(sink: Sink) -> None:
    send(made("pushover", "alertmanager", ALERTMANAGER | {"message": "m", "url": "u"}))
    (got,) = sink.received
    assert got.body == b""
    assert got.headers["Content-Type"] == "text/plain"
    title = query(got)["title"]
    assert title.startswith("[FIRING:1] DiskFull")
    assert query(got) == {
        "token": "token-secret",
        "user": "user-secret",
        "title": title,
        "message": "m",
        "url": "u",
        "url_title": "",
        "priority": "2",
        "retry": "60",
        "expire": "3600",
        "device": "",
        "sound": "",
    }


def test_alertmanager_escapes_what_it_puts_into_html(sink: Sink) -> None:
    own = {"message": "<b>{{ (index .Alerts 0).Annotations.summary }}</b>", "html": True}
    send(made("pushover", "alertmanager", ALERTMANAGER | own | {"ttl": "1h", "retry": "90s"}))
    said = query(sink.received[0])
    assert said["message"] == "<b>disk &lt;b&gt; is full: 98 %</b>"
    assert (said["html"], said["ttl"], said["retry"]) == ("1", "3600", "90")


def test_long_texts_are_cut_and_an_empty_one_says_so(sink: Sink) -> None:
    send(made("pushover", "grafana", GRAFANA | {"title": "ö" * 300, "message": "€" * 2000}))
    send(made("pushover", "grafana", GRAFANA | {"message": "{{ .None }} "[11:]}))
    long, empty = map(form, sink.received)
    assert long["title"] == "ö" * 249 + "…"
    assert long["message"] == "€" * 1023 + "…"
    assert empty["message"] == "(no details)"


def test_a_refusal_is_permanent_and_shows_no_key(sink: Sink) -> None:
    said = b'{"user":"invalid","errors":["user key user-secret is invalid"],"status":0}'
    sink.answer = Answer(400, said)
    with pytest.raises(DeliveryError) as caught:
        send(made("pushover", "alertmanager", ALERTMANAGER))
    assert (caught.value.reason, caught.value.permanent) == ("clientError", True)
    assert "token-secret" not in str(caught.value)
    assert "user-secret" not in str(caught.value)


def test_too_many_messages_are_tried_again(sink: Sink) -> None:
    sink.answer = Answer(429)
    for family, settings in (("grafana", GRAFANA), ("alertmanager", ALERTMANAGER)):
        with pytest.raises(DeliveryError) as caught:
            send(made("pushover", family, settings))  # type: ignore[arg-type]
        assert not caught.value.permanent


@pytest.mark.parametrize(
    ("family", "settings", "sentence"),
    [
        ("grafana", {"apiToken": "a"}, "user key not found"),
        ("grafana", {"userKey": "a"}, "API token not found"),
        ("alertmanager", {}, "one of user_key or user_key_file must be configured"),
        ("alertmanager", {}, "one of token or token_file must be configured"),
        (
            "alertmanager",
            {"html": True, "monospace": True},
            "at most one of monospace & html must be configured",
        ),
    ],
)
def test_what_is_wrong_is_said(family: Family, settings: dict[str, Any], sentence: str) -> None:
    assert sentence in faults("pushover", family, settings)
