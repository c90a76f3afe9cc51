"""Housekeeping: what dead processes left is taken over, and what is old is forgotten."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from contactpoints.delivery.owner import is_gone
from contactpoints.storage import audits
from contactpoints.storage.claims import mend, release
from contactpoints.storage.history import owners
from contactpoints.storage.upkeep import prune
from contactpoints.storage.writer import Writer

log = logging.getLogger(__name__)

WATCH = 1.0  # seconds between looks for dead owners: what they held waits as long
EVERY = 10.0  # seconds between looks for old history


@dataclass
class Housekeeping:
    """For a thread that comes by often. ``age``: seconds at which the past is forgotten;
    ``audit_age``: those at which it is forgotten who did what, 0 for never.
    """

    writer: Writer
    age: float
    audit_age: float = 0.0
    looked_at: float = 0.0
    pruned_at: float = 0.0

    def take_over(self) -> int:
        """Give back the lanes of processes that died; how many they were.

        :raises StorageError: when it cannot.
        """
        now = time.time()
        if now - self.looked_at < WATCH:
            return 0
        count = 0
        with self.writer.database.reading() as connection:
            gone = [name for name in owners(connection) if is_gone(name)]
        if gone:
            count = self.writer.submit(release, gone)
            log.info("taken_over=%d", count)
        if not self.looked_at:
            self.writer.submit(mend, now)
        self.looked_at = now
        return count

    def forget(self) -> None:
        """Remove a little of what is old, as long as there is. :raises StorageError: as above."""
        now = time.time()
        if self.is_behind(now) and not self.writer.submit(prune, now - self.age):
            self.pruned_at = now
            if self.audit_age:
                self.writer.submit(audits.prune, now - self.audit_age)

    def is_behind(self, now: float) -> bool:
        """Whether there may be more to forget."""
        return now - self.pruned_at >= EVERY
