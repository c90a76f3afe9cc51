"""Tries: wrong passwords are counted in the database, so that more processes allow no more of them.

Only who has to be checked at all is looked up, and only a wrong password is written down: a right
one, or one that was right a short while ago, pays nothing for it. An address from which a name was
let in before is not kept out by what others try with that name.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from contactpoints.access.store import Store
from contactpoints.access.throttle import Limit
from contactpoints.storage import wrong_passwords as rows
from contactpoints.storage.database import StorageError

REMEMBERED = 30 * 24 * 3600.0  # seconds for which it is known that a name came in from an address
NOTED_EVERY = 24 * 3600.0

Keys = Sequence[tuple[str, Limit]]


class Tries:
    """The wrong tries of all processes on a database. A key says who is counted."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def wait(self, keys: Keys, loose: Keys, friend: str) -> float:
        """The seconds to wait until a password may be tried, mostly 0.0. ``loose`` are keys that do
        not count for a ``friend``.

        :raises StorageError: when that cannot be known at present.
        """
        now = time.time()
        with self._store.reading() as connection:
            known = rows.look(connection, [*(key for key, _ in (*keys, *loose)), friend])
        if known.get(friend, 0.0) < now:
            keys = [*keys, *loose]
        over = [known.get(key, 0.0) - (limit.burst - 1) * limit.period for key, limit in keys]
        return max(0.0, max(over) - now)

    def count(self, keys: Keys) -> None:
        """A wrong one. :raises StorageError: when it cannot be counted: then nobody may try."""
        periods, now = {key: limit.period for key, limit in keys}, time.time()
        self._store.carry_out(lambda connection: rows.count(connection, periods, now))

    def befriend(self, friend: str) -> None:
        """A right one."""
        now = time.time()
        with suppress(StorageError), self._store.reading() as connection:
            known = rows.look(connection, [friend]).get(friend, 0.0)
            if known < now + REMEMBERED - NOTED_EVERY:
                self._store.note(lambda connection: rows.keep(connection, friend, now + REMEMBERED))
