"""The processes of one service: each kind is there again when one was killed, and none stays."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import requests

from tests.contactpoints.killing import children_of
from tests.contactpoints.posts import numbered
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Sink


def taken(process: Process, number: int, seconds: float = 30.0) -> None:
    """Post until it is taken, as Alertmanager does."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = process.post(numbered(number))
            if answer.status_code == 202:
                return
            assert answer.status_code == 503, answer.text
        except requests.RequestException:
            pass
        assert time.monotonic() < end, process.log
        time.sleep(0.05)


def test_the_same_kinds_are_there_whichever_is_killed(make: Make, sink: Sink) -> None:
    """One takes in, one delivers: with two of a kind there would be none of the other."""
    process = make(webhook_config(ops=sink.url), PROCESSES=1).start().ready()
    for number, place in enumerate((-1, -1, 0, -1, 0)):  # the youngest or the oldest
        children = children_of(process.pid)
        assert len(children) == 2
        os.kill(children[place], signal.SIGKILL)
        while len(others := set(children_of(process.pid)) - {children[place]}) < 2:
            time.sleep(0.02)
        assert len(others) == 2
        taken(process, number)
        sink.wait(number + 1, 30)


def test_no_process_outlives_the_one_that_watches_over_it(make: Make, sink: Sink) -> None:
    """Web processes, the one that delivers, and what writes for them."""
    process = make(webhook_config(ops=sink.url), PROCESSES=2).start().ready()
    children = children_of(process.pid)
    assert len(children) == 3
    end = time.monotonic() + 30
    while len(writing := [one for child in children for one in children_of(child)]) < 3:
        assert time.monotonic() < end
        taken(process, 0)  # the processes start one for themselves when they have to write
    os.kill(process.pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while running := [one for one in [*children, *writing] if is_running(one)]:
        assert time.monotonic() < end, running
        time.sleep(0.05)


def test_a_post_is_taken_though_what_writes_for_the_web_process_is_killed(
    make: Make, sink: Sink
) -> None:
    """What it held is answered 503, and all that was taken arrives."""
    process = make(webhook_config(ops=sink.url), PROCESSES=1).start().ready()
    for number in range(6):
        for child in children_of(process.pid):
            for writing in children_of(child):
                os.kill(writing, signal.SIGKILL)
        taken(process, number, 5.0)
        time.sleep(0.3)
    process.wait("delivered", 6)


def is_running(process: int) -> bool:
    try:
        said = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return said.rpartition(")")[2].split()[0] not in "ZX"
