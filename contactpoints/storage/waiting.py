"""Waiting: new deliveries, and the lanes in which they wait for their turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Connection

from contactpoints.storage.hot import Row, inserting
from contactpoints.storage.numbering import storable
from contactpoints.storage.tables import WAITING, deliveries, lanes


class NewDelivery(Struct, frozen=True):
    """One notification through one integration. Only a ``waiting`` one gets a lane."""

    contact_point: str
    integration: str
    type: str
    target: str
    lane: bytes
    state: str = WAITING
    note: str | None = None


_insert = inserting(
    deliveries,
    (
        *("id", "notification_id", "contact_point", "integration", "type", "target", "lane"),
        *("state", "attempts", "accepted_at", "expires_at", "next_attempt_at", "finished_at"),
        *("note", "fallback_for"),
    ),
)


@dataclass(slots=True)
class Lined:
    """New deliveries on their way into the tables, with the lanes of those that wait."""

    rows: list[Row]
    lanes: dict[bytes, Row]

    def __init__(self) -> None:
        self.rows = []
        self.lanes = {}

    def add(
        self,
        number: int,
        notification: int,
        new: NewDelivery,
        accepted_at: float,
        expires_at: float,
        fallback_for: int | None = None,
    ) -> None:
        """One more, which gets the id ``number``."""
        waits = new.state == WAITING
        target = storable(new.target)
        self.rows.append(
            (
                *(number, notification, storable(new.contact_point), storable(new.integration)),
                *(new.type, target, new.lane, new.state, 0, accepted_at, expires_at),
                accepted_at if waits else None,
                None if waits else accepted_at,
                *(new.note, fallback_for),
            )
        )
        if waits:
            self.lanes[new.lane] = (new.lane, target, accepted_at)

    def store(self, connection: Connection) -> None:
        """Put them into the tables."""
        _insert.many(connection, self.rows)
        open_lanes(connection, self.lanes.values())


def open_lanes(connection: Connection, wanted: Iterable[Row]) -> None:
    """Make sure that lanes are there: each its key, its target, and when it is to be looked at.

    A lane that is there keeps its time. Lanes are locked in one order, or two processes could wait
    for each other.
    """
    _open.many(connection, sorted(wanted))


_open = inserting(
    lanes,
    ("lane", "target", "due"),
    {
        "sqlite": "ON CONFLICT DO NOTHING",
        # an update, though it changes nothing, waits for the one who may be closing the lane
        "postgresql": "ON CONFLICT (lane) DO UPDATE SET due = lanes.due",
    },
)
