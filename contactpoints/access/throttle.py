"""Throttle: how often a caller may be wrong. It holds a bounded number of callers, and no secret.

Each key may fail a number of times at once, and again once in a while (the "leaky bucket" in the
form of https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm: one number for each key).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST = 10_000  # keys


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` failures at once, then one every ``period`` seconds."""

    burst: int
    period: float


class Throttle:
    """Counts failures by key."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._full: OrderedDict[str, float] = OrderedDict()  # when a key has no failures left
        self._lock = threading.Lock()

    def take(self, wanted: Iterable[tuple[str, Limit]]) -> float:
        """Count one try for each key, which :meth:`give_back` undoes when it was no failure.

        Returns 0.0, or the seconds to wait when one of the keys has none left: nothing is counted
        then.
        """
        now = self._clock()
        with self._lock:
            items = [(key, limit, max(self._full.get(key, 0.0), now)) for key, limit in wanted]
            wait = max(
                (at + limit.period - limit.burst * limit.period - now for _, limit, at in items),
                default=0.0,
            )
            if wait > 0:
                return wait
            for key, limit, at in items:
                self._full[key] = at + limit.period
                self._full.move_to_end(key)
            while len(self._full) > self._most:
                self._full.popitem(last=False)
        return 0.0

    def give_back(self, taken: Iterable[tuple[str, Limit]]) -> None:
        """The tries that were taken were no failures."""
        with self._lock:
            for key, limit in taken:
                if key in self._full:
                    self._full[key] -= limit.period

    def __len__(self) -> int:
        return len(self._full)
