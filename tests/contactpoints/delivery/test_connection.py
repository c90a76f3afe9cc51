"""What goes over a connection, byte for byte; how an answer is read; and when one is used again."""

from __future__ import annotations

import gzip
import http.client
import io
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from contactpoints.delivery.connection import head_of, headers_of
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.delivery.transport import HOSTS, PLAIN, _manager, pool_for
from tests.contactpoints.conftest import Certificate
from tests.contactpoints.integrations.faulty import Peer, Talk, peer
from tests.contactpoints.sinks import Sink

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answering(*answers: bytes, heard: list[bytes] | None = None) -> Talk:
    """Gives an answer for each request, each of which is read at once, and then closes."""

    def talk(peer: Peer, sock: socket.socket) -> None:
        for answer in answers:
            request = sock.recv(65536)
            if request and heard is not None:
                heard.append(request)
            peer.send(sock, answer)

    return talk


def test_a_request_goes_out_in_one_piece_byte_for_byte() -> None:
    heard: list[bytes] = []
    with peer(answering(OK, heard=heard)) as target:
        Http(headers={"X-Of": "all"}).post(
            f"http://{target.address}/a b?c=ü#d",
            json={"text": "Grüße"},
            headers={"X-Name": "grün", "User-Agent": "own"},
            auth=("user", "pass"),
        )
    assert heard[0].decode() == (
        "POST /a%20b?c=%C3%BC HTTP/1.1\r\n"
        f"Host: {target.address}\r\n"
        "Accept-Encoding: identity\r\n"
        "User-Agent: own\r\n"
        "X-Of: all\r\n"
        "Authorization: Basic dXNlcjpwYXNz\r\n"
        "X-Name: grün\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 18\r\n"
        "\r\n"
        '{"text":"Grüße"}'
    )


@pytest.mark.parametrize(
    ("method", "data", "length"),
    [("GET", None, None), ("POST", None, "0"), ("PUT", "", "0"), ("GET", "x", "1")],
)
def test_a_request_says_how_long_it_is(method: str, data: Any, length: str | None) -> None:
    heard: list[bytes] = []
    with peer(answering(OK, heard=heard)) as target:
        Http().post(f"http://{target.address}/", method=method, data=data)
    found = re.search(rb"Content-Length: (\d+)\r\n", heard[0])
    assert (found and found[1].decode()) == length


def test_a_header_that_is_none_is_left_out() -> None:
    heard: list[bytes] = []
    with peer(answering(OK, heard=heard)) as target:
        Http().post(f"http://{target.address}/", json={}, headers={"User-Agent": None})  # type: ignore[dict-item]
    assert b"User-Agent" not in heard[0]


def test_a_proxy_is_told_the_whole_address_and_who_asks() -> None:
    heard: list[bytes] = []
    with peer(answering(OK, heard=heard)) as target:
        config = {
            "proxy_url": f"http://us%40er:pass@{target.address}",
            "proxy_connect_header": {"X-Of-Proxy": ["a", "b"]},
        }
        url = "http://name:word@Target.invalid:8080/x#fragment"
        Http().post(url, data="x", http_config=config)
    assert heard[0].decode() == (
        "POST http://target.invalid:8080/x HTTP/1.1\r\n"
        "Host: target.invalid:8080\r\n"
        "Accept-Encoding: identity\r\n"
        "User-Agent: contactpoints\r\n"
        "Content-Length: 1\r\n"
        "Proxy-Authorization: Basic dXNAZXI6cGFzcw==\r\n"
        "X-Of-Proxy: a, b\r\n"
        "\r\n"
        "x"
    )


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\r\nX-B: c", "a\n", "\r"])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_nothing_puts_a_line_of_its_own_into_a_head(text: str, place: int) -> None:
    method, target, name, value = (text if place == at else "x" for at in range(4))
    with pytest.raises(ValueError, match="line"):
        head_of(method, target, {"Host": "h", name: value})


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(b"X-A: 1", b"x-a:2", b"X-B:\t two ", b" folded", b"\tfolded", b": nameless"),
                *(b"Content-Length: 2", b"X A: 1", b"X-A : 1", b"nonsense", b"From x", b"", b"\r"),
                *(b"X-C: a\x0bb\x85c\x00\xff", b"X-D: one\rX-E: two", b"X: " + b"y" * 65532),
            ]
        ),
        st.binary(max_size=8),
    ),
    max_size=12,
)


def parsed(read: Callable[[Any], Any], head: bytes) -> Any:
    file = io.BytesIO(head)
    try:
        found = HTTPHeaderDict()
        for name, value in read(file).items():
            found.add(name, re.sub(r"[ \t]*\r\n[ \t]+", " ", value))
    except http.client.HTTPException as error:
        return repr(error)
    return list(found.items()), file.read()


@given(lines=LINES, ends=st.sampled_from([b"\r\n", b"\n"]), rest=st.sampled_from([b"", b"body"]))
def test_headers_are_read_as_http_client_reads_them(
    lines: list[bytes], ends: bytes, rest: bytes
) -> None:
    head = b"".join(line + ends for line in (*lines, b"")) + rest
    assert parsed(headers_of, head) == parsed(http.client.parse_headers, head)


