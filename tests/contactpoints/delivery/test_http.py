"""Every way in which a target can fail is classified, bounded in time, and told without secrets."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest

from contactpoints.delivery.http import BODY_LIMIT, DeliveryError, Http, refused
from contactpoints.delivery.login import forget_tokens
from contactpoints.delivery.outcome import retry_after
from contactpoints.delivery.transport import bypasses
from tests.contactpoints.conftest import Certificate
from tests.contactpoints.sinks import Answer, Received, Sink


def failure(url: str, **options: Any) -> DeliveryError:
    limit = options.pop("time_limit", 5)
    with pytest.raises(DeliveryError) as caught:
        Http(time_limit=limit).post(url, **{"json": {"a": 1}, **options})
    return caught.value


def test_json_goes_out_compact_and_the_answer_comes_back(sink: Sink) -> None:
    sink.answer = Answer(201, b'{"ok": true}', {"X-Id": "7"})
    reply = Http().post(sink.url + "/a?b=c", json={"text": "Grüße", "n": [1, 2]})
    assert (reply.status, reply.json(), reply.headers["x-id"]) == (201, {"ok": True}, "7")
    got = sink.received[0]
    assert got.body == '{"text":"Grüße","n":[1,2]}'.encode()
    assert (got.method, got.path) == ("POST", "/a?b=c")
    assert got.headers["Content-Type"] == "application/json"


def test_forms_raw_bodies_and_files_go_out_as_they_are(sink: Sink) -> None:
    http = Http()
    http.post(sink.url, data={"a": "b c"}, method="PUT")
    http.post(sink.url, data="<x/>", headers={"Content-Type": "text/xml"})
    http.post(sink.url, files={"f": ("name.txt", b"content")})
    form, raw, files = sink.received
    assert (form.method, form.body) == ("PUT", b"a=b+c")
    assert form.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (raw.body, raw.headers["Content-Type"]) == (b"<x/>", "text/xml")
    assert b"content" in files.body


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (300, "other", True),
        (400, "clientError", True),
        (401, "authError", True),
        (403, "authError", True),
        (404, "clientError", True),
        (408, "clientError", False),
        (413, "clientError", True),
        (429, "rateLimited", False),
        (500, "serverError", False),
        (503, "serverError", False),
    ],
)
def test_a_status_is_classified(sink: Sink, status: int, reason: str, permanent: bool) -> None:
    sink.answer = Answer(status, b"no\x00 way\r\n")
    error = failure(sink.url)
    assert (error.reason, error.permanent, error.status) == (reason, permanent, status)
    assert str(error) == f"unexpected status code {status}: no way"


def test_retry_after_is_read_as_seconds_and_as_a_date(sink: Sink) -> None:
    sink.answer = Answer(429, headers={"Retry-After": "17"})
    assert failure(sink.url).retry_after == 17
    sink.answer = Answer(503, headers={"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    assert 50 < (failure(sink.url).retry_after or 0) <= 60
    assert retry_after("soon") is None
    assert retry_after("-5") is None
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0


def test_a_refused_connection_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = failure(f"http://127.0.0.1:{port}/secret-path")
    assert (error.reason, error.permanent) == ("other", False)
    assert str(error) == "no connection: connection refused"


def test_an_unknown_host_is_tried_again() -> None:
    error = failure("http://no-such-host.invalid/secret-path")
    assert not error.permanent
    assert str(error) == "the name of the host was not found"


@pytest.mark.parametrize(
    "answer", [Answer(delay=30), Answer(trickle=0.2), Answer(body=b"x" * 200, trickle=0.05)]
)
def test_a_target_that_hangs_or_trickles_is_cut_off_in_time(sink: Sink, answer: Answer) -> None:
    """The limit is for the whole exchange: a byte now and then does not stretch it."""
    sink.answer = answer
    begin = time.monotonic()
    error = failure(sink.url, time_limit=1)
    assert time.monotonic() - begin < 4
    assert (error.reason, error.permanent) == ("contextDeadlineExceeded", False)


def test_all_requests_of_an_attempt_share_its_time(sink: Sink) -> None:
    http = Http(time_limit=0.5)
    http.post(sink.url)
    time.sleep(0.6)
    with pytest.raises(DeliveryError) as caught:
        http.post(sink.url)
    assert caught.value.reason == "contextDeadlineExceeded"
    assert len(sink.received) == 1


@pytest.mark.parametrize("timeout", [0.3, "300ms", "300000000"])
def test_a_shorter_limit_of_the_integration_holds(sink: Sink, timeout: Any) -> None:
    pytest.importorskip("alertmanager_configs.durations")
    sink.answer = Answer(delay=5)
    begin = time.monotonic()
    assert failure(sink.url, timeout=timeout).reason == "contextDeadlineExceeded"
    assert time.monotonic() - begin < 4


def test_a_dropped_connection_is_tried_again(sink: Sink) -> None:
    sink.answer = Answer(drop=True)
    error = failure(sink.url)
    assert not error.permanent
    assert str(error) == "the connection was closed without an answer"


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://x/", "http://", "http://[::1", "http://a b/", "http://x:99999/"]
)
def test_an_address_that_cannot_be_is_permanent(url: str) -> None:
    error = failure(url)
    assert (error.reason, error.permanent) == ("clientError", True)


def test_a_header_that_cannot_be_is_permanent(sink: Sink) -> None:
    assert failure(sink.url, headers={"X-A": "one\r\nX-B: two"}).permanent
    assert sink.received == []


def test_header_values_may_be_any_text(sink: Sink) -> None:
    Http().post(sink.url, headers={"X-A": "grün 🚨"})
    assert sink.received[0].headers["X-A"].encode("latin-1").decode() == "grün 🚨"


def test_an_answer_is_read_up_to_the_limit(sink: Sink) -> None:
    sink.answer = Answer(body=b"x" * (BODY_LIMIT * 4))
    assert len(Http().post(sink.url).body) == BODY_LIMIT
    sink.answer = Answer(500, b"y" * BODY_LIMIT)
    assert len(str(failure(sink.url))) <= 1024


def test_no_secret_shows_in_an_error(sink: Sink) -> None:
    """The target echoes everything that it got."""
    sink.answer = lambda got: Answer(400, f"{got.path} {got.headers} {got.body!r}".encode())
    url = sink.url.replace("://", "://user:p4ssw0rd@") + "/services/T0SECRETB0/x?token=t0psecret"
    with pytest.raises(DeliveryError) as caught:
        Http(secrets=["in-the-body"]).post(
            url,
            json={"key": "in-the-body"},
            headers={"X-Api-Key": "k3y-in-header"},
            http_config={"authorization": {"credentials": "b3arer-token"}},
        )
    text = str(caught.value) + repr(caught.value)
    for secret in ("p4ssw0rd", "T0SECRETB0", "t0psecret", "in-the-body", "k3y-in-header", "b3arer"):
        assert secret not in text
    assert "<secret>" in text


def test_redirects_are_followed_unless_told_otherwise(sink: Sink) -> None:
    sink.answer = lambda got: (
        Answer(307, headers={"Location": "/new"}) if got.path == "/old" else Answer()
    )
    assert Http().post(sink.url + "/old", json=1).status == 200
    assert [got.path for got in sink.received] == ["/old", "/new"]
    error = failure(sink.url + "/old", http_config={"follow_redirects": False})
    assert (error.status, error.permanent) == (307, True)
    sink.answer = Answer(302, headers={"Location": "/again"})
    assert str(failure(sink.url)) == "too many redirects"


def test_connections_are_kept_and_cookies_are_not(sink: Sink) -> None:
    sink.answer = Answer(headers={"Set-Cookie": "session=1"})
    Http().post(sink.url)
    Http().post(sink.url)
    assert "Cookie" not in sink.received[1].headers


LOGINS: list[tuple[dict[str, Any], str]] = [
    ({"basic_auth": {"username": "u", "password": "ü"}}, "Basic dTrDvA=="),
    ({"authorization": {"credentials": "abc"}}, "Bearer abc"),
    ({"authorization": {"type": "GenieKey", "credentials": "abc"}}, "GenieKey abc"),
    ({"bearer_token": "abc"}, "Bearer abc"),
]


@pytest.mark.parametrize(("config", "header"), LOGINS)
def test_http_config_logs_in(sink: Sink, config: dict[str, Any], header: str) -> None:
    Http().post(sink.url, http_config=config)
    assert sink.received[0].headers["Authorization"] == header


def test_secrets_come_from_files_and_a_missing_file_may_come_later(
    sink: Sink, tmp_path: Any
) -> None:
    file = tmp_path / "password"
    config = {
        "basic_auth": {"username": "u", "password_file": str(file)},
        "http_headers": {"X-One": {"values": ["a"], "secrets": ["b"], "files": [str(file)]}},
    }
    error = failure(sink.url, http_config=config)
    assert not error.permanent
    file.write_text("p\n")
    Http().post(sink.url, http_config=config)
    assert sink.received[0].headers["Authorization"] == "Basic dTpw"
    assert sink.received[0].headers["X-One"] == "a, b, p"


def test_an_oauth2_token_is_fetched_once_and_again_when_refused(sink: Sink) -> None:
    forget_tokens()

    def answer(got: Received) -> Answer:
        if got.path == "/token":
            return Answer(
                body=b'{"access_token": "tok", "token_type": "bearer", "expires_in": 3600}'
            )
        return answers.pop() if answers else Answer()

    answers = [Answer(401)]
    sink.answer = answer
    config = {
        "oauth2": {
            "client_id": "id",
            "client_secret": "s3",
            "token_url": sink.url + "/token",
            "scopes": ["a", "b"],
            "endpoint_params": {"audience": "x"},
        }
    }
    assert failure(sink.url + "/send", http_config=config).reason == "authError"
    for _ in range(2):
        Http().post(sink.url + "/send", http_config=config)
    assert [got.path for got in sink.received] == ["/token", "/send", "/token", "/send", "/send"]
    assert sink.received[0].body == b"grant_type=client_credentials&audience=x&scope=a+b"
    assert sink.received[0].headers["Authorization"] == "Basic aWQ6czM="
    assert sink.received[4].headers["Authorization"] == "Bearer tok"


def test_tls_is_verified(tls_sink: Sink, certificate: Certificate) -> None:
    error = failure(tls_sink.url)
    assert not error.permanent
    assert str(error) == "the certificate is not trusted: self-signed certificate"
    for tls in (
        {"ca_file": str(certificate.cert)},
        {"ca": certificate.cert.read_text()},
        {"insecure_skip_verify": True},
        {"ca_file": str(certificate.cert), "server_name": "peer.example"},
    ):
        assert Http().post(tls_sink.url, http_config={"tls_config": tls}).status == 200
    wrong = {"ca_file": str(certificate.cert), "server_name": "other.example"}
    assert "not trusted" in str(failure(tls_sink.url, http_config={"tls_config": wrong}))
    assert failure(tls_sink.url, http_config={"tls_config": {"ca": "no pem"}}).permanent


def test_a_client_certificate_is_shown(certificate: Certificate) -> None:
    sink = Sink(certificate.server(clients=True))
    try:
        tls = {"ca_file": str(certificate.cert)}
        assert not failure(sink.url, http_config={"tls_config": tls}).permanent
        tls |= {"cert_file": str(certificate.cert), "key": certificate.key.read_text()}
        assert Http().post(sink.url, http_config={"tls_config": tls}).status == 200
    finally:
        sink.close()


def test_a_proxy_gets_the_request(sink: Sink) -> None:
    url = "http://target.invalid/x"
    Http().post(url, http_config={"proxy_url": sink.url})
    assert sink.received[0].path == url
    config = {"proxy_url": sink.url, "no_proxy": "target.invalid"}
    assert str(failure(url, http_config=config)) == "the name of the host was not found"


def test_the_environments_proxy_is_used_when_asked(sink: Sink, monkeypatch: Any) -> None:
    monkeypatch.setenv("HTTP_PROXY", sink.url)
    monkeypatch.setenv("http_proxy", sink.url)
    Http(proxy_from_environment=True).post("http://target.invalid/x")
    assert len(sink.received) == 1
    assert not failure("http://target.invalid/x").permanent
    assert len(sink.received) == 1


@pytest.mark.parametrize(
    ("url", "no_proxy", "expected"),
    [
        ("http://a.example/", "example", True),
        ("http://a.example/", ".example", True),
        ("http://an-example/", "example", False),
        ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://10.1.2.3/", "11.0.0.0/8,10.1.2.3", True),
        ("http://a.example:81/", "a.example:80", False),
        ("http://a.example/", "*", True),
        ("http://a.example/", "", False),
    ],
)
def test_no_proxy(url: str, no_proxy: str, expected: bool) -> None:
    assert bypasses(url, no_proxy) is expected


@contextmanager
def resetting_server() -> Iterator[str]:
    """Takes a connection and resets it."""
    server = socket.create_server(("127.0.0.1", 0))

    def reset() -> None:
        peer, _ = server.accept()
        peer.recv(100)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()

    thread = threading.Thread(target=reset)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    thread.join()
    server.close()


def test_a_reset_connection_is_tried_again() -> None:
    with resetting_server() as url:
        error = failure(url)
    assert not error.permanent
    assert "reset" in str(error) or "closed" in str(error)  # by when the reset comes


def test_a_refusal_in_the_body_is_permanent_unless_it_says_later() -> None:
    assert refused("invalid_token").permanent
    later = refused("ratelimited", busy=("ratelimited",))
    assert (later.permanent, later.reason) == (False, "rateLimited")
    key = hashlib.sha256(b"x").hexdigest()
    assert key not in str(refused(f"bad key {key}", secrets=[key]))
