"""Clerk: a process of its own that writes, for one other process.

A driver lets go of the interpreter and takes it back several times for each statement. Among the
threads of a busy process every time is a wait for the others: that cost more than all else
together. Here nobody waits for anybody.

The clerk ends when the process that it writes for does, however that ends. When it is the clerk
that ends, what it was about to write is known to have failed, or not known, and another is started.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from contactpoints.storage.committing import Failure, Group, commit
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.line import Line
from contactpoints.storage.turns import Turn

log = logging.getLogger(__name__)

READY = b"ready"
PROGRAM = (  # where modules are looked for is what it is in the process that starts it
    "import sys; sys.path[:] = sys.argv[1:]; from contactpoints.storage.clerk import main; main()"
)


class Clerk:
    """The other end of the process. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._line: Line | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def is_ready(self) -> bool:
        """Whether it can be given something. It takes a moment to start, which is begun here."""
        try:
            if self._line is None:
                self._line = self._start()
            if not self._is_ready and self._line.has_news():
                self._is_ready = bool(self._line.hear())
        except (OSError, EOFError) as error:
            log.warning("clerk=failed error=%r", str(error))
            self.close()
        return self._is_ready

    def commit(self, groups: Sequence[Group]) -> list[list[Any]] | None:
        """As :func:`contactpoints.storage.committing.commit`, there; None for what it cannot be
        told: a function that is in no module, an item that cannot be pickled, or when it has ended.
        """
        try:
            said = pickle.dumps(groups, pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError):
            return None
        assert self._line
        try:
            self._line.say(said)
        except OSError:  # it ended while there was nothing to do, and has not got it
            self.close()
            return None
        try:
            answers: list[list[Any]] = pickle.loads(self._line.hear())
        except (OSError, EOFError):
            self.close()
            failure = Failure(StorageError("the process that writes has ended"))
            return [[failure] * len(items) for _, items in groups]
        return answers

    def _start(self) -> Line:
        ours, other = socket.socketpair()
        with other:
            command = [sys.executable, "-c", PROGRAM, *sys.path]
            self._process = subprocess.Popen(command, stdin=other.fileno())
        line = Line(ours)
        url = self._database.url.render_as_string(hide_password=False)
        line.say(pickle.dumps((url, self._database.max_pages)))
        return line

    def close(self) -> None:
        """Let it end, after what it was given."""
        if self._line:
            self._line.close()
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self._line = self._process = None
        self._is_ready = False

    def after_fork(self) -> None:
        """It writes for the parent process."""
        if self._line:
            self._line.close()
        self._line = self._process = None
        self._is_ready = False


def main() -> None:
    """Write what comes in on standard input, a socket, until that ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # meant for the other process
        signal.signal(number, signal.SIG_IGN)
    line = Line(socket.socket(fileno=os.dup(0)))
    with suppress(EOFError, OSError):
        url, max_pages = pickle.loads(line.hear())
        database = Database(url, max_pages=max_pages)
        turn = Turn(database.path)
        line.say(READY)
        while True:
            line.say(_said(commit(database, pickle.loads(line.hear()), turn)))


def _said(answers: list[list[Any]]) -> bytes:
    try:
        return pickle.dumps(answers, pickle.HIGHEST_PROTOCOL)
    except Exception:  # errors hold all kinds of things
        plain = [[_plain(answer) for answer in group] for group in answers]
        return pickle.dumps(plain, pickle.HIGHEST_PROTOCOL)


def _plain(answer: Any) -> Any:
    if not isinstance(answer, Failure):
        return answer
    return Failure(RuntimeError(f"{type(answer.error).__name__}: {answer.error}"[:200]))
