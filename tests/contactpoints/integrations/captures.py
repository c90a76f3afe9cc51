"""The requests that Grafana's and Alertmanager's own senders made, and ours, in one form.

A file of ``captured/<family>/`` holds one integration: its ``settings`` by name, as a dialect says
them, and its ``requests`` by the names of the settings and of the alerts. ``payloads.json`` holds
what Alertmanager's webhook posts for these alerts. A long text is stored as ``{"~": [...]}``:
pieces of text, and [piece, times]. An ``answer`` is what the target said; 200 "ok" when there is
none.
"""

from __future__ import annotations

import email.policy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from contactpoints.base import Integration
from contactpoints.delivery.http import Http, Reply
from contactpoints.spelling import Family
from tests.contactpoints.sinks import Answer, Received, Sink
from translators import read_text

FOLDER = Path(__file__).parent / "captured"
MAIL_SINK = "sink.example:2525"  # the mail server that the captured settings name
UNTOLD = frozenset({"date", "message-id", "mime-version", "content-transfer-encoding"})
DIALECTS: dict[str, str] = {"alertmanager": "alertmanager", "grafana": "grafana-file"}


@dataclass(frozen=True)
class Capture:
    """One notification through one configured integration."""

    family: Family
    type: str
    name: str
    alerts: str

    def __str__(self) -> str:
        return f"{self.family}-{self.type}-{self.name}-{self.alerts}"

    @property
    def file(self) -> dict[str, Any]:
        return read(FOLDER / self.family / f"{self.type.lower()}.json")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What the original sent, in order."""
        found: list[dict[str, Any]] = unpacked(self.file["requests"][self.name][self.alerts])
        for request in found:
            if request.get("json") == "the payload":
                request["json"] = self.payload
        return found

    @property
    def payload(self) -> dict[str, Any]:
        """What Alertmanager posts for the alerts."""
        found: dict[str, Any] = payloads()[self.alerts]
        return found

    def integration(self, smarthost: str = "") -> Integration:
        """The integration, read from a whole configuration."""
        settings = dict(self.file["settings"][self.name])
        if self.family == "alertmanager":
            if settings.get("smarthost") == MAIL_SINK:
                settings["smarthost"] = smarthost
            receiver = {"name": "team", f"{self.type}_configs": [settings]}
            whole: dict[str, Any] = {"route": {"receiver": "team"}, "receivers": [receiver]}
        else:
            receiver = {"uid": "u1", "type": self.type, "settings": settings}
            if "disableResolveMessage" in settings:
                receiver |= settings
            point = {"orgId": 1, "name": "team", "receivers": [receiver]}
            whole = {"apiVersion": 1, "contactPoints": [point]}
        reading = read_text(json.dumps(whole), read=DIALECTS[self.family])
        reading.problems.raise_if_any(str(self))
        ((_, integration),) = reading.setup.integrations()
        return integration


def captures() -> Iterator[Capture]:
    """Every capture there is."""
    families: tuple[Family, ...] = ("alertmanager", "grafana")
    for family in families:
        for path in sorted((FOLDER / family).glob("*.json")):
            held = read(path)
            for name, by_alerts in held["requests"].items():
                for alerts in by_alerts:
                    yield Capture(family, held["type"], name, alerts)


@cache
def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def payloads() -> dict[str, Any]:
    found: dict[str, Any] = unpacked(read(FOLDER / "payloads.json")["payloads"])
    return found


def unpacked(value: Any) -> Any:
    """``value`` with the long texts whole."""
    if isinstance(value, list):
        return [unpacked(item) for item in value]
    if isinstance(value, dict):
        if list(value) == ["~"]:
            return "".join(p if isinstance(p, str) else p[0] * p[1] for p in value["~"])
        return {key: unpacked(item) for key, item in value.items()}
    return value


class HttpToSink(Http):
    """Sends everything to a sink, which finds in the path where it was meant to go."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(time_limit=20)
        self.sink = sink

    def post(self, url: str, **more: Any) -> Reply:
        parts = urlsplit(url)
        userinfo, at, host = parts.netloc.rpartition("@")
        here = urlsplit(self.sink.url)
        return super().post(
            urlunsplit(
                (
                    here.scheme,
                    userinfo + at + here.netloc,
                    f"/{parts.scheme}/{host}{parts.path}",
                    parts.query,
                    parts.fragment,
                )
            ),
            **more,
        )


def answers(requests: list[dict[str, Any]]) -> list[Answer]:
    """What the targets answered."""
    said = [request.get("answer", {"status": 200, "body": "ok"}) for request in requests]
    return [Answer(each["status"], each["body"].encode()) for each in said]


def told(got: Received) -> dict[str, Any]:
    """A request in the form of the captures."""
    _, scheme, rest = got.path.split("/", 2)
    headers = {name.title(): value for name, value in got.headers.items()}
    kind = headers.get("Content-Type", "")
    if kind.startswith("multipart/"):
        headers["Content-Type"] = "multipart/form-data"
    body = decoded(got.body, kind)
    return {"method": got.method, "url": f"{scheme}://{rest}", "headers": headers, **body}


def decoded(body: bytes, kind: str) -> dict[str, Any]:
    """A body as data, under the name of its kind."""
    if not body:
        return {}
    if kind.startswith("multipart/"):
        return {"multipart": [part(each) for each in parts_of(body, kind)]}
    text = body.decode()
    if kind.startswith("application/x-www-form-urlencoded") and not text.startswith("{"):
        return {"form": [list(pair) for pair in parse_qsl(text, keep_blank_values=True)]}
    try:
        return {"json": json.loads(text)}
    except ValueError:
        return {"text": text}


def parts_of(body: bytes, kind: str) -> Iterator[Message]:
    whole = message_from_bytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    yield from whole.iter_parts()


def part(each: Message) -> dict[str, Any]:
    found: dict[str, Any] = {"name": each.get_param("name", header="content-disposition")}
    if each.get_filename():
        found["filename"] = each.get_filename()
    if "content-type" in each:
        found["type"] = each["content-type"]
    payload = each.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return {**found, "value": payload.decode()}


def mail(hello: str, sender: str, recipients: list[str], content: bytes) -> dict[str, Any]:
    """A mail in the form of the captures."""
    message = message_from_bytes(content, policy=email.policy.default)
    parts = [each for each in message.walk() if not each.is_multipart()]
    return {
        "hello": hello,
        "from": sender,
        "to": recipients,
        "headers": {
            name: str(value)
            for name, value in message.items()
            if name.lower() not in UNTOLD | {"content-type"} and str(value)
        },
        "type": message.get_content_type(),
        "parts": [
            [each.get_content_type(), each.get_content().replace("\r\n", "\n")] for each in parts
        ],
    }
