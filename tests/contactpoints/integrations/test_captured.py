"""Our requests equal those of Grafana's and Alertmanager's own senders, field by field.

The captures are facts: the originals ran with these settings and alerts, and what they sent was
recorded. Where we may differ stands in the tables below, each with its reason.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from contactpoints.delivery.http import Http
from contactpoints.delivery.login import forget_tokens
from contactpoints.delivery.rendering import render_settings
from contactpoints.integrations import by_lower_type, by_receiver_key
from contactpoints.notification import check_payload
from contactpoints.setup import Setup
from tests.contactpoints.integrations.captures import (
    Capture,
    HttpToSink,
    answers,
    captures,
    told,
)
from tests.contactpoints.integrations.mail_sink import mail_sink
from tests.contactpoints.sinks import Sink
from translators.drawing import TemplateRenderer

HOST = "client.example"  # the machine that the originals ran on

NAMES = re.compile(r"\b(Grafana|contactpoints)( v[0-9][\w.]*)?")
NOW = re.compile(r"(?<=to=)\d{13}")
MINUTE = re.compile(r"(?<= \| )\d\d [A-Z][a-z]{2} \d\d \d\d:\d\d [A-Z]+$")
LIST = re.compile(r"(?<=\*URL:\* )http:/+")
UNTOLD = {
    NAMES: "the name and version of the sender are ours, or those of the Grafana that posted",
    NOW: "the link to a dashboard ends at the time of sending",
    MINUTE: "a card in Google Chat ends with the time of sending",
    LIST: "Grafana's link in a Threema message lacks a slash, ours does not",
}
"""What is taken out of every text before it is compared, and why."""

ALLOWED = {
    r"grafana-slack.* \.json\.attachments\[0\]\.ts": "the time of sending",
    r"grafana-victorops.* \.json\.timestamp": "the time of sending",
    r"grafana-.* \.json\.appVersion": "no version of Grafana is known when Alertmanager posted",
    r"grafana-webhook-(hmac|headers).* \.headers\.X-(Sig|Time|Grafana-Alerting-Signature)": (
        "it signs the bytes of the body and the time; that it does is tested below"
    ),
    r"alertmanager-telegram-minimal-long \.json\.text": (
        "Alertmanager drops HTML that is too long, we cut it"
    ),
    r".*-sns-.* \.headers\.(Authorization|X-Amz-Date)": (
        "the signature holds the time, and the headers of another HTTP client"
    ),
    r"alertmanager-sns-(minimal|phone)-long \.form": (
        "Alertmanager sends subjects that Amazon refuses as too long, we cut them and say so"
    ),
    r"grafana-sensugo-.* \.json\.check\.issued": "the time of sending",
    r"grafana-prometheus-alertmanager-.* \.json\[\d+\]\.(UpdatedAt|Timeout|\w+\.__\w+__)": (
        "Grafana sends keys that the API does not know, and labels that it keeps to itself"
    ),
    r"grafana-threema-.*-long \.form\[2\]\[1\]": (
        "Grafana sends texts that Threema refuses as too long, we cut what stands before the link"
    ),
}
"""Where a value may differ, by capture and path, and why."""

CUT = {
    r"(alertmanager-msteams(v2)?|grafana-teams)-.*": "Teams refuses a message that is too large",
    r"alertmanager-wechat-.*|grafana-wecom-.*": "WeCom refuses a text that is too long",
    r"grafana-dingding-.*": "DingTalk refuses a message that is too large",
    r"grafana-googlechat-.*": "Google Chat refuses a message that is too large",
}
"""Where we cut a text that the original sends whole, by capture, and why."""

ENDING = re.compile(r"…(\n\(\d+ of \d+ alerts left out\))?$")
"""How a text ends that we have cut: we say how many alerts are left out, the originals do not."""

ADDED = {
    ("grafana", "telegram"): (
        "/sendPhoto",
        "Grafana uploads the pictures that it has as files; Telegram takes their addresses as well",
    ),
    ("grafana", "pushover"): (
        "/pictures.example/",
        "Grafana uploads the pictures that it has as files; we fetch one that has an address",
    ),
}
"""The requests that we make beside those of the original, and why."""

OF_THE_CLIENT = frozenset({"Accept-Encoding", "Connection", "Content-Length", "Host", "User-Agent"})
"""Headers that an HTTP client says by itself."""


MAIL_SERVER = {"FROM": "alerts@client.example", "HELLO": HOST, "REQUIRE_TLS": "no"}
"""The mail server that Grafana was set up with, beside its address."""


def declared(capture: Capture) -> bool:
    known = by_lower_type() if capture.family == "grafana" else by_receiver_key()
    name = capture.type.lower() if capture.family == "grafana" else f"{capture.type}_configs"
    return name in known


CAPTURES = [capture for capture in captures() if declared(capture)]


@pytest.fixture(scope="module")
def renderer() -> TemplateRenderer:
    return TemplateRenderer(Setup("grafana"))


@pytest.fixture(scope="module")
def one_sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def send(
    one_sink: Sink, renderer: TemplateRenderer, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Capture, Any], list[dict[str, Any]]]:
    """Sends what was posted through the integration of a capture; gives the requests made."""
    monkeypatch.setattr("socket.gethostname", lambda: HOST)  # a default of Grafana's

    def send(capture: Capture, payload: Any) -> list[dict[str, Any]]:
        one_sink.received.clear()
        one_sink.answers[:] = answers(capture.requests)
        forget_tokens()
        integration = capture.integration()
        notification = integration.told(check_payload(payload))
        if notification.alerts:
            settings, notes = render_settings(integration, notification, renderer)
            assert notes == []
            integration.send(notification, settings, HttpToSink(one_sink))
        added, _ = ADDED.get((capture.family, capture.type), ("no such path", ""))
        return [told(got) for got in one_sink.received if added not in got.path]

    return send


BY_HTTP = [each for each in CAPTURES if each.type not in ("email", "mqtt")]


@pytest.mark.parametrize("capture", BY_HTTP, ids=str)
def test_the_requests_are_those_of_the_original(
    capture: Capture, send: Callable[[Capture, Any], list[dict[str, Any]]]
) -> None:
    compare(capture, send(capture, capture.payload))


AGAIN = [
    each
    for each in BY_HTTP
    if each.family == "grafana"
    and each.name == "minimal"
    and each.alerts in ("mixed", "pictures")
    and each.type != "prometheus-alertmanager"  # it wants addresses as they were before
]


@pytest.mark.parametrize("capture", AGAIN, ids=str)
def test_what_grafana_posted_leads_to_the_same_requests_as_what_alertmanager_posts(
    capture: Capture, send: Callable[[Capture, Any], list[dict[str, Any]]]
) -> None:
    (posted,) = Capture("grafana", "webhook", "minimal", capture.alerts).requests
    compare(capture, send(capture, posted["json"]))


def compare(capture: Capture, sent: list[dict[str, Any]]) -> None:
    wanted = capture.requests
    assert [address(each) for each in sent] == [address(each) for each in wanted]
    for ours, theirs in zip(sent, wanted, strict=True):
        found = [
            f"{path}: theirs {shortened(one)!r}, ours {shortened(other)!r}"
            for path, one, other in differences(clean(theirs), clean(ours))
            if not is_allowed(capture, path, one, other)
        ]
        assert not found, "\n".join(found)


@pytest.mark.parametrize("capture", [each for each in CAPTURES if each.type == "email"], ids=str)
def test_the_mails_are_those_of_the_original(
    capture: Capture, renderer: TemplateRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grafana's own layout is not compared: ours says the same in our words."""
    with mail_sink() as (smarthost, mails):
        for name, text in MAIL_SERVER.items():
            monkeypatch.setenv(f"CONTACTPOINTS_SMTP_{name}", text)
        monkeypatch.setenv("CONTACTPOINTS_SMTP_SMARTHOST", smarthost)
        integration = capture.integration(smarthost)
        notification = integration.told(check_payload(capture.payload))
        settings, notes = render_settings(integration, notification, renderer)
        assert notes == []
        integration.send(notification, settings, Http())
    wanted = [request["mail"] for request in capture.requests]
    assert len(mails) == len(wanted)
    for ours, theirs in zip(mails, wanted, strict=True):
        for (_, said), their_part in zip(ours["parts"], theirs["parts"], strict=True):
            if their_part[1] is None:
                assert settings.message or all(a.name in said for a in notification.alerts)
                their_part[1] = said
        assert list(differences(theirs, ours)) == []


