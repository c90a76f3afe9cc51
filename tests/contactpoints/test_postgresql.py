"""Two web processes and two workers on one PostgreSQL, killed and restarted under load."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contactpoints.postgresql import PostgreSQL
from tests.contactpoints.posts import number_of, numbered
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Answer, Sink


@pytest.fixture
def make(tmp_path: Path, sink: Sink, postgresql: PostgreSQL) -> Iterator[Make]:
    made: list[Process] = []
    url = postgresql.database()

    def build(**options: Any) -> Process:
        folder = tmp_path / f"run{len(made)}"
        config = webhook_config(ops=sink.url)
        made.append(Process(folder, config, DATABASE_URL=url, SUPERSEDE="no", **options))
        return made[-1]

    yield build
    for process in made:
        process.kill()


def keep_posting(webs: list[Process], stop: threading.Event, accepted: list[int]) -> None:
    """One post after the other, to one web process or the next, each until it is taken."""
    number = 0
    while not stop.is_set():
        number += 1
        data = numbered(number, group=f"lane {number % 5}")
        tries = number
        while not stop.is_set():
            tries += 1
            try:
                answer = webs[tries % len(webs)].post(data)
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 202:
                accepted.append(number)
                break
            assert answer.status_code == 503, answer.text
            time.sleep(0.02)


def test_a_worker_hears_at_once_of_what_another_process_accepts(make: Make, sink: Sink) -> None:
    web = make(DELIVER="no").start().ready()
    make().start("app", "deliver")
    web.post(numbered(0))
    sink.wait(1, 20)
    waits = []
    for number in range(1, 6):
        begin = time.time()
        web.post(numbered(number))
        waits.append(sink.wait(number + 1)[number].at - begin)
        time.sleep(0.13)
    assert sorted(waits)[2] < 0.3  # without LISTEN it would be half a second on average


def test_nothing_is_lost_and_lanes_keep_their_order_through_kills_and_a_restart(
    make: Make, sink: Sink, postgresql: PostgreSQL
) -> None:
    sink.answer = lambda got: Answer(
        503 if number_of(got.body) % 13 == 0 and got.at % 2 < 1 else 200
    )
    webs = [make(DELIVER="no").start().ready() for _ in range(2)]
    workers = [make().start("app", "deliver") for _ in range(2)]
    accepted: list[int] = []
    stop = threading.Event()
    poster = threading.Thread(target=keep_posting, args=(webs, stop, accepted))
    poster.start()
    time.sleep(3)
    workers[0].kill()
    webs[0].kill()
    time.sleep(1)
    webs[0].start().ready()
    postgresql.stop()
    time.sleep(1)
    postgresql.start()
    workers[0].start("app", "deliver")
    time.sleep(3)
    stop.set()
    poster.join()
    sink.answer = Answer()
    end = time.monotonic() + 120
    while webs[1].deliveries(state="waiting"):
        assert time.monotonic() < end
        time.sleep(0.2)
    lanes: dict[str, list[int]] = {}
    for got in list(sink.received):
        lane = lanes.setdefault(got.json["groupKey"], [])
        if number_of(got.body) not in lane:
            lane.append(number_of(got.body))
    assert set(accepted) <= {number for lane in lanes.values() for number in lane}
    assert len(accepted) > 50
    for lane in lanes.values():
        assert lane == sorted(lane)
    assert all(process.terminate() == 0 for process in workers)
