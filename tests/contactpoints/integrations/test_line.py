"""LINE Notify: a text."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from contactpoints.integrations import by_lower_type, line
from tests.contactpoints.integrations.sending import RESOLVED, faults, made, notification, send
from tests.contactpoints.sinks import Sink


@pytest.fixture
def api(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Sink:
    monkeypatch.setattr(line, "API", f"{sink.url}/api/notify")
    return sink


def test_title_and_description_are_one_text_in_a_form(api: Sink) -> None:
    send(made("LINE", "grafana", {"token": "t0ken"}))
    (got,) = api.received
    assert (got.method, got.path) == ("POST", "/api/notify")
    assert got.headers["Authorization"] == "Bearer t0ken"
    assert got.headers["Content-Type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    form = parse_qs(got.body.decode())
    assert list(form) == ["message"]
    title, _, rest = form["message"][0].partition("\n")
    assert title == "[FIRING:1] DiskFull (db1 größe & co)"
    assert rest.startswith("**Firing**\n")


def test_a_long_text_is_cut_to_1000_characters(api: Sink) -> None:
    said = {"token": "t0ken", "title": "t", "description": "警" * 2000}
    send(made("LINE", "grafana", said), notification(*RESOLVED))
    text = parse_qs(api.received[0].body.decode())["message"][0]
    assert text == "t\n" + "警" * 997 + "…"


def test_it_is_found_in_any_case_needs_a_token_and_has_ended() -> None:
    assert by_lower_type()["line"] is line.Line
    assert faults("LINE", "grafana", {}) == ["could not find token in settings"]
    assert line.Line.notice is not None
    assert line.Line.notice.date == "2025-03-31"
