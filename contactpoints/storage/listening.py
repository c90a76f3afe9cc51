"""Listening: PostgreSQL says at once when another process has put something into the outbox."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from contactpoints.storage.database import Database

log = logging.getLogger(__name__)

CHANNEL = "contactpoints"
AGAIN = 5.0  # seconds before a lost connection is made again, and between looks at ``stop``


def announce(connection: Connection, who: str) -> None:
    """Tell all others, when this transaction is committed."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, who[:200]))


class Listener:
    """Calls ``heard`` in a thread of its own whenever another process announces something."""

    def __init__(self, database: Database, who: str, heard: Callable[[], None]) -> None:
        self.database = database
        self.who = who[:200]
        self.heard = heard
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to listen; on SQLite there is nobody to listen to."""
        if not self.database.is_sqlite:
            threading.Thread(target=self._run, name="listener", daemon=True).start()

    def stop(self) -> None:
        """Listen no more, within a few seconds."""
        self._stop.set()

    def _run(self) -> None:
        import psycopg

        place = self.database.url.set(drivername="postgresql").render_as_string(False)
        while not self._stop.is_set():
            try:
                with psycopg.connect(place, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.heard()
                    while not self._stop.is_set():
                        for note in connection.notifies(timeout=AGAIN):
                            if note.payload != self.who:
                                self.heard()
                            if self._stop.is_set():
                                break
            except psycopg.Error as error:
                log.warning("listening=lost error=%s", type(error).__name__)
                self._stop.wait(AGAIN)
