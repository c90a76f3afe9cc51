"""Database: the connection to SQLite or PostgreSQL, and one name for all ways to be gone."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.util import asbool

from contactpoints.storage import migrations
from contactpoints.storage.failing import StorageError as StorageError

BUSY_SECONDS = 3.0  # how long another process may hold SQLite's lock before it is "unavailable"
LOG_PAGES = 4000
"""Pages of SQLite's write-ahead log that are brought into the file together. Keys are hashes, so
each post touches pages all over the indexes; the more posts go together, the fewer are written.
"""
SCHEMA_LOCK = 0x636F6E74  # "cont": the advisory lock under which PostgreSQL's tables are made


class Database:
    """The tables behind ``url``, made on the first use.

    ``max_pages`` limits the size of a SQLite file (``PRAGMA max_page_count``), 0 leaves it open.
    """

    def __init__(self, url: str, *, max_pages: int = 0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.max_pages = max_pages
        self.path = self._sqlite_path()
        self._ready = False
        self._lock = threading.Lock()
        self._kept = threading.local()
        self._identity: tuple[int, int] | None = None
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_pre_ping": True}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        else:
            options["connect_args"] = {"connect_timeout": 5}
        engine = self.engine = create_engine(
            self.url, pool_size=8, max_overflow=24, pool_timeout=BUSY_SECONDS, **options
        )
        driver = engine.dialect.loaded_dbapi
        self._ours: tuple[type[Exception], ...] = (  # mistakes of the program, not of the storage
            IntegrityError,
            DataError,
            NotSupportedError,
            driver.IntegrityError,
            driver.DataError,
            *((driver.ProgrammingError,) if self.is_sqlite else ()),
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def _sqlite_path(self) -> Path | None:
        """The file, also of a URI (https://www.sqlite.org/uri.html); None when there is none."""
        name = self.url.database
        query = self.url.query
        if name and name.startswith("file:") and asbool(query.get("uri", False)):
            name = unquote(urlsplit(name).path) if query.get("mode") != "memory" else None
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def _set_up_sqlite(self, connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        _use_log(cursor)
        cursor.execute("PRAGMA synchronous = FULL")  # a commit is on the disk, not only on its way
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES:d}")
        if self.max_pages:
            cursor.execute(f"PRAGMA max_page_count = {self.max_pages:d}")
        cursor.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; on leaving it is committed, and durable.

        Each thread that writes keeps a connection: there is one such thread in a process.

        :raises StorageError: when it cannot be begun, carried out or committed.
        """
        with self._failures():
            self.prepare()
            connection = getattr(self._kept, "connection", None)
            if connection is not None and self._kept.identity != self._identity:
                self._drop()  # another thread has found another file in its place
                connection = None
            if connection is None:
                self._kept.identity = self._identity
                connection = self.engine.connect()
                if self.is_sqlite:
                    connection = connection.execution_options(sqlite_write=True)
                self._kept.connection = connection
            with connection.begin():
                yield connection
            self._still_there()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. :raises StorageError: when it cannot."""
        with self._failures():
            self.prepare()
            with self.engine.connect() as connection, connection.begin():
                yield connection
            self._still_there()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except self._ours:
            raise
        except (DBAPIError, PoolTimeout, OSError, self.engine.dialect.loaded_dbapi.Error) as error:
            self._ready = False  # look at everything again next time
            self._drop()
            raise StorageError(_said(error)) from error

    def _drop(self) -> None:
        """The connection that this thread keeps is good for nothing any more."""
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept is not None:
            with suppress(Exception):
                kept.invalidate()
                kept.close()

    def prepare(self) -> None:
        """Make the tables, or bring them up to date, unless this was done.

        Several processes may do it at the same time: one does, the others wait a few seconds.

        :raises UnsuitableDatabaseError: when a later program has used the database, or another one.
        """
        if self._ready:
            return
        with self._lock:
            if self._ready:
                return
            if self.path:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.engine.connect() as connection:
                with connection.begin():
                    current = migrations.is_current(connection)
                if not current:
                    self._migrate(connection)
            self._identity = self._file()
            self._ready = True

    def _migrate(self, connection: Connection) -> None:
        """In one transaction, under a lock that keeps all others from doing it, or from writing."""
        if self.is_sqlite:
            connection = connection.execution_options(sqlite_write=True)
        with connection.begin():
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS:g}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")
            migrations.upgrade(connection)

    def _file(self) -> tuple[int, int] | None:
        if not self.path:
            return None
        status = os.stat(self.path)  # noqa: PTH116 - called for every commit
        return status.st_dev, status.st_ino

    def _still_there(self) -> None:
        """A SQLite file that was removed or replaced takes commits, and nobody will read them."""
        if self.path and self._file_or_none() != self._identity:
            self.engine.dispose()
            raise OSError("the database file was removed or replaced")

    def _file_or_none(self) -> tuple[int, int] | None:
        try:
            return self._file()
        except FileNotFoundError:
            return None

    def after_fork(self) -> None:
        """Forget the connections of the parent process."""
        self._kept = threading.local()
        self.engine.dispose(close=False)
        self._lock = threading.Lock()

    def done(self) -> None:
        """This thread writes no more."""
        kept = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept is not None:
            kept.close()

    def close(self) -> None:
        """Close every connection."""
        self.done()
        self.engine.dispose()


def _use_log(cursor: Any) -> None:
    """Write-ahead logging. While several processes make a new file so, SQLite says at once that it
    is locked, without the patience that holds otherwise.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("sqlite_write")
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")


def _said(error: BaseException) -> str:
    """What the database says, in one line and without the statement or the address."""
    said = getattr(error, "orig", None) or error
    text = getattr(said, "strerror", None) or str(said)
    return text.strip().partition("\n")[0][:200] or type(said).__name__
