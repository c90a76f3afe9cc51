"""Carrier: sends what is claimed, and says what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contactpoints.delivery.attempt import Sender, parsed
from contactpoints.delivery.directory import Directory
from contactpoints.delivery.outcome import DeliveryError, Outcome, Reason
from contactpoints.delivery.retry import wait_after
from contactpoints.delivery.superseding import superseded
from contactpoints.delivery.targets import Targets
from contactpoints.delivery.telling import tell_attempt
from contactpoints.storage.claims import LEASE, Claimed
from contactpoints.storage.endings import Attempt, Ended
from contactpoints.storage.history import waiting_in
from contactpoints.storage.tables import DELIVERED, FAILED, SUPERSEDED, WAITING
from contactpoints.storage.upkeep import Superseded, supersede
from contactpoints.storage.waiting import NewDelivery
from contactpoints.storage.writer import Writer

COMPARED = 100  # waiting deliveries of a lane that superseding looks at


@dataclass
class Carrier:
    """Carries claimed deliveries. ``wake`` of a fallback's targets is left to the next look.
    ``refresh`` is called when an integration is not known, as the outbox does.
    """

    writer: Writer
    directory: Directory
    sender: Sender
    targets: Targets
    supersedes: bool = True
    refresh: Callable[[], bool] = field(default=lambda: False)

    def carry(self, claimed: Claimed, *, go_on: bool) -> Ended:
        """Send the delivery, or find that this is not to be done; what is to be stored of it.

        ``go_on``: whether the lane is to go on with its next delivery at once.
        """
        now = time.time()
        if claimed.attempts and self.supersedes and self._is_superseded(claimed, now):
            return Ended(claimed, SUPERSEDED, now, now + LEASE, go_on=go_on)
        endpoint = self.directory.find(claimed.contact_point, claimed.integration)
        if endpoint is None:
            self.refresh()  # or another thread has just done so: looked for again in either case
            endpoint = self.directory.find(claimed.contact_point, claimed.integration)
        if endpoint is None:
            why = "the contact point has no such integration now"
            return self._failed(claimed, now, None, why, "other", go_on=go_on)
        if now >= claimed.expires_at:
            why = "it was not delivered in its time to live"
            return self._failed(claimed, now, None, why, "contextDeadlineExceeded", go_on=go_on)
        outcome = self.sender.send(endpoint, claimed.payload, claimed.accepted_at)
        now = time.time()
        self.targets.heard(claimed.target, outcome.error, outcome.started, outcome.duration, now)
        return self._ended(claimed, outcome, now, go_on)

    def _ended(self, claimed: Claimed, outcome: Outcome, now: float, go_on: bool) -> Ended:
        error = outcome.error
        number = claimed.attempts + 1
        attempt = Attempt(
            number,
            outcome.started,
            outcome.duration,
            error.status if error else None,
            error.reason if error else None,
            str(error) if error else None,
        )
        tell_attempt(claimed, self.kind(claimed), attempt)
        note = "; ".join(outcome.notes)[:1000] or None
        if error is None:
            return Ended(claimed, DELIVERED, now, now + LEASE, attempt, note=note, go_on=go_on)
        if error.permanent or now >= claimed.expires_at:
            return self._failed(claimed, now, attempt, note, go_on=go_on)
        return Ended(claimed, WAITING, now, now, attempt, self._due(claimed, error, now), note)

    def _due(self, claimed: Claimed, error: DeliveryError, now: float) -> float:
        """When to try again; the last time is when its time to live ends."""
        due = now + wait_after(claimed.attempts + 1, error.retry_after)
        due = max(due, self.targets[claimed.target].opens_at) if error.of_target else due
        return max(min(due, claimed.expires_at - 0.5), now + 0.5)

    def _failed(
        self,
        claimed: Claimed,
        now: float,
        attempt: Attempt | None,
        note: str | None,
        reason: Reason | None = None,
        *,
        go_on: bool,
    ) -> Ended:
        return Ended(
            claimed,
            FAILED,
            now,
            now + LEASE,
            attempt,
            note=note,
            reason=reason,
            fallback=self._fallback(claimed),
            go_on=go_on,
        )

    def _fallback(self, claimed: Claimed) -> list[NewDelivery]:
        """Deliveries to the fallback contact point. What is one already has no other."""
        if claimed.fallback_for is not None:
            return []
        name = self.directory.fallback(claimed.contact_point)
        return self.directory.deliveries(parsed(claimed.payload), name) if name else []

    def _is_superseded(self, claimed: Claimed, now: float) -> bool:
        """Whether a later delivery of the lane says it too; the others that are so end as well."""
        with self.writer.database.reading() as connection:
            rows = waiting_in(connection, claimed.lane, COMPARED)
        if len(rows) < 2:
            return False
        found = superseded([(number, parsed(body)) for number, body in rows])
        by: dict[int, list[int]] = {}
        for number, later in found.items():
            by.setdefault(later, []).append(number)
        for later, numbers in by.items():
            self.writer.submit(supersede, Superseded(tuple(numbers), later, now))
        return claimed.delivery in found

    def kind(self, claimed: Claimed) -> str:
        """The integration's type; of one that is gone from the setup, its key."""
        endpoint = self.directory.find(claimed.contact_point, claimed.integration)
        return endpoint.integration.type if endpoint else claimed.integration
