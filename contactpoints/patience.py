"""Patience: how long a request may take to come in, and how long a thread waits for the next one.

gunicorn's threads would wait for ever for the first, and not at all for the second.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

LINGER = 50
"""Milliseconds that a thread waits for the next request of its connection. One that comes by way of
the main loop costs four switches between threads more.
"""


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's own, which looks once a second for requests that take too long.

    Such a connection is read no further: the view sees a body that ends too early, and what is
    answered still goes out. One whose request came in long ago loses nothing by it.
    """

    seconds = 30.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reading: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Reads and answers a request, in a thread, and those that come right after it."""
        kept = self._handle_one(conn)
        while kept is True and self._has_next(conn):
            kept = self._handle_one(conn)
        return kept

    def _has_next(self, conn: Any) -> bool:
        """Waits for the connection's next request, as long as there is a thread for each one."""
        if not self.alive or self.nr_conns > self.cfg.threads or self.cfg.is_ssl:
            return False
        coming = select.poll()
        coming.register(conn.sock, select.POLLIN)
        return bool(coming.poll(LINGER))

    def _handle_one(self, conn: Any) -> Any:
        self._reading[conn] = time.monotonic() + self.seconds
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    def murder_keepalived(self, *args: Any, **options: Any) -> None:
        """Called about once a second."""
        super().murder_keepalived(*args, **options)
        now = time.monotonic()
        for conn, end in list(self._reading.items()):
            if end < now:
                self._reading[conn] = now + self.seconds
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
