"""Claims: which delivery a worker sends next.

A claim is for a lane, so that its deliveries go one after the other, whoever sends them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

from contactpoints.storage.hot import Hot
from contactpoints.storage.pacing import Rate, spend, tokens
from contactpoints.storage.tables import WAITING, deliveries, lanes, notifications
from contactpoints.storage.waiting import open_lanes

LEASE = 90.0  # seconds that a claim is good for; an attempt takes 30 at most


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for up to ``count`` lanes of ``target`` that are due at ``now``, until ``until``."""

    target: str
    count: int
    owner: str
    now: float
    until: float
    rate: Rate | None = None


class Claimed(NamedTuple):
    """A delivery at the head of a lane that is ours until the lease ends."""

    lane: bytes
    owner: str
    delivery: int
    notification: int
    contact_point: str
    integration: str
    target: str
    attempts: int
    accepted_at: float
    expires_at: float
    fallback_for: int | None
    payload: bytes


WAITS = deliveries.c.state == literal_column(f"'{WAITING}'")  # literal: fits the partial index

_head = (
    select(func.min(deliveries.c.id))
    .where(deliveries.c.lane == lanes.c.lane, WAITS)
    .correlate(lanes)
    .scalar_subquery()
)
_heads = Hot(
    select(
        lanes.c.lane,
        deliveries.c.id,
        deliveries.c.notification_id,
        deliveries.c.contact_point,
        deliveries.c.integration,
        deliveries.c.target,
        deliveries.c.attempts,
        deliveries.c.accepted_at,
        deliveries.c.expires_at,
        deliveries.c.fallback_for,
        notifications.c.payload,
    )
    .join_from(lanes, deliveries, deliveries.c.id == _head)
    .join(notifications, notifications.c.id == deliveries.c.notification_id)
    .where(lanes.c.lane.in_(bindparam("lanes", expanding=True))),
    listed="lanes",
)
_due = Hot(
    select(lanes.c.lane)
    .where(lanes.c.target == bindparam("target"), lanes.c.due <= bindparam("now"))
    .order_by(lanes.c.due)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
_take = Hot(
    update(lanes)
    .where(lanes.c.lane.in_(bindparam("lanes", expanding=True)))
    .values(due=bindparam("until"), owner=bindparam("who")),
    listed="lanes",
)


def claim(connection: Connection, wishes: Sequence[Wanted]) -> list[list[Claimed]]:
    """Take lanes that are due, each with its first waiting delivery."""
    answers: list[list[Claimed]] = []
    for wish in wishes:
        count = wish.count
        there = 0.0
        if wish.rate:
            there = tokens(connection, wish.target, wish.rate, wish.now)
            count = min(count, int(there))
        found = _due.rows(connection, {"target": wish.target, "now": wish.now, "count": count})
        taken = [lane for (lane,) in found]
        if wish.rate:
            spend(connection, wish.target, there - len(taken), wish.now)
        if not taken:
            answers.append([])
            continue
        _take.rows(connection, {"lanes": taken, "until": wish.until, "who": wish.owner})
        heads = first_of(connection, taken, wish.owner)
        empty = [lane for lane in taken if lane not in heads]
        if empty:  # what waited was cancelled
            connection.execute(delete(lanes).where(lanes.c.lane.in_(empty)))
        answers.append(list(heads.values()))
    return answers


def first_of(connection: Connection, taken: Iterable[bytes], owner: str) -> dict[bytes, Claimed]:
    """The first waiting delivery of each lane that has one, as a claim of ``owner``."""
    rows = _heads.rows(connection, {"lanes": list(taken)})
    return {row[0]: Claimed(row[0], owner, *row[1:]) for row in rows}


def release(connection: Connection, owners: Sequence[Sequence[str]]) -> list[int]:
    """Give back all lanes of owners that are gone; the answer is how many each list had."""
    return [
        connection.execute(
            update(lanes).where(lanes.c.owner.in_(list(names))).values(due=0.0, owner=None)
        ).rowcount
        for names in owners
    ]


def mend(connection: Connection, moments: Sequence[float]) -> list[int]:
    """Open lanes again for what waits without one. None should; the answer is how many did."""
    there = exists().where(lanes.c.lane == deliveries.c.lane)
    rows = connection.execute(
        select(deliveries.c.lane, deliveries.c.target)
        .where(WAITS, ~there)
        .group_by(deliveries.c.lane, deliveries.c.target)
    )
    found = [(lane, target, moments[0]) for lane, target in rows]
    open_lanes(connection, found)
    return [len(found)] * len(moments)