@pytest.mark.parametrize("count", [98, 99, 100, 101])
@pytest.mark.parametrize("length", [65530, 65531, 65532, 65533, 65534, 65540])
def test_the_limits_of_headers_are_those_of_http_client(count: int, length: int) -> None:
    head = b"X: 1\r\n" * count + b"\r\nbody"
    assert parsed(headers_of, head) == parsed(http.client.parse_headers, head)
    head = b"X: " + b"y" * length + b"\r\n\r\nbody"
    assert parsed(headers_of, head) == parsed(http.client.parse_headers, head)


def test_an_answer_with_odd_headers_puts_no_address_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nno header\r\n\r\nok"
    with peer(answering(odd)) as target, caplog.at_level(logging.DEBUG):
        Http().post(f"http://{target.address}/T0SECRET", json={})
    assert "T0SECRET" not in caplog.text


def test_lengths_that_contradict_each_other_are_a_fault_of_the_answer() -> None:
    two = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"
    with peer(answering(two)) as target, pytest.raises(DeliveryError) as caught:
        Http().post(f"http://{target.address}/", json={})
    assert (caught.value.reason, caught.value.permanent) == ("other", False)


PACKED = gzip.compress(b"ok")
WHOLE = [
    OK,
    b"HTTP/1.1 204 Nothing\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1\r\no\r\n1;x=y\r\nk\r\n0\r\nX: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED)
    + PACKED,
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: folded\r\n  line\r\n\r\nok",
]


def test_a_connection_is_used_again_when_the_answer_was_read_whole() -> None:
    with peer(answering(*WHOLE)) as target:
        for _ in WHOLE:
            assert Http().post(f"http://{target.address}/", json={}).text in ("ok", "")
        assert target.taken == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot all",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_connection_is_not_used_again_after_an_answer_that_was_not(answer: bytes) -> None:
    with peer(answering(answer, b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")) as target:
        for _ in range(2):
            with suppress(DeliveryError):
                reply = Http(time_limit=0.5).post(f"http://{target.address}/", json={})
                assert reply.status == 200
        assert target.taken >= 2


def test_what_follows_an_answer_is_not_taken_for_the_next_one() -> None:
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    with peer(answering(OK + forged, OK)) as target:
        for _ in range(2):
            assert Http().post(f"http://{target.address}/", json={}).text == "ok"


def test_a_connection_that_the_target_closed_is_replaced_and_nothing_is_sent_twice() -> None:
    heard: list[bytes] = []
    closed = threading.Event()

    def talk(peer: Peer, sock: socket.socket) -> None:
        answering(OK, heard=heard)(peer, sock)
        sock.shutdown(socket.SHUT_RDWR)
        closed.set()

    with peer(talk) as target:
        for number in range(3):
            Http().post(f"http://{target.address}/{number}", json={})
            assert closed.wait(5)
            closed.clear()
        assert [request.split()[1] for request in heard] == [b"/0", b"/1", b"/2"]


def relaying(target: int, context: ssl.SSLContext | None, heard: list[bytes]) -> Talk:
    """A proxy that makes a tunnel to a port of this machine."""

    def pour(source: socket.socket, into: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                into.sendall(data)
            into.shutdown(socket.SHUT_WR)

    def talk(peer: Peer, sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) if context else sock as client:
            heard.append(client.recv(65536))
            peer.send(client, b"HTTP/1.1 200 Established\r\nX: 1\r\n\r\n")
            with socket.create_connection(("127.0.0.1", target)) as there:
                threading.Thread(target=pour, args=(client, there), daemon=True).start()
                pour(there, client)

    return talk


def test_a_tunnel_is_made_through_a_proxy_and_kept(
    tls_sink: Sink, certificate: Certificate
) -> None:
    heard: list[bytes] = []
    with peer(relaying(tls_sink.port, None, heard)) as proxy:
        config = {
            "proxy_url": f"http://user:pass@{proxy.address}",
            "proxy_connect_header": {"X-Of-Proxy": ["a", "b"]},
            "tls_config": {"ca_file": str(certificate.cert)},
        }
        for _ in range(2):
            Http().post("https://peer.example/x", json={}, http_config=config)
    assert heard[0].startswith(b"CONNECT peer.example:443 HTTP/1.")
    assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\nX-Of-Proxy: a, b\r\n" in heard[0]
    assert len(heard) == 1
    assert [got.path for got in tls_sink.received] == ["/x", "/x"]
    assert tls_sink.received[0].headers["Host"] == "peer.example"
    assert "Proxy-Authorization" not in tls_sink.received[0].headers


def test_connections_are_kept_to_so_many_hosts_and_not_more() -> None:
    pool_for.cache_clear()
    for number in range(HOSTS + 10):
        pool_for(PLAIN, "", "http", "127.0.0.1", 1 + number)
    assert pool_for.cache_info().currsize == HOSTS


def test_certificates_are_loaded_once_although_many_threads_begin() -> None:
    pool_for.cache_clear()
    _manager.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda port: pool_for(PLAIN, "", "http", "127.0.0.1", port), range(1, 99)))
    assert _manager.cache_info().misses == 1
