"""Endings: what a worker says of a claim once it has tried to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from contactpoints.storage.claims import Claimed, first_of
from contactpoints.storage.hot import Hot, Row, changing, inserting
from contactpoints.storage.numbering import next_ids
from contactpoints.storage.tables import WAITING, attempts, lanes
from contactpoints.storage.waiting import Lined, NewDelivery


class Attempt(NamedTuple):
    """One attempt, for the history."""

    number: int
    started_at: float
    duration: float
    status: int | None = None
    reason: str | None = None
    error: str | None = None


class Ended(NamedTuple):
    """What became of a claim: ``state`` is an end, or waiting, to be tried again at ``due``."""

    claimed: Claimed
    state: str
    at: float
    until: float
    """When the lease ends, if the lane goes on with its next delivery at once."""
    attempt: Attempt | None = None
    due: float = 0.0
    note: str | None = None
    reason: str | None = None
    """Why it failed, when that was without an attempt; ``note`` says it in words."""
    fallback: Sequence[NewDelivery] = ()
    go_on: bool = True

    def without_payload(self) -> Ended:
        """As it goes to the storage, which has what was posted: that may be large."""
        return self._replace(claimed=self.claimed._replace(payload=b""))


_finish = changing(
    ("id", "state", "attempts", "next", "finished", "reason", "error", "note"),
    "UPDATE deliveries SET state = new.state, attempts = new.attempts, "
    "next_attempt_at = CAST(new.next AS double precision), "
    "finished_at = CAST(new.finished AS double precision), "
    "reason = new.reason, error = new.error, note = new.note "
    "FROM new WHERE deliveries.id = new.id AND deliveries.state = 'waiting'",
)
_give_back = changing(
    ("lane", "due"),
    "UPDATE lanes SET due = new.due, owner = NULL FROM new WHERE lanes.lane = new.lane",
)
_keep = changing(
    ("lane", "due"), "UPDATE lanes SET due = new.due FROM new WHERE lanes.lane = new.lane"
)
_close = Hot(
    delete(lanes).where(lanes.c.lane.in_(bindparam("lanes", expanding=True))), listed="lanes"
)
_lock = Hot(
    select(lanes.c.lane, lanes.c.owner)
    .where(lanes.c.lane.in_(bindparam("lanes", expanding=True)))
    .order_by(lanes.c.lane)
    .with_for_update(),
    listed="lanes",
)
_tried = inserting(attempts, ("delivery_id", *Attempt._fields))


def end(connection: Connection, endings: Sequence[Ended]) -> list[Claimed | None]:
    """Store what became of claims; each answer is the lane's next delivery, claimed, or None.

    A lane whose lease was lost meanwhile is left to its new owner.
    """
    locked = _lock.rows(connection, {"lanes": [item.claimed.lane for item in endings]})
    owners = {row[0]: row[1] for row in locked}
    ours = [item for item in endings if owners.get(item.claimed.lane) == item.claimed.owner]
    _record(connection, endings)
    over = [item for item in ours if item.state != WAITING]
    again = [item for item in ours if item.state == WAITING]
    heads = first_of(connection, [item.claimed.lane for item in over], "") if over else {}
    going_on: dict[bytes, Claimed] = {}
    given: list[Row] = [(item.claimed.lane, item.due) for item in again]
    kept: list[Row] = []
    closed: list[bytes] = []
    for item in over:
        lane = item.claimed.lane
        head = heads.get(lane)
        if head is None:
            closed.append(lane)
        elif item.go_on:
            kept.append((lane, item.until))
            going_on[lane] = head._replace(owner=item.claimed.owner)
        else:
            given.append((lane, item.at))
    _give_back.many(connection, given)
    _keep.many(connection, kept)
    _close.rows(connection, {"lanes": closed})
    return [going_on.get(item.claimed.lane) for item in endings]


def _record(connection: Connection, endings: Sequence[Ended]) -> None:
    """The rows of deliveries and attempts, and the deliveries of a fallback contact point."""
    _tried.many(
        connection,
        [(item.claimed.delivery, *item.attempt) for item in endings if item.attempt],
    )
    _finish.many(connection, [_end_of(item) for item in endings])
    _fall_back(connection, [item for item in endings if item.fallback])


def _end_of(item: Ended) -> Row:
    """The row that :data:`_finish` takes."""
    waits, attempt = item.state == WAITING, item.attempt
    return (
        *(item.claimed.delivery, item.state),
        attempt.number if attempt else item.claimed.attempts,
        item.due if waits else None,
        None if waits else item.at,
        attempt.reason if attempt else item.reason,
        attempt.error if attempt else item.note,
        item.note,
    )


def _fall_back(connection: Connection, endings: Sequence[Ended]) -> None:
    (numbers,) = next_ids(connection, deliveries=sum(len(item.fallback) for item in endings))
    ids = iter(numbers)
    lined = Lined()
    for item in endings:
        old = item.claimed
        expires_at = item.at + old.expires_at - old.accepted_at
        for new in item.fallback:
            lined.add(next(ids), old.notification, new, item.at, expires_at, old.delivery)
    lined.store(connection)
