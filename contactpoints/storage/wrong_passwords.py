"""Wrong passwords: how many were tried, by whom and for whom. All processes count together.

Of each key only a digest is stored, and the time until which its tries count, in the manner of
:mod:`contactpoints.access.throttle`. What counts no more is forgotten with the next wrong try.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select, text

from contactpoints.storage.tables import wrong_passwords

AT_ONCE = 200  # rows that one wrong try forgets

_count = text(
    "INSERT INTO wrong_passwords (digest, until) VALUES (:digest, :now + :period) "
    "ON CONFLICT (digest) DO UPDATE SET until = :period + "
    "CASE WHEN wrong_passwords.until > :now THEN wrong_passwords.until ELSE :now END"
)
_keep = text(
    "INSERT INTO wrong_passwords (digest, until) VALUES (:digest, :until) "
    "ON CONFLICT (digest) DO UPDATE SET until = excluded.until"
)


def digest_of(key: str) -> bytes:
    """What is stored of a key: people type all kinds of things as their names."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()[:16]


def look(connection: Connection, keys: Iterable[str]) -> dict[str, float]:
    """Until when each key counts that does."""
    wanted = {digest_of(key): key for key in keys}
    table = wrong_passwords.c
    found = connection.execute(
        select(table.digest, table.until).where(table.digest.in_(list(wanted)))
    )
    return {wanted[bytes(digest)]: until for digest, until in found}


def count(connection: Connection, periods: Mapping[str, float], now: float) -> None:
    """Count a wrong try for each key, which counts for so many seconds longer then."""
    for digest, period in sorted((digest_of(key), period) for key, period in periods.items()):
        connection.execute(_count, {"digest": digest, "period": period, "now": now})
    table = wrong_passwords.c
    old = select(table.digest).where(table.until < now).order_by(table.until).limit(AT_ONCE)
    gone = list(connection.scalars(old.with_for_update(skip_locked=True)))  # nobody is waited for
    if gone:
        connection.execute(delete(wrong_passwords).where(table.digest.in_(gone)))


def keep(connection: Connection, key: str, until: float) -> None:
    """Let a key count until a time, however often it is said."""
    connection.execute(_keep, {"digest": digest_of(key), "until": until})
