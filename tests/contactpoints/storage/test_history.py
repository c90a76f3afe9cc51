"""History: what is asked about all deliveries is answered from those that matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from contactpoints.storage.accepting import Posted, accept
from contactpoints.storage.database import Database
from contactpoints.storage.history import _depth, depth
from contactpoints.storage.tables import DELIVERED, WAITING
from contactpoints.storage.waiting import NewDelivery


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'c.db'}")
    return Database(request.getfixturevalue("postgresql").database())


def posted(number: int, point: str, state: str) -> Posted:
    key = number.to_bytes(16, "big")
    new = NewDelivery(point, "w", "webhook", f"{point}/w", key, state)
    return Posted(float(number), 1e12, f"g{number}", "firing", key, b"{}", [new])


def test_depth_is_what_waits_at_each_contact_point_and_since_when(database: Database) -> None:
    points = (("a", WAITING), ("b", DELIVERED), ("a", WAITING), ("c", WAITING), ("a", DELIVERED))
    with database.writing() as connection:
        accept(connection, [posted(number, *each) for number, each in enumerate(points, 1)])
    with database.reading() as connection:
        assert sorted(depth(connection)) == [("a", 2, 1.0), ("c", 1, 4.0)]
    database.close()


def test_depth_looks_at_nothing_that_waits_no_more(tmp_path: Path) -> None:
    """Else every look of Prometheus would go through the whole history."""
    database = Database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.reading() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {_depth}")).all()
    database.close()
    assert any("INDEX deliveries_waiting" in row[3] for row in plan), plan
