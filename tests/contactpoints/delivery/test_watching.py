"""Whoever tests a contact point sees the request and the answer, and no secret in either."""

from __future__ import annotations

import pytest

from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.delivery.watching import watching
from tests.contactpoints.sinks import Answer, Sink


def test_the_request_and_its_answer_are_seen(sink: Sink) -> None:
    sink.answer = lambda got: Answer(200, b'{"ok": true}')
    with watching() as exchanges:
        Http().post(sink.url + "/hook", json={"text": "disk full"})
    (seen,) = exchanges
    assert (seen.method, seen.status, seen.answer) == ("POST", 200, '{"ok": true}')
    assert seen.body == '{"text":"disk full"}'
    assert ("Content-Type", "application/json") in seen.headers


def test_no_secret_is_seen_in_address_headers_body_or_answer(sink: Sink) -> None:
    sink.answer = lambda got: Answer(400, b"no hush-hush for T0KEN-in-path")
    with watching() as exchanges, pytest.raises(DeliveryError):
        Http(secrets=["hush-hush"]).post(
            sink.url + "/T0KEN-in-path?key=qu3ry-secret",
            json={"key": "hush-hush"},
            headers={"Authorization": "Bearer bearer-secret"},
        )
    said = repr(exchanges)
    for secret in ("hush-hush", "T0KEN-in-path", "qu3ry-secret", "bearer-secret"):
        assert secret not in said
    assert exchanges[0].status == 400


def test_nothing_is_kept_when_nobody_watches(sink: Sink) -> None:
    with watching() as exchanges:
        pass
    Http().post(sink.url, json={})
    assert exchanges == []
