"""Status: how the last attempt of every integration went. It is in the database, so it stays when
the service starts again, and every process says the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contactpoints.admin.view import View
from contactpoints.storage.last_attempts import Last, LastAttempt, fold, last, to_fold
from contactpoints.storage.writer import Writer

FRESH = 0.5  # seconds that an answer is good for: many people may look at the same time
FOLD = 20.0  # seconds between foldings


@dataclass(frozen=True)
class IntegrationStatus:
    """One integration of a contact point. ``last`` is None when nothing was tried yet."""

    uid: str
    key: str
    type: str
    sends_resolved: bool
    last: LastAttempt | None


@dataclass(frozen=True)
class ContactPointStatus:
    """A contact point. ``used_by`` is how many policies name it."""

    name: str
    provenance: str
    used_by: int
    integrations: list[IntegrationStatus]

    @property
    def is_used(self) -> bool:
        """Whether a policy names it."""
        return self.used_by > 0


@dataclass
class Status:
    """Answers for all integrations at once."""

    writer: Writer
    _known: tuple[float, Last] = field(default=(0.0, {}))
    _folded_at: float = 0.0

    def last(self) -> Last:
        """The last attempts by contact point and key. :raises StorageError: when it cannot."""
        at, known = self._known
        now = time.monotonic()
        if not at or now - at > FRESH:
            with self.writer.database.reading() as connection:
                known = last(connection)
            self._known = (now, known)
        return known

    def of(self, view: View, names: list[str] | None = None) -> list[ContactPointStatus]:
        """The contact points of ``view``, or those called ``names``, each with its integrations."""
        known = self.last()
        by_key = {key: one for (_, key), one in known.items()}
        return [
            ContactPointStatus(
                name,
                str(view.by_name[name][0].get("provenance") or ""),
                view.used_by.get(name, 0),
                [_status(view, name, row, known, by_key) for row in view.by_name[name]],
            )
            for name in (view.by_name if names is None else names)
            if name in view.by_name
        ]

    def fold(self) -> None:
        """Keep what is new; a little at a time when it is much."""
        now = time.monotonic()
        if now - self._folded_at < FOLD:
            return
        with self.writer.database.reading() as connection:
            found, end = to_fold(connection)
        if found:
            self.writer.submit(fold, (found, end))
            return  # maybe there is more
        self._folded_at = now


def _status(
    view: View, name: str, row: dict[str, Any], known: Last, by_key: Mapping[str, LastAttempt]
) -> IntegrationStatus:
    uid = str(row.get("uid") or "")
    key = view.keys.get(uid, uid)
    sends_resolved = not row.get("disableResolveMessage")
    found = known.get((name, key))
    if found is None and key == uid:  # the contact point had another name then
        found = by_key.get(key)
    return IntegrationStatus(uid, key, str(row["type"]), sends_resolved, found)
