"""Turns: the processes of one machine write to a SQLite file one after the other.

SQLite itself waits for another process by naps that grow to a tenth of a second; two that write all
the time would hold each other up. Here the naps stay short. Only order is made by it: what keeps
two from writing at the same time is still SQLite's own lock.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAP = 0.0002
LONGEST = 1.0
"""Seconds after which we go on without: whoever has the turn may be stopped."""


class Turn:
    """The turn to write to the file at ``path``; for one thread of each process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path.with_name(path.name + "-turn") if path else None
        self._file = -1
        self._process = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the turn, if that is possible."""
        file = self._opened()
        end = time.monotonic() + LONGEST
        while file >= 0 and not _lock(file) and time.monotonic() < end:
            time.sleep(NAP)
        try:
            yield
        finally:
            if file >= 0:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        if self._process != os.getpid():  # what is inherited would be the same turn
            self._process, self._file = os.getpid(), -1
        if self._file < 0 and self._path:
            with suppress(OSError):  # a folder where nothing can be written
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file

    def close(self) -> None:
        """Forget the file."""
        if self._file >= 0 and self._process == os.getpid():
            os.close(self._file)
        self._file = -1


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
