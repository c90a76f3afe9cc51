"""Audits: who changed what, when, and from where. Rows are added, and go when they are old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from contactpoints.storage.tables import audit

MOST = 1000  # entries of one answer
AT_ONCE = 1000  # entries that one transaction removes: nobody else waits long for it


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. No text in it may hold a secret."""

    at: float
    """Seconds since 1970."""
    who: str
    role: str = ""
    address: str = ""
    """Where the request came from."""
    action: str = ""
    object: str = ""
    detail: str = ""


def add(connection: Connection, entry: Entry) -> None:
    """Write it down, in the transaction of what it tells of."""
    connection.execute(insert(audit).values(**asdict(entry)))


def record(connection: Connection, entries: Sequence[Entry]) -> list[None]:
    """For the writer: what is no part of another transaction."""
    for entry in entries:
        add(connection, entry)
    return [None] * len(entries)


def find(
    connection: Connection, *, limit: int = 100, before: int | None = None
) -> list[dict[str, Any]]:
    """What was done, the latest first. ``before`` is an id."""
    query = select(audit).order_by(audit.c.id.desc()).limit(min(max(limit, 1), MOST))
    if before is not None:
        query = query.where(audit.c.id < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def prune(connection: Connection, before: Sequence[float]) -> list[int]:
    """Remove the oldest entries from before a time, at most :data:`AT_ONCE` for each; the answer is
    how many went.
    """
    return [_prune(connection, time) for time in before]


def _prune(connection: Connection, before: float) -> int:
    oldest = select(audit.c.id, audit.c.at).order_by(audit.c.id).limit(AT_ONCE)
    old = [row.id for row in connection.execute(oldest) if row.at < before]
    if old:
        connection.execute(delete(audit).where(audit.c.id.in_(old)))
    return len(old)
