"""Several processes on one PostgreSQL: they hear of each other's work at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contactpoints.postgresql import PostgreSQL
from tests.contactpoints.posts import numbered
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Sink


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
