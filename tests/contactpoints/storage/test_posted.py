"""Names of posted messages in the database: the last one counts, and what is old goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from contactpoints.storage.database import Database
from contactpoints.storage.posted import AT_ONCE, Remembered, forget, recall, remember
from contactpoints.storage.upkeep import prune


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'c.db'}"
    else:
        url = request.getfixturevalue("postgresql").database()
    database = Database(url)
    with database.writing() as made:
        yield made
    database.close()


def test_the_last_wish_for_a_message_counts(connection: Connection) -> None:
    """Also of several that are carried out together."""
    wishes = [
        Remembered(b"b" * 16, "1", 1.0),
        Remembered(b"a" * 16, "2", 1.0),
        Remembered(b"b" * 16, "3", 2.0),
        Remembered(b"a" * 16, None, 2.0),
    ]
    assert remember(connection, wishes) == [None] * 4
    assert recall(connection, b"b" * 16) == "3"
    assert recall(connection, b"a" * 16) is None
    remember(connection, [Remembered(b"b" * 16, None, 3.0), Remembered(b"c" * 16, None, 3.0)])
    assert recall(connection, b"b" * 16) is None


def test_what_nobody_changed_for_long_goes_with_the_history(connection: Connection) -> None:
    """A little at a time; what was changed meanwhile stays."""
    old = [Remembered(number.to_bytes(16, "big"), "x", 10.0) for number in range(AT_ONCE + 5)]
    remember(connection, old)
    changed = old[7].digest
    remember(connection, [Remembered(changed, "y", 99.0)])
    assert forget(connection, 5.0) == 0
    assert prune(connection, [50.0]) == [AT_ONCE]
    assert prune(connection, [50.0, 50.0]) == [4, 0]
    assert recall(connection, old[0].digest) is None
    assert recall(connection, changed) == "y"
