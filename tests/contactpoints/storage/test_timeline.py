"""Deliveries over time, counted without looking at each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from contactpoints.storage.database import Database
from contactpoints.storage.tables import deliveries, notifications
from contactpoints.storage.timeline import Span, timeline

HOUR = 3600.0


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 't.db'}")


def fill(database: Database, *items: tuple[float, str]) -> None:
    """A delivery for each time of acceptance and state."""
    note = {"group_key": "g", "status": "firing", "duplicate_key": b"k" * 16, "payload": b"{}"}
    rest = {"contact_point": "ops", "integration": "i", "type": "webhook", "target": "t"}
    with database.writing() as connection:
        connection.execute(insert(notifications).values(id=1, received_at=0.0, **note))
        for number, (at, state) in enumerate(items, 1):
            values = {"id": number, "notification_id": 1, "lane": b"l" * 16, "attempts": 1, **rest}
            connection.execute(
                insert(deliveries).values(accepted_at=at, expires_at=0.0, state=state, **values)
            )


def test_each_span_has_what_was_accepted_and_failed_in_it(database: Database) -> None:
    states = ("delivered", "failed", "waiting", "failed", "cancelled")
    times = (0.5, 1.0, 1.5, 2.2, 2.9)
    fill(database, *zip([time * HOUR for time in times], states, strict=True))
    with database.reading() as connection:
        found = timeline(connection, [0.0, HOUR, 2 * HOUR, 3 * HOUR])
    assert found == [
        Span(0.0, 1, 0),
        Span(HOUR, 2, 1),
        Span(2 * HOUR, 2, 1),
        Span(3 * HOUR, 0, 0),
    ]


def test_what_is_older_than_the_first_span_is_left_out(database: Database) -> None:
    fill(database, *((float(n), "failed") for n in range(100)))
    with database.reading() as connection:
        assert timeline(connection, [90.0]) == [Span(90.0, 10, 10)]
        assert timeline(connection, [90.5, 95.5]) == [Span(90.5, 5, 5), Span(95.5, 4, 4)]


def test_nothing_happened_in_an_empty_database(database: Database) -> None:
    with database.reading() as connection:
        assert timeline(connection, [0.0, 1.0]) == [Span(0.0, 0, 0), Span(1.0, 0, 0)]


def test_failures_are_counted_by_their_index(database: Database) -> None:
    fill(database, (1.0, "failed"))
    query = (
        "EXPLAIN QUERY PLAN SELECT count(*) FROM deliveries WHERE "
        "state NOT IN ('delivered', 'waiting') AND state = 'failed' AND id >= 1 AND id < 9"
    )
    with database.reading() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(query)))
    assert "deliveries_unusual" in plan


def test_nothing_is_looked_at_from_end_to_end(database: Database) -> None:
    fill(database, *((number * HOUR, "failed") for number in range(5)))
    said: list[tuple[str, Any]] = []
    with database.reading() as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda connection, cursor, statement, values, *_: said.append((statement, values)),
        )
        timeline(connection, [0.0, 2 * HOUR])
        plans = [
            row[3]
            for statement, values in list(said)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN deliveries")]
