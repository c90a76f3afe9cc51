"""Superseding: which waiting deliveries of a lane a later one says as well.

Only while a target is down does a lane pile up; when it is back, nobody wants each old state of
affairs one by one. But what is left must tell the same story in the same order: an alert that was
resolved in between is still told firing, then resolved.
"""

from __future__ import annotations

from collections.abc import Sequence

from contactpoints.notification import Notification


def covers(later: Notification, earlier: Notification) -> bool:
    """Whether ``later`` says all that ``earlier`` does: each alert in the same state since the
    same time, and the group as a whole in the same state.
    """
    if later.truncated_alerts or earlier.truncated_alerts or later.status != earlier.status:
        return False
    said = {(alert.fingerprint, alert.status, alert.starts_at) for alert in later.alerts}
    return all(
        (alert.fingerprint, alert.status, alert.starts_at) in said for alert in earlier.alerts
    )


def superseded(waiting: Sequence[tuple[int, Notification]]) -> dict[int, int]:
    """For deliveries of one lane, the oldest first: which are superseded, each by which.

    Each is compared with the next one that stays. So nothing that stays moves before anything that
    came earlier, and a resolve stays behind its firing.
    """
    found: dict[int, int] = {}
    kept: tuple[int, Notification] | None = None
    for number, notification in reversed(waiting):
        if kept and covers(kept[1], notification):
            found[number] = kept[0]
        else:
            kept = number, notification
    return found
