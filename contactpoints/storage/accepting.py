"""Accepting: a notification and its deliveries, put into the outbox in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, bindparam, select

from contactpoints.storage.hot import Hot, Row, inserting
from contactpoints.storage.listening import announce
from contactpoints.storage.numbering import next_ids, storable
from contactpoints.storage.tables import notifications
from contactpoints.storage.waiting import Lined, NewDelivery


class Posted(Struct, frozen=True):
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


class Accepted(Struct, frozen=True):
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


_insert = inserting(
    notifications, ("id", "received_at", "group_key", "status", "duplicate_key", "payload")
)


def _store(connection: Connection, posts: Sequence[Posted]) -> list[Accepted]:
    if not posts:
        return []
    stored: list[Accepted] = []
    rows: list[Row] = []
    lined = Lined()
    count = sum(len(post.deliveries) for post in posts)
    own, others = next_ids(connection, notifications=len(posts), deliveries=count)
    ids = iter(others)
    for number, post in zip(own, posts, strict=True):
        at = post.received_at
        key = storable(post.group_key)
        rows.append((number, at, key, post.status, post.duplicate_key, post.payload))
        mine = []
        for new in post.deliveries:
            mine.append(next(ids))
            lined.add(mine[-1], number, new, at, post.expires_at)
        stored.append(Accepted(number, tuple(mine)))
    _insert.many(connection, rows)
    lined.store(connection)
    announce(connection, posts[0].who)
    return stored
