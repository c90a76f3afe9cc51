"""Outbox: from the body of a post to deliveries that are stored for good."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from contactpoints.delivery.attempt import parsed
from contactpoints.delivery.directory import (
    Directory,
    OtherContactPointError,
    UnknownContactPointError,
    duplicate_key,
)
from contactpoints.delivery.metrics import accept_seconds
from contactpoints.delivery.owner import owner
from contactpoints.storage.accepting import Accepted, Posted, accept
from contactpoints.storage.tables import WAITING
from contactpoints.storage.waiting import NewDelivery
from contactpoints.storage.writer import Writer

REPEATED = "repeat interval elapsed"  # what Alertmanager since 0.32 says of its own repeats


@dataclass
class Outbox:
    """Takes notifications in. ``woken`` is called with the targets that have got work, once for
    all that share a commit; ``refresh`` when a contact point is not known: it says whether there is
    another directory now.
    """

    directory: Directory
    writer: Writer
    time_to_live: float = 24 * 3600.0
    window: float = 60.0
    woken: Callable[[Iterable[str]], None] = field(default=lambda targets: None)
    refresh: Callable[[], bool] = field(default=lambda: False)

    def __post_init__(self) -> None:
        self.writer.after[accept] = self._wake

    def post(
        self, body: bytes, contact_point: str | None = None, *, only: str | None = None
    ) -> Accepted:
        """Store a notification and its deliveries. What is returned is durable. ``only`` is the one
        contact point that the sender may post to.

        :raises OtherContactPointError: when others are meant by it.
        :raises PayloadError: when the body is no notification.
        :raises UnknownContactPointError: when nobody is meant by it.
        :raises StorageError: when it could not be stored: nothing is.
        """
        notification = parsed(body)
        directory = self.directory
        try:
            names = directory.contact_points(notification, contact_point)
        except UnknownContactPointError:
            self.refresh()  # or another thread has just done so: looked for again in either case
            directory = self.directory
            names = directory.contact_points(notification, contact_point)
        if only is not None and any(directory.holder(name) != only for name in names):
            raise OtherContactPointError(only)
        deliveries: list[NewDelivery] = []
        for name in names:
            deliveries += directory.deliveries(notification, name)
        now = time.time()
        accepted = self.writer.submit(
            accept,
            Posted(
                received_at=now,
                expires_at=now + self.time_to_live,
                group_key=notification.group_key,
                status=notification.status,
                duplicate_key=duplicate_key(names, notification),
                payload=body,
                deliveries=deliveries,
                who=owner(),
                window=0.0 if notification.reason == REPEATED else self.window,
            ),
        )
        accept_seconds.observe(time.time() - now)
        return accepted

    def _wake(self, posts: Sequence[Posted], answers: Sequence[Any]) -> None:
        targets = {
            new.target
            for post, answer in zip(posts, answers, strict=True)
            if type(answer) is Accepted and not answer.duplicate
            for new in post.deliveries
            if new.state == WAITING
        }
        if targets:
            self.woken(targets)
