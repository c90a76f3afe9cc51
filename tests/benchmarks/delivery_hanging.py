"""While one target hangs on every request: how long the others and the inbound answers take."""

from __future__ import annotations

import multiprocessing
import re
import selectors
import socket
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.delivery_load import FastSink, load, payload, request
from tests.benchmarks.running import SERVE, quantile, running

RATE, SECONDS, HANGING = 40.0, 10.0, 200
POSTS = int(RATE * SECONDS)
NUMBER = re.compile(rb'number=\\+"(\d+)')
CONFIG = """
route: {{receiver: ops}}
receivers:
  - name: ops
    webhook_configs: [{{url: "http://127.0.0.1:{ops}/"}}]
  - name: stuck
    webhook_configs: [{{url: "http://127.0.0.1:{stuck}/"}}]
"""


class _Noting(FastSink):
    """Notes when each notification arrived, by its number."""

    def __init__(self, times: Any) -> None:
        super().__init__()
        self.times = times

    def took(self, message: bytes) -> None:
        if (found := NUMBER.search(message)) and (number := int(found[1])) < len(self.times):
            self.times[number] = time.time()


def _sinks(times: Any, ports: Any) -> None:
    sink = _Noting(times)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as stuck:
        ports[0], ports[1] = sink.port, stuck.getsockname()[1]
        sink.start()
        taken = []
        with selectors.DefaultSelector() as selector:
            selector.register(stuck, selectors.EVENT_READ)
            while True:
                selector.select()
                taken.append(stuck.accept())  # and nothing is ever answered


def _phase(port: int, first: int, times: Any) -> tuple[float, float]:
    """The p99 of answering and of arriving, in ms, of posts numbered from ``first``."""
    sent: dict[int, float] = {}

    def make(number: int) -> bytes:
        sent[first + number] = time.time()
        return request(payload(first + number))

    _, answered, statuses = load(port, 16, SECONDS, make, rate=RATE)
    assert set(statuses) == {202}, statuses
    end = time.time() + 30
    while not all(times[number] for number in sent) and time.time() < end:
        time.sleep(0.05)
    arrived = [(times[number] or end) - begin for number, begin in sent.items()]
    return quantile(answered, 0.99), quantile(arrived, 0.99)


def hanging(folder: Path) -> None:
    """Idle first, then with :data:`HANGING` notifications for a target that never answers."""
    times: Any = multiprocessing.Array("d", 4 * POSTS, lock=False)
    ports: Any = multiprocessing.Array("i", 2, lock=False)
    sinks = multiprocessing.Process(target=_sinks, args=(times, ports), daemon=True)
    sinks.start()
    while not ports[1]:
        time.sleep(0.01)
    (folder / "config.yml").write_text(CONFIG.format(ops=ports[0], stuck=ports[1]))
    database = f"sqlite:///{folder / 'hanging.db'}"
    config = folder / "config.yml"
    with running(folder, *SERVE, CONFIG=config, DATABASE_URL=database) as (port, _):
        _phase(port, 3 * POSTS, times)  # warm
        idle = _phase(port, 0, times)
        stuck = [request(payload(10**6 + n), "/webhook/stuck") for n in range(HANGING)]
        load(port, 16, 2.0, lambda number: stuck[number % HANGING], rate=HANGING / 2)
        hung = _phase(port, POSTS, times)
    sinks.terminate()
    for what, before, after in zip(("inbound answer", "others' delivery"), idle, hung, strict=True):
        print(
            f"one target hangs: p99 of the {what} {after:.0f} ms, idle {before:.0f} ms, "
            f"ratio {after / before:.2f} (wanted 2 at most)"
        )