def test_a_webhook_signs_what_it_sends(one_sink: Sink, renderer: TemplateRenderer) -> None:
    """The signatures of the captures are of the original's bytes; these are of ours."""
    for name, header, stamp in (
        ("hmac", "X-Grafana-Alerting-Signature", ""),
        ("headers", "X-Sig", "X-Time"),
    ):
        capture = Capture("grafana", "webhook", name, "firing")
        one_sink.received.clear()
        integration, notification = capture.integration(), check_payload(capture.payload)
        settings, _ = render_settings(integration, notification, renderer)
        integration.send(notification, settings, HttpToSink(one_sink))
        (got,) = one_sink.received
        signed = got.body
        if stamp:
            assert abs(int(got.headers[stamp]) - got.at) < 5
            signed = got.headers[stamp].encode() + b":" + got.body
        assert got.headers[header] == hmac.new(b"s3", signed, "sha256").hexdigest()


def address(request: dict[str, Any]) -> str:
    """Where a request goes, without its query."""
    return f"{request['method']} {request['url'].partition('?')[0]}"


def clean(request: dict[str, Any]) -> dict[str, Any]:
    """A request with what is compared of it, beside its address."""
    query = sorted(parse_qsl(request["url"].partition("?")[2], keep_blank_values=True))
    headers = {
        name: value for name, value in request["headers"].items() if name not in OF_THE_CLIENT
    }
    body = {key: request[key] for key in ("json", "form", "multipart", "text") if key in request}
    if "form" in body:
        body["form"] = sorted(body["form"])
    if "multipart" in body:
        body["multipart"] = sorted(map(opened, body["multipart"]), key=lambda part: part["name"])
    return {"query": [list(pair) for pair in query], "headers": headers, **body}


def opened(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a form, as data when its text is JSON."""
    value = part["value"]
    return {**part, "value": json.loads(value) if value.startswith("{") else value}


def is_allowed(capture: Capture, path: str, theirs: Any, ours: Any) -> bool:
    if any(re.fullmatch(pattern, f"{capture} {path}") for pattern in ALLOWED):
        return True
    if not isinstance(ours, str) or not (end := ENDING.search(ours)):
        return False
    is_cut = str(theirs).endswith("…") or any(re.fullmatch(one, str(capture)) for one in CUT)
    beginning = without_untold(ours[: end.start()])
    return is_cut and str(without_untold(theirs)).startswith(beginning)


def differences(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every place where two values are not the same."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from differences(
                theirs.get(key, "(nothing)"), ours.get(key, "(nothing)"), f"{path}.{key}"
            )
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif type(theirs) is not type(ours) or without_untold(theirs) != without_untold(ours):
        yield path, theirs, ours


def without_untold(value: Any) -> Any:
    """A text without what is not compared."""
    if isinstance(value, str):
        for pattern in UNTOLD:
            value = pattern.sub("…", value)
    return value


def shortened(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) < 600 else f"{text[:300]} ⋯ {text[-200:]} ({len(text)} characters)"
