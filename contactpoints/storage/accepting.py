"""Accepting: a notification and its deliveries, put into the outbox in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from contactpoints.storage.hot import Hot, HotInsert
from contactpoints.storage.listening import announce
from contactpoints.storage.tables import WAITING, deliveries, lanes, notifications


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One notification through one integration. Only a ``waiting`` one gets a lane."""

    contact_point: str
    integration: str
    type: str
    target: str
    lane: bytes
    state: str = WAITING
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A notification to accept. ``window``: seconds in which an equal key is a duplicate."""

    received_at: float
    expires_at: float
    group_key: str
    status: str
    duplicate_key: bytes
    payload: bytes
    deliveries: Sequence[NewDelivery]
    window: float = 0.0
    who: str = ""
    """The process, which needs not be told of what it accepts itself."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was stored; of a duplicate, what had been."""

    notification: int
    deliveries: tuple[int, ...]
    duplicate: bool = False


def accept(connection: Connection, posts: Sequence[Posted]) -> list[Accepted]:
    """Store notifications with their deliveries, except duplicates."""
    known = _known(connection, posts)
    fresh: list[Posted] = []
    numbers: list[int | None] = []  # into ``fresh``, or None for a duplicate of an older one
    within: dict[bytes, int] = {}
    for post in posts:
        if post.window and post.duplicate_key in known:
            numbers.append(None)
        elif post.window and post.duplicate_key in within:
            numbers.append(within[post.duplicate_key])
        else:
            within[post.duplicate_key] = len(fresh)
            numbers.append(len(fresh))
            fresh.append(post)
    stored = _store(connection, fresh)
    answers: list[Accepted] = []
    seen: set[int] = set()
    for post, number in zip(posts, numbers, strict=True):
        if number is None:
            answers.append(Accepted(known[post.duplicate_key], (), duplicate=True))
        else:
            answer = stored[number]
            duplicate = number in seen
            answers.append(Accepted(answer.notification, answer.deliveries, duplicate))
            seen.add(number)
    return answers


_same = Hot(
    select(notifications.c.duplicate_key, notifications.c.id).where(
        notifications.c.duplicate_key.in_(bindparam("keys", expanding=True)),
        notifications.c.received_at > bindparam("since"),
    ),
    listed="keys",
)


def _known(connection: Connection, posts: Sequence[Posted]) -> dict[bytes, int]:
    windows = [post for post in posts if post.window]
    if not windows:
        return {}
    since = min(post.received_at - post.window for post in windows)
    keys = [post.duplicate_key for post in windows]
    rows = _same.rows(connection, {"keys": keys, "since": since})
    return {row[0]: row[1] for row in rows}


_insert_notifications = HotInsert(notifications, [column.name for column in notifications.c])
_later = {"reason", "error", "superseded_by"}  # what a new delivery has not got yet
insert_deliveries = HotInsert(
    deliveries, [column.name for column in deliveries.c if column.name not in _later]
)


def _store(connection: Connection, posts: Sequence[Posted]) -> list[Accepted]:
    if not posts:
        return []
    stored = []
    rows = []
    children = []
    own = next_ids(connection, notifications, len(posts))
    count = sum(len(post.deliveries) for post in posts)
    ids = iter(next_ids(connection, deliveries, count))
    for number, post in zip(own, posts, strict=True):
        rows.append(
            {
                "id": number,
                "received_at": post.received_at,
                "group_key": storable(post.group_key),
                "status": post.status,
                "duplicate_key": post.duplicate_key,
                "payload": post.payload,
            }
        )
        mine = [
            delivery_row(next(ids), number, new, post.received_at, post.expires_at)
            for new in post.deliveries
        ]
        children += mine
        stored.append(Accepted(number, tuple(row["id"] for row in mine)))
    _insert_notifications.many(connection, rows)
    insert_deliveries.many(connection, children)
    open_lanes(connection, children)
    announce(connection, posts[0].who)
    return stored


def delivery_row(
    number: int, notification: int, new: NewDelivery, accepted_at: float, expires_at: float
) -> dict[str, Any]:
    """A row of ``deliveries``."""
    waits = new.state == WAITING
    return {
        "id": number,
        "notification_id": notification,
        "contact_point": storable(new.contact_point),
        "integration": storable(new.integration),
        "type": new.type,
        "target": storable(new.target),
        "lane": new.lane,
        "state": new.state,
        "attempts": 0,
        "accepted_at": accepted_at,
        "expires_at": expires_at,
        "next_attempt_at": accepted_at if waits else None,
        "finished_at": None if waits else accepted_at,
        "note": new.note,
        "fallback_for": None,
    }


def open_lanes(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Make sure that the lane of every waiting row is there, to be looked at when it is due.

    A lane that is there keeps its time. Lanes are locked in one order, or two processes could wait
    for each other.
    """
    wanted = {row["lane"]: row for row in rows if row["state"] == WAITING}
    if not wanted:
        return
    values = [
        {"lane": lane, "target": row["target"], "due": row["next_attempt_at"]}
        for lane, row in sorted(wanted.items())
    ]
    _open.many(connection, values)


_open = HotInsert(
    lanes,
    ("lane", "target", "due"),
    {
        "sqlite": "ON CONFLICT DO NOTHING",
        # an update, though it changes nothing, waits for the one who may be closing the lane
        "postgresql": "ON CONFLICT (lane) DO UPDATE SET due = lanes.due",
    },
)


def next_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """The next ``count`` numbers of ``table``, reserved for this transaction."""
    if not count:
        return []
    if connection.dialect.name == "sqlite":  # the transaction holds the only write lock
        driver: Any = connection.connection.driver_connection
        last = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        found = driver.execute(last, (table.name,)).fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))
    rows = connection.exec_driver_sql(
        f"SELECT nextval('{table.name}_id_seq') FROM generate_series(1, {count:d})"
    )
    return sorted(row[0] for row in rows)


def storable(text: str) -> str:
    """PostgreSQL's texts have no NUL and no lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
