"""What a vendor called the message of a group, so that the next notification can change it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

MOST = 10_000  # messages that are remembered in memory

Key = tuple[str, ...]  # texts that tell messages apart
Name = Mapping[str, str]  # what the vendor calls a message


class Posted(Protocol):
    """Remembers messages from one attempt to the next. Neither method fails: a message is sent
    whether or not another one is remembered.
    """

    def recall(self, key: Key) -> Name | None:
        """What was remembered under ``key``; None for nothing."""

    def remember(self, key: Key, name: Name | None) -> None:
        """Remember ``name`` in place of what was remembered; None forgets the key."""


class PostedInMemory:
    """For as long as it lives, and the latest only: for attempts that have no database."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: OrderedDict[Key, Name] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: Key) -> Name | None:
        """See :class:`Posted`, as for the next."""
        with self._lock:
            return self._found.get(key)

    def remember(self, key: Key, name: Name | None) -> None:
        with self._lock:
            self._found.pop(key, None)
            if name is not None:
                self._found[key] = name
            while len(self._found) > self._most:
                self._found.popitem(last=False)


@dataclass(frozen=True, slots=True)
class PostedBy:
    """The messages of one integration of one contact point among those of all."""

    all: Posted
    integration: Key

    def recall(self, key: Key) -> Name | None:
        """See :class:`Posted`, as for the next."""
        return self.all.recall((*self.integration, *key))

    def remember(self, key: Key, name: Name | None) -> None:
        self.all.remember((*self.integration, *key), name)
