"""Telling: what is counted and logged of attempts and of the ends of deliveries."""

from __future__ import annotations

import logging

from contactpoints.delivery import metrics
from contactpoints.storage.claims import Claimed
from contactpoints.storage.endings import Attempt, Ended
from contactpoints.storage.tables import DELIVERED, WAITING

log = logging.getLogger(__name__)


def tell_attempt(claimed: Claimed, kind: str, attempt: Attempt) -> None:
    """``kind``: the integration's type."""
    metrics.attempts.labels(claimed.contact_point, kind, attempt.reason or "").inc()
    metrics.attempt_seconds.labels(kind).observe(attempt.duration)
    level = logging.WARNING if attempt.reason else logging.DEBUG
    if log.isEnabledFor(level):
        log.log(
            level,
            "delivery=%d contact_point=%r integration=%r attempt=%d duration=%.3f "
            "status=%s reason=%s error=%r",
            claimed.delivery,
            claimed.contact_point,
            claimed.integration,
            attempt.number,
            attempt.duration,
            attempt.status,
            attempt.reason,
            attempt.error,
        )


def tell_end(ended: Ended, kind: str) -> None:
    """What waits to be tried again has no end yet."""
    if ended.state == WAITING:
        return
    claimed = ended.claimed
    reason = (ended.attempt.reason if ended.attempt else ended.reason) or ""
    metrics.deliveries.labels(claimed.contact_point, kind, ended.state, reason).inc()
    if ended.state == DELIVERED:
        metrics.delivery_seconds.labels(kind).observe(max(0.0, ended.at - claimed.accepted_at))
