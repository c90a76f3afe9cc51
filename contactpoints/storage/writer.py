"""Writer: all that a process writes, by one thread; what is asked at the same time shares a commit.

A commit costs a wait for the disk, whatever is in it. While one runs, requests pile up, and the
next commit takes them all: the more there is to do, the cheaper each becomes. Nobody waits for
others to come: a lone request is committed at once.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any

from contactpoints.storage.clerk import Clerk
from contactpoints.storage.committing import Answer, Failure, Item, Operation, commit
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.request import One, Request
from contactpoints.storage.turns import Turn

log = logging.getLogger(__name__)

MOST = 256  # requests in one commit


class Writer:
    """Carries out operations. ``submit`` may be called from any thread.

    ``apart``: in a process of its own, for a process that is busy with other things; until that has
    started, and what cannot be pickled, is carried out here all the same.
    """

    def __init__(self, database: Database, *, apart: bool = False) -> None:
        self.database = database
        self.apart = apart
        self.after: dict[Any, Callable[[Sequence[Any], Sequence[Any]], None]] = {}
        """What is called with the items of an operation and their answers, once for each commit."""
        self._clerk = Clerk(database)
        self._turn = Turn(database.path)
        self._queue: SimpleQueue[Request[Any] | None] = SimpleQueue()
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
        request = self.put(operation, item)
        try:
            return request.result(wait)
        except TimeoutError:
            request.cancel()
            raise StorageError("the storage takes too long") from None

    def put(self, operation: Operation[Item, Answer], item: Item) -> Request[Answer]:
        """As :meth:`submit`, without waiting."""
        request: One[Answer] = One(operation, (item,))
        self._add(request)
        return request

    def put_all(
        self, operation: Operation[Item, Answer], items: Sequence[Item]
    ) -> Request[list[Answer | Failure]]:
        """Many at once, which share a commit; each has an answer, or a failure, of its own."""
        request: Request[list[Answer | Failure]] = Request(operation, items)
        if items:
            self._add(request)
        else:
            request.answer([])
        return request

    def _add(self, request: Request[Any]) -> None:
        if self._process != os.getpid():
            self._start()
        self._queue.put(request)

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid():
                return
            self._queue = SimpleQueue()
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
        self._clerk.after_fork()

    def _run(self) -> None:
        try:
            self._take(self._queue)
        finally:
            self.database.done()
            self._turn.close()
            self._clerk.close()

    def _take(self, queue: SimpleQueue[Request[Any] | None]) -> None:
        goes_on = True
        while goes_on and (first := queue.get()) is not None:
            batch = [first]
            try:
                while len(batch) < MOST:
                    request = queue.get_nowait()
                    if request is None:
                        goes_on = False
                        break
                    batch.append(request)
            except Empty:
                pass
            self._carry_out([request for request in batch if request.take()])

    def _carry_out(self, requests: list[Request[Any]]) -> None:
        """One transaction for all requests, or at least for all of a kind."""
        kinds: dict[Any, list[Request[Any]]] = {}
        for request in requests:
            kinds.setdefault(request.operation, []).append(request)
        groups = [
            (kind, [item for each in group for item in each.items]) for kind, group in kinds.items()
        ]
        answers = self._clerk.commit(groups) if self.apart and self._clerk.is_ready() else None
        if answers is None:
            answers = commit(self.database, groups, self._turn)
        elif any(_is_of_storage(found[0]) for found in answers):
            with suppress(StorageError), self.database.reading():
                pass  # what the clerk met concerns our own connections as well
        self.commits += 1
        for group, found in zip(kinds.values(), answers, strict=True):
            rest = iter(found)
            for request in group:
                request.answer(list(islice(rest, len(request.items))))
        for (kind, items), found in zip(groups, answers, strict=True):
            if tell := self.after.get(kind):
                try:
                    tell(items, found)
                except Exception:
                    log.exception("telling=failed")


def _is_of_storage(answer: Any) -> bool:
    return type(answer) is Failure and isinstance(answer.error, StorageError)
