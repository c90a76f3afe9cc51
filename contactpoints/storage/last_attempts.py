"""Last attempts: how the latest attempt of every integration went, without looking at all of them.

Nothing is added to what happens for every delivery: attempts are folded into a small table behind
it, from the number up to which that was done the last time. What is newer is looked at when it is
asked for. So the last attempt stays known when the history forgets the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from contactpoints.storage.tables import attempts, deliveries, last_attempts, signals

FOLDED = "attempts folded"  # the signal that says up to which attempt
OVERLAP = 1000
"""Attempts that are looked at once more: of two transactions at the same time, the one with the
lower numbers may be committed later.
"""
AT_ONCE = 50_000  # attempts that one transaction folds


class LastAttempt(NamedTuple):
    """One attempt. ``error`` is None when it was delivered."""

    attempt: int
    started_at: float
    duration: float
    reason: str | None
    error: str | None


Last = dict[tuple[str, str], LastAttempt]  # by contact point and key of the integration

_put = text(
    "INSERT INTO last_attempts "
    "(contact_point, integration, attempt_id, started_at, duration, reason, error) VALUES "
    "(:contact_point, :integration, :attempt, :started_at, :duration, :reason, :error) "
    "ON CONFLICT (contact_point, integration) DO UPDATE SET "
    "attempt_id = excluded.attempt_id, started_at = excluded.started_at, "
    "duration = excluded.duration, reason = excluded.reason, error = excluded.error "
    "WHERE excluded.attempt_id > last_attempts.attempt_id"
)
_raise = text(
    "INSERT INTO signals (name, number) VALUES (:name, :number) "
    "ON CONFLICT (name) DO UPDATE SET number = excluded.number "
    "WHERE excluded.number > signals.number"
)


def last(connection: Connection) -> Last:
    """The last attempt of every integration that ever made one."""
    found: Last = {
        (row[0], row[1]): LastAttempt(*row[2:]) for row in connection.execute(select(last_attempts))
    }
    newest = connection.execute(select(func.max(attempts.c.id))).scalar() or 0
    found |= _since(connection, _folded(connection), newest)
    return found


def to_fold(connection: Connection) -> tuple[Last, int]:
    """What is not folded yet, a part of it when it is much, and the number up to which it goes."""
    start = _folded(connection)
    newest = connection.execute(select(func.max(attempts.c.id))).scalar() or 0
    oldest = connection.execute(select(func.min(attempts.c.id))).scalar() or 0
    start = max(start, oldest - 1)
    end = min(newest, start + AT_ONCE)
    return (_since(connection, start, end) if end > start else {}), end


def fold(connection: Connection, found: Sequence[tuple[Last, int]]) -> list[None]:
    """Keep last attempts; what is kept already and later stays."""
    for part, end in found:
        rows = [
            {"contact_point": point, "integration": key, **one._asdict()}
            for (point, key), one in sorted(part.items())
        ]
        if rows:
            connection.execute(_put, rows)
        connection.execute(_raise, {"name": FOLDED, "number": end})
    return [None] * len(found)


def _folded(connection: Connection) -> int:
    number = connection.execute(select(signals.c.number).where(signals.c.name == FOLDED)).scalar()
    return int(number or 0)


def _since(connection: Connection, start: int, end: int) -> Last:
    """The last attempts among those after ``start`` (and a few before it) and up to ``end``."""
    newest = (
        select(
            deliveries.c.contact_point,
            deliveries.c.integration,
            func.max(attempts.c.id).label("id"),
        )
        .join_from(attempts, deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(attempts.c.id > start - OVERLAP, attempts.c.id <= end)
        .group_by(deliveries.c.contact_point, deliveries.c.integration)
        .subquery()
    )
    rows = connection.execute(
        select(
            newest.c.contact_point,
            newest.c.integration,
            attempts.c.id,
            attempts.c.started_at,
            attempts.c.duration,
            attempts.c.reason,
            attempts.c.error,
        ).join_from(newest, attempts, attempts.c.id == newest.c.id)
    )
    return {(row[0], row[1]): LastAttempt(*row[2:]) for row in rows}
