"""The service as a process: killed, stopped and started again, alone and with others."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.contactpoints.posts import body, number_of, numbered
from tests.contactpoints.process import Make, webhook_config
from tests.contactpoints.sinks import Answer, Sink


def lanes_of(sink: Sink) -> dict[str, list[int]]:
    """What arrived in each lane, without what came twice in a row or again."""
    lanes: dict[str, list[int]] = {}
    for got in list(sink.received):
        lane = lanes.setdefault(got.json["groupKey"], [])
        number = number_of(got.body)
        if number not in lane:
            lane.append(number)
    return lanes


@pytest.mark.parametrize("wsgi", [False, True])
def test_kill_between_202_and_delivery_loses_nothing(make: Make, sink: Sink, wsgi: bool) -> None:
    """Also with plain ``gunicorn wsgi:app``. Two hang while it is killed, the rest wait."""
    sink.answer = Answer(delay=60)
    process = make(webhook_config(ops=sink.url), wsgi=wsgi, TARGET_SENDERS=2).start().ready()
    for number in range(20):
        answer = process.post(numbered(number, group=f"lane {number % 3}"))
        assert answer.status_code == 202
    sink.wait(2)
    process.kill()
    before = len(sink.received)
    sink.answer = Answer()
    process.start().ready().wait("delivered", 20)
    assert len(sink.received) == 20 + before
    lanes = lanes_of(sink)
    assert sorted(number for lane in lanes.values() for number in lane) == list(range(20))
    assert all(lane == sorted(lane) for lane in lanes.values())


def test_sigterm_finishes_what_is_under_way_and_leaves_the_rest(make: Make, sink: Sink) -> None:
    sink.answer = Answer(delay=1.0)
    process = make(webhook_config(ops=sink.url), TARGET_SENDERS=2).start().ready()
    for number in range(6):
        process.post(numbered(number, group=str(number)))
    sink.wait(2)
    begin = time.monotonic()
    assert process.terminate() == 0
    assert time.monotonic() - begin < 10
    sink.answer = Answer()
    process.start().ready().wait("delivered", 6)
    assert sorted(number_of(got.body) for got in sink.received) == list(range(6))


def test_several_web_processes_keep_the_order_and_send_nothing_twice(
    make: Make, sink: Sink
) -> None:
    process = make(webhook_config(ops=sink.url), PROCESSES=3).start().ready()
    for number in range(90):
        assert process.post(numbered(number, group=f"lane {number % 5}")).status_code == 202
    process.wait("delivered", 90)
    assert len(sink.received) == 90
    for lane, numbers in lanes_of(sink).items():
        assert numbers == sorted(numbers), lane


def test_a_worker_process_delivers_what_a_web_process_accepts(make: Make, sink: Sink) -> None:
    config = webhook_config(ops=sink.url)
    web = make(config, DELIVER="no").start().ready()
    web.post(body())
    time.sleep(1.5)
    assert sink.received == []
    worker = make(config).start("app", "deliver")
    web.wait("delivered", 1)
    assert worker.terminate() == 0


def chunked(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 10_000):
        yield data[start : start + 10_000]


def test_a_body_over_the_limit_is_413_however_it_is_sent(make: Make, sink: Sink) -> None:
    process = make(webhook_config(ops=sink.url), MAX_BODY=50_000).start().ready()
    large = body(title="x" * 60_000)
    for data in (large, chunked(large), chunked(large * 50)):
        assert process.post(data).status_code == 413  # type: ignore[arg-type]
    assert process.post(chunked(body())).status_code == 202  # type: ignore[arg-type]
    assert process.post(body()).status_code == 202


@pytest.mark.parametrize(
    "request_text",
    [
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{}",
        b"POST /webhook/%ff%00 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_broken_requests_are_not_the_servers_fault(
    make: Make, sink: Sink, request_text: bytes
) -> None:
    process = make(webhook_config(ops=sink.url)).start().ready()
    with socket.create_connection(("127.0.0.1", process.port), 10) as peer:
        peer.sendall(request_text)
        peer.shutdown(socket.SHUT_WR)
        first = peer.makefile("rb").readline()
    assert first == b"" or first.split()[1].startswith(b"4"), first


def test_a_configuration_that_is_wrong_is_told_and_nothing_starts(make: Make) -> None:
    process = make("route:\n  receiver: nobody\nreceivers: [{name: ops}]\n").start()
    assert process.process is not None
    assert process.process.wait(20) == 1
    assert "nobody" in process.log
    assert "Traceback" not in process.log
