"""Posted: what vendors call messages that a later notification of the group changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, text

from contactpoints.storage.tables import posted_messages

AT_ONCE = 1000  # messages that one transaction forgets by age


class Remembered(NamedTuple):
    """One message. ``name`` is None for one that is to be forgotten."""

    digest: bytes
    name: str | None
    at: float


_put = text(
    "INSERT INTO posted_messages (digest, name, at) VALUES (:digest, :name, :at) "
    "ON CONFLICT (digest) DO UPDATE SET name = excluded.name, at = excluded.at"
)


def recall(connection: Connection, digest: bytes) -> str | None:
    """The name that is remembered."""
    table = posted_messages.c
    found: str | None = connection.scalar(select(table.name).where(table.digest == digest))
    return found


def remember(connection: Connection, wishes: Sequence[Remembered]) -> list[None]:
    """Remember messages, or forget them; the last wish for one counts."""
    for wish in sorted(wishes, key=lambda wish: wish.digest):  # so nobody locks anybody out
        if wish.name is None:
            connection.execute(
                delete(posted_messages).where(posted_messages.c.digest == wish.digest)
            )
        else:
            connection.execute(_put, wish._asdict())
    return [None] * len(wishes)


def forget(connection: Connection, before: float) -> int:
    """Forget messages that nobody changed since ``before``: how many, at most :data:`AT_ONCE`."""
    table = posted_messages.c
    old = select(table.digest).where(table.at < before).order_by(table.at).limit(AT_ONCE)
    return connection.execute(
        delete(posted_messages).where(table.digest.in_(old), table.at < before)
    ).rowcount
