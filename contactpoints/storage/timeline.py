"""Timeline: how many deliveries there were over time, without looking at each.

Deliveries are numbered in the order in which they are accepted, so the number at which an hour
begins is found by halving, and what lies between two such numbers is their difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, literal_column, select

from contactpoints.storage.tables import FAILED, UNUSUAL, deliveries


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
    row = connection.execute(select(func.min(table.id), func.max(table.id))).one()
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
    table = deliveries.c
    while low < high:
        middle = (low + high) // 2
        found = connection.execute(
            select(table.id, table.accepted_at)
            .where(table.id >= middle)
            .order_by(table.id)
            .limit(1)
        ).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low
