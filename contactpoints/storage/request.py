"""Request: one thing asked of the writer, and the answer that its thread gives."""

from __future__ import annotations

import threading
from typing import Any, Generic

from contactpoints.storage.committing import Answer, Operation


class Request(Generic[Answer]):
    """An operation for one item. As a future, but with one lock: there are thousands a second."""

    __slots__ = ("_answer", "_error", "_open", "_over", "item", "operation")

    def __init__(self, operation: Operation[Any, Answer], item: Any) -> None:
        self.operation = operation
        self.item = item
        self._open = [True]  # popping from a list is one step: who gets it decides
        self._answer: Any = None
        self._error: Exception | None = None
        self._over = threading.Lock()
        self._over.acquire()

    def take(self) -> bool:
        """Begin with it; False when it was given up."""
        try:
            return self._open.pop()
        except IndexError:
            return False

    def cancel(self) -> bool:
        """Give it up; False when it was begun."""
        return self.take()

    @property
    def is_taken(self) -> bool:
        """Whether it was begun, or given up."""
        return not self._open

    def answer(self, answer: Answer) -> None:
        """What it gave, now that it is committed."""
        self._answer = answer
        self._over.release()

    def fail(self, error: Exception) -> None:
        """Why it was not carried out."""
        self._error = error
        self._over.release()

    def result(self, wait: float | None = None) -> Answer:
        """The answer, once it is there.

        :raises TimeoutError: when it is not in ``wait`` seconds.
        :raises Exception: what kept it from being carried out.
        """
        if not self._over.acquire(timeout=-1 if wait is None else wait):
            raise TimeoutError
        self._over.release()
        if self._error is not None:
            raise self._error
        answer: Answer = self._answer
        return answer
