"""Request: what is asked of the writer, and the answer that its thread gives."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from contactpoints.storage.committing import Answer, Failure, Operation

Given = TypeVar("Given")


class Request(Generic[Given]):
    """An operation for some items, and what it gives for each. As a future, but with one lock:
    there are thousands a second.
    """

    __slots__ = ("_answer", "_error", "_open", "_over", "items", "operation")

    def __init__(self, operation: Operation[Any, Any], items: Sequence[Any]) -> None:
        self.operation = operation
        self.items = items
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

    def answer(self, answers: list[Any]) -> None:
        """What came of each item, now that it is committed, or its :class:`Failure`."""
        self._answer = answers
        self._over.release()

    def result(self, wait: float | None = None) -> Given:
        """The answer, once it is there.

        :raises TimeoutError: when it is not in ``wait`` seconds.
        :raises Exception: what kept it from being carried out.
        """
        if not self._over.acquire(timeout=-1 if wait is None else wait):
            raise TimeoutError
        self._over.release()
        if self._error is not None:
            raise self._error
        answer: Given = self._answer
        return answer


class One(Request[Answer]):
    """For a single item: gives its answer, or raises what kept it from being carried out."""

    __slots__ = ()

    def answer(self, answers: list[Any]) -> None:
        (answer,) = answers
        if type(answer) is Failure:
            self._error = answer.error
        else:
            self._answer = answer
        self._over.release()
