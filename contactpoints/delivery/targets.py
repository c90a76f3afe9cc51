"""Targets: how much is sent to each at the same time, and when one is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contactpoints.delivery.outcome import DeliveryError
from contactpoints.delivery.retry import wait_after
from contactpoints.storage.pacing import Rate

IN_A_ROW = 3  # failures after which the whole target waits, not only the lanes that met them
SOON = 0.05  # seconds: what is claimed has its turn within this time, by what attempts took so far
MOST_AHEAD = 16  # lanes for each place
WEIGHT = 0.2  # of the latest attempt, in what attempts are believed to take


@dataclass
class Target:
    """What a process knows of one target."""

    sending: int = 0
    """The places that are taken: whoever has one sends one delivery after the other."""
    failures: int = 0
    counted_at: float = 0.0
    opens_at: float = 0.0
    """Nothing is sent before: the backoff that the target's lanes share."""
    duration: float | None = None
    """Seconds that an attempt is believed to take; None: nobody knows."""

    @property
    def is_failing(self) -> bool:
        return self.failures >= IN_A_ROW


@dataclass
class Targets:
    """All targets. ``most`` is how much is sent to one at the same time."""

    most: int = 8
    rates: Mapping[str, Rate] = field(default_factory=dict)
    known: dict[str, Target] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Target:
        target = self.known.get(name)
        if target is None:
            target = self.known[name] = Target()
        return target

    def places(self, name: str, now: float) -> int:
        """How much may be sent to it at the same time. One that fails is tried with a single
        delivery.
        """
        target = self[name]
        if target.opens_at > now:
            return 0
        return 1 if target.is_failing else self.most

    def ahead(self, name: str) -> int:
        """How many lanes a place can take, one after the other, so that each has its turn soon. No
        lane waits behind another's attempt when nobody knows how long that takes.
        """
        duration = self[name].duration
        if duration is None or name in self.rates:
            return 1
        return min(MOST_AHEAD, max(1, int(SOON / max(duration, 1e-6))))

    def heard(
        self, name: str, error: DeliveryError | None, started: float, duration: float, now: float
    ) -> None:
        """Take in how an attempt ended. A refusal of one message says nothing of the target.

        Attempts that were under way together count as one failure.
        """
        target = self[name]
        if error is None or not error.of_target:
            target.failures = 0
            before = duration if target.duration is None else target.duration
            target.duration = before + WEIGHT * (duration - before)
            return
        target.duration = None
        if started >= target.counted_at:
            target.failures += 1
            target.counted_at = now
        if error.reason == "rateLimited" and error.retry_after:
            target.opens_at = max(target.opens_at, now + error.retry_after)
        elif target.is_failing and target.counted_at == now:
            wait = wait_after(target.failures - IN_A_ROW + 1, error.retry_after)
            target.opens_at = max(target.opens_at, now + wait)
