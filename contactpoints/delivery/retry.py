"""Retry: when to try again."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST, MOST = 1.0, 300.0  # seconds
SPREAD = 0.25  # of the time, up and down: targets are not hit by all at once

Uniform = Callable[[float, float], float]


def backoff(failures: int, uniform: Uniform = random.uniform) -> float:
    """Seconds to wait after ``failures`` in a row: twice as long each time, from 1 s to 5 min.

    >>> [backoff(count, lambda low, high: 1) for count in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 300.0]
    """
    wait = FIRST * 2.0 ** min(max(failures, 1) - 1, 20)
    return max(FIRST, min(MOST, min(wait, MOST) * uniform(1 - SPREAD, 1 + SPREAD)))


def wait_after(
    failures: int, asked: float | None = None, uniform: Uniform = random.uniform
) -> float:
    """Seconds to wait; when the target ``asked`` for a time, that, and a little more."""
    if not asked:
        return backoff(failures, uniform)
    return max(FIRST, asked * uniform(1, 1.1))
