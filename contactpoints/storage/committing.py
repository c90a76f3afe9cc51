"""Committing: several requests carried out in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.turns import Turn

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Operation = Callable[[Connection, Sequence[Item]], Sequence[Answer]]
"""Carries out several requests of one kind in a transaction; gives an answer for each, in order."""

Group = tuple[Operation[Any, Any], list[Any]]
"""Requests of one kind: what to do, and for which items."""


class Failure(NamedTuple):
    """In place of an answer: why there is none."""

    error: Exception


def commit(database: Database, groups: Sequence[Group], turn: Turn) -> list[list[Any]]:
    """Carry out ``groups``; for each, the answer to every item, or its :class:`Failure`."""
    if database.is_sqlite:
        with turn.taken():
            return _together(database, groups)
    # kinds lock rows in an order of their own: together they might lock each other
    return [answers for group in groups for answers in _together(database, [group])]


def _together(database: Database, groups: Sequence[Group]) -> list[list[Any]]:
    try:
        with database.writing() as connection:
            return [list(operation(connection, items)) for operation, items in groups]
    except Exception as error:
        failure = Failure(error)
        alone = len(groups) == 1 and len(groups[0][1]) == 1
        if alone or isinstance(error, StorageError):
            return [[failure] * len(items) for _, items in groups]
    return [  # a mistake in one request must not take the others along
        [_together(database, [(operation, [item])])[0][0] for item in items]
        for operation, items in groups
    ]
