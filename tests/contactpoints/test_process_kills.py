"""kill -9 of web processes, of workers and of all at once, again and again, under load.

A real Alertmanager posts throughout. KILLS in the environment says how many kills; a third of them
is on PostgreSQL.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contactpoints.alertmanager import Alertmanager
from tests.contactpoints.killing import AM_CONFIG, STARTING, Alarms, Load, kill_one_below
from tests.contactpoints.postgresql import PostgreSQL
from tests.contactpoints.process import Process, webhook_config
from tests.contactpoints.sinks import Sink

KILLS = int(os.environ.get("KILLS", "54"))
HEARS_TERM = 1 << (signal.SIGTERM - 1)

New = Callable[..., Process]


@pytest.fixture
def new(tmp_path: Path, sink: Sink) -> Iterator[New]:
    """Makes processes, each with a log of its own."""
    made: list[Process] = []

    def build(**variables: Any) -> Process:
        config = webhook_config(ops=f"{sink.url}/ops", am=f"{sink.url}/am")
        variables = {"SUPERSEDE": "no", "DUPLICATES_WINDOW": 60, **variables}
        made.append(Process(tmp_path / f"run{len(made)}", config, **variables))
        return made[-1]

    yield build
    for process in made:
        process.kill()


def alarms(folder: Path, web: Process, sink: Sink) -> Alarms:
    return Alarms(Alertmanager(folder, AM_CONFIG.format(url=web.url)), sink)


def restart(process: Process, *command: str) -> None:
    process.kill()
    process.start(*command)


def ended(process: Process) -> int:
    """Its status after SIGTERM, once it has got so far that it hears that."""
    status = Path(f"/proc/{process.pid}/status")
    end = time.monotonic() + STARTING
    while not int(status.read_text().partition("SigCgt:")[2].split()[0], 16) & HEARS_TERM:
        assert time.monotonic() < end, process.log[-3000:]
        time.sleep(0.05)
    return process.terminate()


def left_behind(folder: Path) -> list[str]:
    """Folders of counters of processes that are gone, after one more was started."""
    return [path.name for path in folder.glob("contactpoints-*")]


def test_kills_on_sqlite(
    new: New, sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two web processes that deliver, and a worker beside them."""
    shared = tmp_path / "tmp"
    shared.mkdir()
    monkeypatch.setenv("TMPDIR", str(shared))
    url = f"sqlite:///{tmp_path / 'c.db'}"
    service = new(PROCESSES=2, DATABASE_URL=url).start().ready()
    worker = new(DATABASE_URL=url).start("app", "deliver")
    alerts = alarms(tmp_path, service, sink)
    load = Load(sink, [service])

    def all_at_once() -> None:
        worker.kill()
        restart(service)
        worker.start("app", "deliver")

    def one_below() -> None:
        kill_one_below(service)

    def the_worker() -> None:
        restart(worker, "app", "deliver")

    count = KILLS - KILLS // 3
    try:
        for number in range(count):
            alerts.next()
            if number % 12 == 11:
                load.strike(all_at_once)
            elif number % 4 == 3:
                load.strike(the_worker)
            else:
                load.strike(one_below)
        load.end()
        alerts.check()
    finally:
        load.abort()
        alerts.alertmanager.close()
    load.check()
    assert ended(worker) == 0
    assert service.terminate() == 0
    last = new(DATABASE_URL=url).start().ready()  # removes what the killed ones left
    assert len(left_behind(shared)) == 1
    last.terminate()
    assert left_behind(shared) == []


def test_kills_on_postgresql_and_its_restart(
    new: New, sink: Sink, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    """Two services that take in, two workers that deliver; in the middle the database is gone."""
    url = postgresql.database()
    webs = [new(DELIVER="no", DATABASE_URL=url).start() for _ in range(2)]
    workers = [new(DATABASE_URL=url).start("app", "deliver") for _ in range(2)]
    for web in webs:
        web.ready()
    alerts = alarms(tmp_path, webs[0], sink)
    load = Load(sink, webs)

    def both() -> None:
        kill_one_below(webs[1])
        restart(workers[1], "app", "deliver")

    def restart_the_database() -> None:
        postgresql.stop()
        kill_one_below(webs[0])
        restart(workers[0], "app", "deliver")
        time.sleep(0.5)
        postgresql.start()

    def one_below() -> None:
        kill_one_below(random.choice(webs))

    def a_worker() -> None:
        restart(random.choice(workers), "app", "deliver")

    count = KILLS // 3
    try:
        for number in range(count):
            alerts.next()
            if number == count // 2:
                load.strike(restart_the_database)
            elif number % 6 == 5:
                load.strike(both)
            elif number % 3 == 2:
                load.strike(a_worker)
            else:
                load.strike(one_below)
        load.end()
        alerts.check()
    finally:
        load.abort()
        alerts.alertmanager.close()
    load.check()
    assert [ended(process) for process in workers] == [0, 0]
