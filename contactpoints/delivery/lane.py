"""Lane: one that this process has claimed, from then on until what became of it is stored."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from contactpoints.storage.claims import Claimed
from contactpoints.storage.endings import Ended
from contactpoints.storage.tables import WAITING


@dataclass(slots=True)
class Lane:
    """A claimed lane and its first delivery. ``turn``: how many of its deliveries came before it
    without another claim; ``since``: when it got ready.
    """

    claimed: Claimed
    turn: int = 0
    since: float = field(default_factory=time.time)


Ending = tuple[Lane, Ended]
Settled = tuple[Lane, Ended, Claimed | None]
"""An end that is stored, and the lane's next delivery if that is ours."""


def given_back(lane: Lane, now: float) -> Ended:
    """What is claimed and not begun waits again, for anybody."""
    return Ended(lane.claimed, WAITING, now, now, None, now)
