"""Upkeep: what changes deliveries apart from sending: by hand, by a later one, by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from contactpoints.storage import posted
from contactpoints.storage.claims import WAITS
from contactpoints.storage.tables import (
    CANCELLED,
    FAILED,
    SUPERSEDED,
    WAITING,
    attempts,
    deliveries,
    notifications,
    targets,
)
from contactpoints.storage.waiting import open_lanes

PROBE = ""  # no target is called so
AT_ONCE = 200  # notifications that one transaction removes: nobody else waits long for it
PASSED = 50  # times so many that are passed because something of them waits


@dataclass(frozen=True, slots=True)
class Retry:
    """A wish to send again what has ended without being sent."""

    delivery: int
    now: float
    expires_at: float


def retry(connection: Connection, wishes: Sequence[Retry]) -> list[bool]:
    """Let failed or cancelled deliveries wait again; False for one that is not such."""
    answers = []
    table = deliveries.c
    for wish in wishes:
        row = connection.execute(
            update(deliveries)
            .where(table.id == wish.delivery, table.state.in_([FAILED, CANCELLED]))
            .values(
                state=WAITING,
                next_attempt_at=wish.now,
                finished_at=None,
                expires_at=wish.expires_at,
                note=None,
            )
            .returning(table.lane, table.target)
        ).first()
        answers.append(row is not None)
        if row:
            open_lanes(connection, [(row[0], row[1], wish.now)])
    return answers


def cancel(connection: Connection, wishes: Sequence[tuple[int, float]]) -> list[bool]:
    """Let deliveries (with the time of the wish) wait no more; False for one that did not.

    The one that is on its way at this moment may still arrive.
    """
    return [
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == number, WAITS)
            .values(state=CANCELLED, finished_at=now, next_attempt_at=None)
        ).rowcount
        == 1
        for number, now in wishes
    ]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Waiting deliveries that a later one of the same lane says as well."""

    numbers: tuple[int, ...]
    by: int
    at: float


def supersede(connection: Connection, findings: Sequence[Superseded]) -> list[int]:
    """End what a later delivery replaces; the answer is how many each ended."""
    return [
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(item.numbers), WAITS)
            .values(
                state=SUPERSEDED, superseded_by=item.by, finished_at=item.at, next_attempt_at=None
            )
        ).rowcount
        for item in findings
    ]


def touch(connection: Connection, moments: Sequence[float]) -> list[None]:
    """Write something, to see whether that is possible."""
    changed = connection.execute(
        update(targets).where(targets.c.target == PROBE).values(refilled_at=max(moments))
    )
    if not changed.rowcount:
        connection.execute(insert(targets).values(target=PROBE))
    return [None] * len(moments)


def prune(connection: Connection, before: Sequence[float]) -> list[int]:
    """Remove the oldest notifications accepted before a time, with all that came of them, and the
    names of messages that nobody changed since.

    A little for each time; the answer is how much went. What waits stays.
    """
    return [_prune(connection, time) + posted.forget(connection, time) for time in before]


def _prune(connection: Connection, before: float) -> int:
    numbers = _forgettable(connection, before)
    if not numbers:
        return 0
    mine = select(deliveries.c.id).where(deliveries.c.notification_id.in_(numbers))
    connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(mine)))
    connection.execute(delete(deliveries).where(deliveries.c.notification_id.in_(numbers)))
    connection.execute(delete(notifications).where(notifications.c.id.in_(numbers)))
    return len(numbers)


def _forgettable(connection: Connection, before: float) -> list[int]:
    """The oldest notifications of which nothing waits. Those of which something does are passed.

    One query for all of this would be joined over the whole history.
    """
    after = 0
    for _ in range(PASSED):
        oldest = connection.execute(
            select(notifications.c.id, notifications.c.received_at)
            .where(notifications.c.id > after)
            .order_by(notifications.c.id)
            .limit(AT_ONCE)
        )
        old = [row[0] for row in oldest if row[1] < before]
        if not old:
            break
        waits = set(
            connection.scalars(
                select(deliveries.c.notification_id).where(
                    deliveries.c.notification_id.in_(old), WAITS
                )
            )
        )
        if found := [number for number in old if number not in waits]:
            return found
        after = old[-1]
    return []
