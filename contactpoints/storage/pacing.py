"""Pacing: a token bucket for each target that has a rate limit, shared by all processes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from contactpoints.storage.tables import targets


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_second`` messages over time, ``burst`` of them at once after a pause."""

    per_second: float
    burst: int = 1


def tokens(connection: Connection, target: str, rate: Rate, now: float) -> float:
    """What the bucket holds now. The row stays locked until the transaction ends."""
    row = connection.execute(
        select(targets.c.tokens, targets.c.refilled_at)
        .where(targets.c.target == target)
        .with_for_update()
    ).first()
    if row is None:
        connection.execute(
            insert(targets).values(target=target, tokens=float(rate.burst), refilled_at=now)
        )
        return float(rate.burst)
    held, since = float(row[0]), float(row[1])
    return min(float(rate.burst), held + max(0.0, now - since) * rate.per_second)


def spend(connection: Connection, target: str, left: float, now: float) -> None:
    """Store what is left in the bucket."""
    connection.execute(
        update(targets).where(targets.c.target == target).values(tokens=left, refilled_at=now)
    )
