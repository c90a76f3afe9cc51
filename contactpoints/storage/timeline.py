"""Timeline: how many deliveries there were over time, without looking at each.

Deliveries are numbered in the order in which they are accepted, so the number at which an hour
begins is found by halving, and what lies between two such numbers is their difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, literal_column, select

from contactpoints.storage.hot import Hot
from contactpoints.storage.tables import FAILED, UNUSUAL, deliveries

_next = Hot(
    select(deliveries.c.id, deliveries.c.accepted_at)
    .where(deliveries.c.id >= bindparam("id"))
    .order_by(deliveries.c.id)
    .limit(1)
)


class Span(NamedTuple):
    """Deliveries accepted from ``start`` until the next span's, and how many of them failed.
    A number that was given out and not used counts as one accepted.
    """

    start: float
    accepted: int
    failed: int


def timeline(connection: Connection, starts: Sequence[float]) -> list[Span]:
    """The spans that begin at ``starts``, which are in order; the last one is open."""
    table = deliveries.c
    # Both at once would be a look at all: SQLite finds one end of an index without, not two.
    ends = (select(end(table.id)).scalar_subquery() for end in (func.min, func.max))
    row = connection.execute(select(*ends)).one()
    if row[0] is None:
        return [Span(start, 0, 0) for start in starts]
    last = row[1] + 1
    firsts, low = [], row[0]
    for start in starts:
        low = _first(connection, start, low, last)
        firsts.append(low)
    spans = []
    for start, first, after in zip(starts, firsts, [*firsts[1:], last], strict=True):
        failed = 0
        if after > first:
            failed = connection.execute(
                select(func.count()).where(
                    UNUSUAL,
                    table.state == literal_column(f"'{FAILED}'"),
                    table.id >= first,
                    table.id < after,
                )
            ).scalar_one()
        spans.append(Span(start, after - first, failed))
    return spans


def _first(connection: Connection, moment: float, low: int, high: int) -> int:
    """The first number from ``low`` on that was accepted at ``moment`` or later, else ``high``."""
    while low < high:
        middle = (low + high) // 2
        found = _next.rows(connection, {"id": middle})
        if not found or found[0][1] >= moment:
            high = middle
        else:
            low = found[0][0] + 1
    return low
