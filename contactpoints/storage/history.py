"""History: what became of every delivery, as people and programs ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from contactpoints.storage.claims import WAITS
from contactpoints.storage.tables import (
    DELIVERED,
    STATES,
    UNUSUAL,
    WAITING,
    attempts,
    deliveries,
    lanes,
    notifications,
)

MOST = 1000  # deliveries on one page

_columns = (
    deliveries.c.id,
    deliveries.c.notification_id.label("notification"),
    deliveries.c.contact_point,
    deliveries.c.integration,
    deliveries.c.type,
    deliveries.c.state,
    notifications.c.status,
    notifications.c.group_key,
    deliveries.c.attempts,
    deliveries.c.accepted_at,
    deliveries.c.next_attempt_at,
    deliveries.c.finished_at,
    deliveries.c.reason,
    deliveries.c.error,
    deliveries.c.note,
    deliveries.c.superseded_by,
    deliveries.c.fallback_for,
)
_rows = select(*_columns).join_from(
    deliveries, notifications, notifications.c.id == deliveries.c.notification_id
)


@dataclass(frozen=True)
class Wish:
    """Which deliveries: None is any. ``before`` and ``after`` are ids, ``notification`` as well."""

    contact_point: str | None = None
    state: str | None = None
    integration: str | None = None
    notification: int | None = None
    before: int | None = None
    after: int | None = None
    limit: int = 100


def find(connection: Connection, wish: Wish) -> list[Mapping[str, Any]]:
    """Deliveries, the latest first."""
    query = _rows.order_by(deliveries.c.id.desc()).limit(min(max(wish.limit, 1), MOST))
    if wish.contact_point is not None:
        query = query.where(deliveries.c.contact_point == wish.contact_point)
    if wish.integration is not None:
        query = query.where(deliveries.c.integration == wish.integration)
    if wish.state is not None:
        known = wish.state if wish.state in STATES else ""
        query = query.where(deliveries.c.state == literal_column(f"'{known}'"))
        if known not in (WAITING, DELIVERED):
            query = query.where(UNUSUAL)  # SQLite does not see by itself that the index holds all
    if wish.notification is not None:
        query = query.where(deliveries.c.notification_id == wish.notification)
    if wish.before is not None:
        query = query.where(deliveries.c.id < wish.before)
    if wish.after is not None:
        query = query.where(deliveries.c.id > wish.after)
    return [dict(row) for row in connection.execute(query).mappings()]


def one(connection: Connection, number: int) -> dict[str, Any] | None:
    """One delivery with all its attempts; None when there is none of that number."""
    row = connection.execute(_rows.where(deliveries.c.id == number)).mappings().first()
    if row is None:
        return None
    tried = connection.execute(
        select(
            attempts.c.number,
            attempts.c.started_at,
            attempts.c.duration,
            attempts.c.status,
            attempts.c.reason,
            attempts.c.error,
        )
        .where(attempts.c.delivery_id == number)
        .order_by(attempts.c.id)
    ).mappings()
    return {**row, "tried": [dict(item) for item in tried]}


_point: ColumnElement[str] = literal_column("contact_point || ''")
"""The contact point, said so that SQLite groups what waits by it without going through the index of
all deliveries by contact point, most of which wait no more.
"""
_depth = (
    select(_point, func.count(), func.min(deliveries.c.accepted_at)).where(WAITS).group_by(_point)
)


def depth(connection: Connection) -> list[tuple[str, int, float]]:
    """For each contact point with something waiting: how many, and when the oldest was accepted."""
    return [(row[0], row[1], row[2]) for row in connection.execute(_depth)]


def unclaimed(connection: Connection) -> float | None:
    """When the lane that is due first, and that nobody has taken, is due; None when there is none.

    One that was handed back is due at 0: when it first was is not known.
    """
    found: float | None = connection.scalar(
        select(func.min(lanes.c.due)).where(lanes.c.owner.is_(None), lanes.c.due > 0)
    )
    return found


def due(connection: Connection) -> dict[str, float]:
    """When the first lane of every target that has one is due."""
    rows = connection.execute(
        select(lanes.c.target, func.min(lanes.c.due)).group_by(lanes.c.target)
    )
    return {row[0]: row[1] for row in rows}


def owners(connection: Connection) -> list[str]:
    """Everybody who holds a lane."""
    rows = connection.execute(select(lanes.c.owner).where(lanes.c.owner.is_not(None)).distinct())
    return [row[0] for row in rows]


def waiting_in(connection: Connection, lane: bytes, most: int) -> list[tuple[int, bytes]]:
    """The first ``most`` waiting deliveries of a lane, with what was posted."""
    rows = connection.execute(
        select(deliveries.c.id, notifications.c.payload)
        .join_from(deliveries, notifications, notifications.c.id == deliveries.c.notification_id)
        .where(deliveries.c.lane == lane, deliveries.c.state == literal_column("'waiting'"))
        .order_by(deliveries.c.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def recent_payloads(
    connection: Connection, most: int, *, number: int | None = None
) -> list[tuple[int, float, str, str, bytes]]:
    """The latest notifications, or the one of a number: number, time, status, group key, body."""
    table = notifications.c
    query = (
        select(table.id, table.received_at, table.status, table.group_key, table.payload)
        .order_by(table.id.desc())
        .limit(most)
    )
    if number is not None:
        query = query.where(table.id == number)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)]
