"""What a vendor called the message of a group, so that the next notification can change it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

MOST = 10_000  # messages that are remembered


class Posted:
    """The last messages posted, by whatever tells them apart.

    It is kept with the integration in memory: after a restart or a reload, or in another process, a
    group gets a new message instead of a changed one, which tells the same.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: Hashable) -> Any:
        """What was remembered under ``key``; ``None`` for nothing."""
        with self._lock:
            return self._found.get(key)

    def remember(self, key: Hashable, value: Any) -> None:
        """Remember ``value``, or forget the key for ``None``; the oldest goes when it is full."""
        with self._lock:
            self._found.pop(key, None)
            if value is not None:
                self._found[key] = value
            while len(self._found) > self._most:
                self._found.popitem(last=False)
