"""Endings: what a worker says of a claim once it has tried to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, bindparam, delete, null, select, update

from contactpoints.storage.accepting import (
    NewDelivery,
    delivery_row,
    insert_deliveries,
    next_ids,
    open_lanes,
)
from contactpoints.storage.claims import WAITS, Claimed, first_of
from contactpoints.storage.hot import Hot, HotInsert
from contactpoints.storage.tables import WAITING, attempts, deliveries, lanes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, for the history."""

    number: int
    started_at: float
    duration: float
    status: int | None = None
    reason: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
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


_finish = Hot(
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), WAITS)
    .values(
        state=bindparam("to"),
        attempts=bindparam("tries"),
        next_attempt_at=bindparam("next"),
        finished_at=bindparam("finished"),
        reason=bindparam("why"),
        error=bindparam("said"),
        note=bindparam("remark"),
    )
)
_ours = and_(lanes.c.lane == bindparam("its_lane"), lanes.c.owner == bindparam("who"))
_give_back = Hot(update(lanes).where(_ours).values(due=bindparam("at"), owner=null()))
_keep = Hot(update(lanes).where(_ours).values(due=bindparam("at")))
_close = Hot(delete(lanes).where(_ours))
_lock = Hot(
    select(lanes.c.lane, lanes.c.owner)
    .where(lanes.c.lane.in_(bindparam("lanes", expanding=True)))
    .order_by(lanes.c.lane)
    .with_for_update(),
    listed="lanes",
)
_tried = HotInsert(attempts, [column.name for column in attempts.c if column.name != "id"])


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
    rows: dict[str, list[dict[str, object]]] = {"give": [], "keep": [], "close": []}
    for item in over:
        lane, who = item.claimed.lane, item.claimed.owner
        head = heads.get(lane)
        if head is None:
            rows["close"].append({"its_lane": lane, "who": who})
        elif item.go_on:
            rows["keep"].append({"its_lane": lane, "who": who, "at": item.until})
            going_on[lane] = replace(head, owner=who)
        else:
            rows["give"].append({"its_lane": lane, "who": who, "at": item.at})
    for item in again:
        lane, who = item.claimed.lane, item.claimed.owner
        rows["give"].append({"its_lane": lane, "who": who, "at": item.due})
    for statement, name in ((_give_back, "give"), (_keep, "keep"), (_close, "close")):
        statement.many(connection, rows[name])
    return [going_on.get(item.claimed.lane) for item in endings]


def _record(connection: Connection, endings: Sequence[Ended]) -> None:
    """The rows of deliveries and attempts, and the deliveries of a fallback contact point."""
    _tried.many(
        connection,
        [
            {
                "delivery_id": item.claimed.delivery,
                "number": item.attempt.number,
                "started_at": item.attempt.started_at,
                "duration": item.attempt.duration,
                "status": item.attempt.status,
                "reason": item.attempt.reason,
                "error": item.attempt.error,
            }
            for item in endings
            if item.attempt
        ],
    )
    _finish.many(
        connection,
        [
            {
                "delivery": item.claimed.delivery,
                "to": item.state,
                "tries": item.attempt.number if item.attempt else item.claimed.attempts,
                "next": item.due if item.state == WAITING else None,
                "finished": None if item.state == WAITING else item.at,
                "why": item.attempt.reason if item.attempt else item.reason,
                "said": item.attempt.error if item.attempt else item.note,
                "remark": item.note,
            }
            for item in endings
        ],
    )
    _fall_back(connection, [item for item in endings if item.fallback])


def _fall_back(connection: Connection, endings: Sequence[Ended]) -> None:
    count = sum(len(item.fallback) for item in endings)
    ids = iter(next_ids(connection, deliveries, count))
    rows = []
    for item in endings:
        claimed = item.claimed
        lifetime = claimed.expires_at - claimed.accepted_at
        for new in item.fallback:
            row = delivery_row(next(ids), claimed.notification, new, item.at, item.at + lifetime)
            rows.append(row | {"fallback_for": claimed.delivery})
    insert_deliveries.many(connection, rows)
    open_lanes(connection, rows)
