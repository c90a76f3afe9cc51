"""The processes that take in wake the one that delivers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from contactpoints.delivery.bell import Bell
from tests.contactpoints.posts import body, number_of, numbered
from tests.contactpoints.process import Make, webhook_config
from tests.contactpoints.sinks import Sink


def test_targets_are_told_across_processes() -> None:
    bell, heard, told = Bell(), set[str](), threading.Event()

    def hear(names: Iterable[str]) -> None:
        heard.update(names)
        if "ops/ünïcode" in heard:
            told.set()

    bell.listen(hear)
    child = os.fork()
    if not child:
        bell.ring(["ops/webhook[0]", "two\nlines"])
        bell.ring(["ops/ünïcode"])
        os._exit(0)
    os.waitpid(child, 0)
    assert told.wait(10)
    assert heard == {"ops/webhook[0]", "two lines", "ops/ünïcode"}


def test_nobody_waits_when_nobody_listens() -> None:
    bell = Bell()
    for _ in range(10_000):
        bell.ring(["a target with a name of some length"])
    bell.ring([])
    bell.ring(["x" * 100_000])


def parts_of(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return sorted(map(int, children))


def test_the_process_that_delivers_is_woken_and_replaced_when_it_is_killed(
    make: Make, sink: Sink
) -> None:
    process = make(webhook_config(ops=sink.url)).start().ready()
    assert process.process
    process.post(body())
    process.wait("delivered", 1)
    begin = time.monotonic()
    for number in range(5):  # a look once a second would take seconds
        process.post(numbered(number, group=str(number)))
        process.wait("delivered", 2 + number)
    assert time.monotonic() - begin < 4
    delivers, takes_in = parts_of(process.process.pid)
    os.kill(delivers, 9)
    process.post(numbered(9, group="late"))
    process.wait("delivered", 7, 30)
    assert number_of(sink.received[-1].body) == 9
    assert takes_in in parts_of(process.process.pid)
    assert process.terminate() == 0
