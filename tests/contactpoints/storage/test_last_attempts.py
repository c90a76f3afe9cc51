"""The last attempt of every integration, folded behind the deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from contactpoints.storage.database import Database
from contactpoints.storage.last_attempts import AT_ONCE, fold, last, to_fold
from contactpoints.storage.tables import attempts, deliveries, notifications


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'x.db'}"
    else:
        url = request.getfixturevalue("postgresql").database()
    database = Database(url)
    with database.writing() as connection:
        values = {"received_at": 0.0, "group_key": "g", "status": "firing"}
        values |= {"duplicate_key": b"", "payload": b""}
        connection.execute(insert(notifications).values(id=1, **values))
        for number, key in enumerate(("a", "b", "c"), 1):
            values = {"notification_id": 1, "contact_point": "ops", "integration": key}
            values |= {"type": "webhook", "target": "t", "lane": b"", "state": "waiting"}
            values |= {"attempts": 0, "accepted_at": 0.0, "expires_at": 0.0}
            connection.execute(insert(deliveries).values(id=number, **values))
        yield connection
    database.close()


def attempt(connection: Connection, number: int, delivery: int, error: str | None = None) -> None:
    values = {"delivery_id": delivery, "number": 1, "started_at": float(number), "duration": 0.5}
    connection.execute(insert(attempts).values(id=number, error=error, **values))


def folded(connection: Connection) -> None:
    found, end = to_fold(connection)
    fold(connection, [(found, end)])


def said(connection: Connection) -> dict[str, tuple[int, str | None]]:
    return {key: (one.attempt, one.error) for (_, key), one in last(connection).items()}


def test_what_is_folded_and_what_is_not_are_one_answer(connection: Connection) -> None:
    assert said(connection) == {}
    attempt(connection, 1, 1)
    attempt(connection, 2, 2, "no")
    attempt(connection, 3, 2, "still no")
    assert said(connection) == {"a": (1, None), "b": (3, "still no")}
    folded(connection)
    assert said(connection) == {"a": (1, None), "b": (3, "still no")}
    attempt(connection, 4, 1, "gone")
    attempt(connection, 5, 3)
    assert said(connection) == {"a": (4, "gone"), "b": (3, "still no"), "c": (5, None)}


def test_what_is_committed_late_under_a_lower_number_is_found(connection: Connection) -> None:
    attempt(connection, 2, 1)
    folded(connection)
    attempt(connection, 1, 2)
    assert said(connection) == {"a": (2, None), "b": (1, None)}
    attempt(connection, 3, 3)
    folded(connection)
    connection.execute(attempts.delete())
    assert said(connection) == {"a": (2, None), "b": (1, None), "c": (3, None)}


def test_an_earlier_attempt_never_takes_the_place_of_a_later_one(connection: Connection) -> None:
    attempt(connection, 7, 1, "late")
    before = to_fold(connection)
    attempt(connection, 8, 1)
    folded(connection)
    fold(connection, [before])
    assert said(connection) == {"a": (8, None)}


def test_much_is_folded_a_part_at_a_time_and_what_is_gone_is_passed_over(
    connection: Connection,
) -> None:
    rows = [
        {"id": number, "delivery_id": 1 + number % 3, "number": 1, "started_at": 0.0}
        | {"duration": 0.0}
        for number in range(AT_ONCE, 2 * AT_ONCE + 20_000)
    ]
    connection.execute(insert(attempts), rows)
    found, end = to_fold(connection)
    assert end == 2 * AT_ONCE - 1
    assert len(found) == 3
    fold(connection, [(found, end)])
    found, end = to_fold(connection)
    assert end == 2 * AT_ONCE + 19_999
    fold(connection, [(found, end)])
    assert to_fold(connection) == ({}, end)
