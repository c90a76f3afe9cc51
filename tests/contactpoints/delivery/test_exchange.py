"""Where answers lead: redirects, tokens that ended, and answers that break off."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from contactpoints.delivery.hiding import without_secrets
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.delivery.login import basic, forget_tokens
from tests.contactpoints.integrations.faulty import Peer, peer
from tests.contactpoints.sinks import Answer, Received, Sink


def failure(url: str, **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        Http(time_limit=3).post(url, **{"json": {"a": 1}, **options})
    return caught.value


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [
        (301, "GET", b""),
        (302, "GET", b""),
        (303, "GET", b""),
        (307, "POST", b'{"a":1}'),
        (308, "POST", b'{"a":1}'),
    ],
)
def test_a_redirect_keeps_the_body_or_becomes_a_get(
    sink: Sink, status: int, method: str, body: bytes
) -> None:
    sink.answers = [Answer(status, b"moved", {"Location": "../new?x=a b"}), Answer(200, b"there")]
    assert Http().post(f"{sink.url}/old/place", json={"a": 1}).text == "there"
    got = sink.received[1]
    assert (got.method, got.path, got.body) == (method, "/new?x=a%20b", body)
    assert ("Content-Type" in got.headers) is bool(body)


def test_a_login_is_for_the_host_that_it_is_set_up_for(sink: Sink) -> None:
    other = sink.url.replace("127.0.0.1", "localhost")
    sink.answers = [
        Answer(307, headers={"Location": "/near"}),
        Answer(307, headers={"Location": f"{other}/far"}),
    ]
    Http().post(sink.url, json=1, auth=("user", "password"))
    assert [got.headers.get("Authorization") for got in sink.received] == [
        *[basic("user", "password")] * 2,
        None,
    ]


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://x/"])
def test_a_redirect_leads_to_web_addresses_only(sink: Sink, target: str) -> None:
    sink.answer = Answer(302, headers={"Location": target})
    assert failure(sink.url).permanent


def broken_off(status: str, *headers: str) -> Any:
    def talk(peer: Peer, sock: socket.socket) -> None:
        sock.recv(65536)
        lines = (f"HTTP/1.1 {status}", "Content-Length: 100", *headers, "", "only this")
        peer.send(sock, "\r\n".join(lines).encode())

    return talk


def test_a_status_counts_although_its_text_breaks_off() -> None:
    with peer(broken_off("429 Slow", "Retry-After: 5")) as target:
        error = failure(f"http://{target.address}/")
    assert (error.reason, error.permanent, error.retry_after) == ("rateLimited", False, 5)
    with peer(broken_off("400 No")) as target:
        assert failure(f"http://{target.address}/").permanent


def test_an_answer_that_breaks_off_may_not_have_meant_yes() -> None:
    with peer(broken_off("200 OK")) as target:
        assert not failure(f"http://{target.address}/").permanent


def test_a_token_that_ended_early_is_no_reason_to_give_up(sink: Sink) -> None:
    """A token from before may have ended; one that was just made is refused for good."""
    forget_tokens()
    valid = {"Bearer token-1"}

    def answer(got: Received) -> Answer:
        if got.path == "/token":
            number = 1 + sum(each.path == "/token" for each in sink.received[:-1])
            return Answer(body=b'{"access_token":"token-%d","expires_in":3600}' % number)
        return Answer(200 if got.headers["Authorization"] in valid else 401)

    sink.answer = answer
    oauth2 = {"client_id": "early", "client_secret": "s", "token_url": f"{sink.url}/token"}
    config = {"oauth2": oauth2}
    Http().post(sink.url, json={}, http_config=config)
    valid.clear()
    first, second = (failure(sink.url, http_config=config) for _ in range(2))
    assert (first.reason, first.permanent) == ("authError", False)
    assert (second.reason, second.permanent) == ("authError", True)
    valid.add("Bearer token-3")
    Http().post(sink.url, json={}, http_config=config)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"RateLimit-Reset": "12"}, 12),
        ({"X-RateLimit-Reset-After": "1.5"}, 1.5),
        ({"X-RateLimit-Reset": "<milliseconds>"}, 300),
        ({"X-Limit-App-Reset": "<seconds>"}, 300),
        ({"X-RateLimit-Reset": "tomorrow"}, None),
        ({"Retry-After": "3", "RateLimit-Reset": "12"}, 3),
    ],
)
def test_a_vendor_says_when_its_limit_is_over(
    sink: Sink, headers: dict[str, str], wait: float | None
) -> None:
    then = time.time() + 300
    times = {"<seconds>": str(int(then)), "<milliseconds>": str(int(then * 1000))}
    headers = {name: times.get(value, value) for name, value in headers.items()}
    sink.answer = Answer(429, b"no", headers)
    assert failure(sink.url).retry_after == (wait and pytest.approx(wait, abs=30))
    sink.answer = Answer(400, b"no", headers)
    if "Retry-After" not in headers:
        assert failure(sink.url).retry_after is None


SECRET = 'p4ss "wörd"&<b>/+='


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "p4ss%20%22w%C3%B6rd%22%26%3Cb%3E%2F%2B%3D",
        "p4ss+%22w%C3%B6rd%22%26%3Cb%3E%2F%2B%3D",
        'p4ss \\"wörd\\"&<b>/+=',
        'p4ss \\"w\\u00f6rd\\"\\u0026\\u003cb\\u003e/+=',
        'p4ss \\\\\\"wörd\\\\\\"&<b>/+=',
        "p4ss &quot;wörd&quot;&amp;&lt;b&gt;/+=",
        "p4ss &#34;wörd&#34;&amp;&lt;b&gt;/+=",
        'p4ss "wÃ¶rd"&<b>/+=',
        "cDRzcyAid8O2cmQiJjxiPi8rPQ==",
        "cDRzcyAid8O2cmQiJjxiPi8rPQ",
    ],
)
def test_a_secret_is_hidden_however_it_is_written(text: str) -> None:
    assert without_secrets(f"before {text} after", [SECRET]) == "before <secret> after"
