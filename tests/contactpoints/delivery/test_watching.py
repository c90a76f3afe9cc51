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


def test_a_token_that_an_answer_gives_is_not_seen(sink: Sink) -> None:
    sink.answer = lambda got: Answer(body=b'{"access_token": "t0ken-1", "id_token": "t0ken-2"}')
    login = {"client_id": "id", "client_secret": "s3cret", "token_url": f"{sink.url}/token"}
    with watching() as exchanges:
        Http(secrets=["s3cret"]).post(f"{sink.url}/in", json={}, http_config={"oauth2": login})
    assert [got.path for got in sink.received] == ["/token", "/in"]
    assert len(exchanges) == 2
    assert "t0ken" not in repr(exchanges)


@pytest.mark.parametrize("answer", [b"[1]", b"no", b'{"access_token": 5}', b"[" * 5000])
def test_an_answer_without_tokens_is_seen_as_it_is(sink: Sink, answer: bytes) -> None:
    sink.answer = Answer(body=answer)
    with watching() as exchanges:
        Http().post(sink.url, json={})
    assert exchanges[0].answer == answer.decode()


def test_nothing_is_kept_when_nobody_watches(sink: Sink) -> None:
    with watching() as exchanges:
        pass
    Http().post(sink.url, json={})
    assert exchanges == []
