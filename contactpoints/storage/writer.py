"""Writer: all that a process writes, by one thread; what is asked at the same time shares a commit.

A commit costs a wait for the disk, whatever is in it. While one runs, requests pile up, and the
next commit takes them all: the more there is to do, the cheaper each becomes. Nobody waits for
others to come: a lone request is committed at once.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection

from contactpoints.storage.database import Database, StorageError

MOST = 256  # requests in one commit
SWITCH = 0.0005
"""Seconds after which a busy thread lets another have the interpreter. The driver lets go of it for
every statement; with Python's 5 ms the writer would wait that long each time to get it back.
"""
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Operation = Callable[[Connection, Sequence[Item]], Sequence[Answer]]
"""Carries out several requests of one kind in a transaction; gives an answer for each, in order."""

_Request = tuple[Callable[..., Any], Any, "Future[Any]"]


class Writer:
    """Carries out operations. ``submit`` may be called from any thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._process = 0
        self.commits = 0

    def submit(
        self, operation: Operation[Item, Answer], item: Item, *, wait: float | None = 30.0
    ) -> Answer:
        """Carry out ``operation`` for ``item`` and give its answer once that is committed.

        :raises StorageError: when it was not committed, or not known to be in ``wait`` s.
        """
        future = self.put(operation, item)
        try:
            return future.result(wait)
        except TimeoutError:
            future.cancel()
            raise StorageError("the storage takes too long") from None

    def put(self, operation: Operation[Item, Answer], item: Item) -> Future[Answer]:
        """As :meth:`submit`, without waiting."""
        if self._process != os.getpid():
            self._start()
        future: Future[Answer] = Future()
        self._queue.put((operation, item, future))
        return future

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid():
                return
            self._queue = SimpleQueue()
            sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH))
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()
            self._process = os.getpid()

    def stop(self) -> None:
        """Finish what was submitted, then end."""
        if self._thread and self._process == os.getpid():
            self._queue.put(None)
            self._thread.join()
            self._process = 0

    def after_fork(self) -> None:
        """The thread stayed with the parent process: start another when needed."""
        self._lock = threading.Lock()
        self._process = 0

    def _run(self) -> None:
        try:
            self._take(self._queue)
        finally:
            self.database.done()

    def _take(self, queue: SimpleQueue[_Request | None]) -> None:
        while (first := queue.get()) is not None:
            batch = [first]
            stop = False
            try:
                while len(batch) < MOST:
                    request = queue.get_nowait()
                    if request is None:
                        stop = True
                        break
                    batch.append(request)
            except Empty:
                pass
            groups: dict[Any, list[_Request]] = {}
            for request in batch:
                if request[2].set_running_or_notify_cancel():
                    groups.setdefault(request[0], []).append(request)
            if self.database.is_sqlite:
                self._commit(list(groups.values()))
            else:  # kinds lock rows in an order of their own: together they might lock each other
                for group in groups.values():
                    self._commit([group])
            if stop:
                return

    def _commit(self, groups: list[list[_Request]]) -> None:
        """One transaction for all of ``groups``, each of which is one kind of operation."""
        if not groups:
            return
        answers: list[tuple[Future[Any], Any]] = []
        try:
            with self.database.writing() as connection:
                for group in groups:
                    found = group[0][0](connection, [item for _, item, _ in group])
                    answers += zip((future for _, _, future in group), found, strict=True)
        except StorageError as error:
            for group in groups:
                for _, _, future in group:
                    future.set_exception(error)
            return
        except Exception as error:  # a mistake in one request must not take the others along
            requests = [request for group in groups for request in group]
            if len(requests) == 1:
                requests[0][2].set_exception(error)
            else:
                for request in requests:
                    self._commit([[request]])
            return
        self.commits += 1
        for future, answer in answers:
            future.set_result(answer)
