"""Patience: how long a request may take to come in. gunicorn's threads would wait for ever."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


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
        """Reads and answers a request, in a thread."""
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
