"""Connections that are kept: served however many there are, and let go of when the service ends."""

from __future__ import annotations

import http.client
import time

from tests.contactpoints.posts import body
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Sink

ROUNDS = 5


def opened(service: Process, count: int) -> list[http.client.HTTPConnection]:
    return [http.client.HTTPConnection("127.0.0.1", service.port, timeout=20) for _ in range(count)]


def post(connection: http.client.HTTPConnection, key: str) -> int:
    head = {"Content-Type": "application/json"}
    connection.request("POST", "/webhook/ops", body(groupKey=key), head)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_more_connections_than_threads_are_all_served(make: Make, sink: Sink) -> None:
    """Two threads, eight connections that stay open: none is left out for another's sake."""
    service = make(webhook_config(ops=sink.url), THREADS=2).start().ready()
    connections = opened(service, 8)
    statuses = [
        post(connection, f"{turn} {number}")
        for turn in range(ROUNDS)
        for number, connection in enumerate(connections)
    ]
    assert statuses == [202] * len(connections) * ROUNDS


def test_requests_of_one_connection_come_soon_or_late(make: Make, sink: Sink) -> None:
    """While its thread still waits for the next, and when it has stopped to."""
    service = make(webhook_config(ops=sink.url), THREADS=4).start().ready()
    (connection,) = opened(service, 1)
    for number, pause in enumerate((0, 0, 0.02, 0.2, 0, 0.2)):
        time.sleep(pause)
        assert post(connection, str(number)) == 202


def test_two_requests_at_once_are_both_answered(make: Make, sink: Sink) -> None:
    """The second is read together with the first."""
    service = make(webhook_config(ops=sink.url), THREADS=4).start().ready()
    (connection,) = opened(service, 1)
    connection.connect()
    request = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"
    connection.sock.sendall(request * 2)
    read = b""
    while read.count(b"HTTP/1.1 200") < 2:
        piece = connection.sock.recv(4096)
        assert piece, read
        read += piece


def test_a_connection_that_is_kept_does_not_hold_up_the_end(make: Make, sink: Sink) -> None:
    service = make(webhook_config(ops=sink.url), THREADS=4).start().ready()
    connections = opened(service, 3)
    assert [post(connection, str(n)) for n, connection in enumerate(connections)] == [202] * 3
    assert service.terminate() == 0
