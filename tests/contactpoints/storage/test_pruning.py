"""Pruning: what is old goes, a little at a time; what waits stays, and is in nobody's way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactpoints.delivery.service import Service
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.storage import audits
from contactpoints.storage.accepting import Posted, accept
from contactpoints.storage.database import Database
from contactpoints.storage.history import Wish, find
from contactpoints.storage.tables import CANCELLED, WAITING
from contactpoints.storage.upkeep import AT_ONCE, prune
from contactpoints.storage.waiting import NewDelivery


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'c.db'}")
    else:
        made = Database(request.getfixturevalue("postgresql").database())
    yield made
    made.close()


def add(database: Database, count: int, state: str, at: float) -> list[int]:
    """Notifications with one delivery each; their numbers."""
    new = NewDelivery("ops", "webhook[0]", "webhook", "ops/webhook[0]", b"lane", state)
    posts = [Posted(at, at + 60, "g", "firing", b"key", b"{}", [new]) for _ in range(count)]
    with database.writing() as connection:
        return [accepted.notification for accepted in accept(connection, posts)]


def test_what_is_old_goes_in_parts_and_what_waits_stays(database: Database) -> None:
    now = time.time()
    waits = add(database, AT_ONCE + 5, WAITING, now - 100)
    add(database, AT_ONCE + 10, CANCELLED, now - 100)
    waits += add(database, 1, WAITING, now - 100)
    new = add(database, 3, CANCELLED, now)
    gone = []
    while not gone or gone[-1]:
        with database.writing() as connection:
            gone += prune(connection, [now - 50])
    assert max(gone) <= AT_ONCE
    assert sum(gone) == AT_ONCE + 10
    with database.reading() as connection:
        left = {row["notification"] for row in find(connection, Wish(limit=1000))}
    assert left == {*waits, *new}


def test_who_did_what_is_forgotten_by_age_in_parts(database: Database) -> None:
    now = time.time()
    entries = [audits.Entry(now - 100, f"old {n}") for n in range(audits.AT_ONCE + 5)]
    with database.writing() as connection:
        audits.record(connection, [*entries, audits.Entry(now, "new")])
    gone = []
    while not gone or gone[-1]:
        with database.writing() as connection:
            gone += audits.prune(connection, [now - 50])
    assert gone == [audits.AT_ONCE, 5, 0]
    with database.reading() as connection:
        assert [row["who"] for row in audits.find(connection)] == ["new"]


@pytest.mark.parametrize(("age", "left"), [(50.0, ["new"]), (0.0, ["new", "old"])])
def test_a_delivering_process_forgets_it(tmp_path: Path, age: float, left: list[str]) -> None:
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", audit=age)
    service = Service(Setup("grafana"), environment)
    now = time.time()
    service.writer.submit(audits.record, audits.Entry(now - 100, "old"))
    service.writer.submit(audits.record, audits.Entry(now, "new"))
    service.worker.housekeeping.forget()
    with service.database.reading() as connection:
        assert [row["who"] for row in audits.find(connection)] == left
    service.stop()
