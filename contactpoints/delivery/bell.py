"""Bell: the processes that take notifications in tell the one beside them that delivers.

On PostgreSQL others hear of it from the database, wherever they are. On SQLite they look once a
second; whoever was started together has this.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

END = "\n"
AT_ONCE = 1 << 16  # bytes, which is what a pipe holds


class Bell:
    """Made before the processes are. What does not fit is not told: the next look finds it."""

    def __init__(self) -> None:
        self._ear, self._cord = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def ring(self, targets: Iterable[str]) -> None:
        """There is something to send to ``targets``."""
        said = "".join(name.replace(END, " ") + END for name in targets)
        data = said.encode("utf-8", "replace")
        if data and len(data) <= select.PIPE_BUF:  # what is longer could be torn
            with suppress(BlockingIOError):
                os.write(self._cord, data)

    def listen(self, woken: Callable[[Iterable[str]], None]) -> None:
        """Call ``woken`` with the targets whenever it rings, in a thread of its own."""
        threading.Thread(target=self._hear, args=(woken,), name="bell", daemon=True).start()

    def _hear(self, woken: Callable[[Iterable[str]], None]) -> None:
        while True:
            select.select([self._ear], [], [])
            with suppress(BlockingIOError):
                said = os.read(self._ear, AT_ONCE).decode("utf-8", "replace")
                woken({name for name in said.split(END) if name})
