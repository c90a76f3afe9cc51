"""The delivering half of the service in this process: an outbox, a worker, a database."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contactpoints.delivery.attempt import Sender
from contactpoints.delivery.carrier import Carrier
from contactpoints.delivery.directory import Directory
from contactpoints.delivery.outbox import Outbox
from contactpoints.delivery.rendering import Verbatim
from contactpoints.delivery.targets import Targets
from contactpoints.delivery.worker import Limits, Worker
from contactpoints.integrations.webhook import Webhook
from contactpoints.setup import ContactPoint, Setup
from contactpoints.storage.database import Database
from contactpoints.storage.history import Wish, find, one
from contactpoints.storage.writer import Writer


def webhook(url: str, **options: Any) -> Webhook:
    values = {"url": url, **options.pop("values", {})}
    return Webhook(values, family="alertmanager", **options)


def setup_of(**points: Iterable[Webhook]) -> Setup:
    found = [ContactPoint(name, list(integrations)) for name, integrations in points.items()]
    return Setup("alertmanager", contact_points=found)


class Service:
    """Everything between a post and a sink. ``start`` begins to send."""

    def __init__(self, url: str | Path, setup: Setup, **options: Any) -> None:
        if isinstance(url, Path):
            url = f"sqlite:///{url}"
        self.database = Database(url, max_pages=options.get("max_pages", 0))
        self.writer = Writer(self.database)
        self.directory = Directory(setup, options.get("fallbacks", ()))
        targets = Targets(options.get("target_senders", 8))
        sender = Sender(Verbatim(), options.get("time_limit", 5.0), options.get("late_after", 0.0))
        self.carrier = Carrier(
            self.writer, self.directory, sender, targets, options.get("supersedes", True)
        )
        limits = Limits(options.get("senders", 16), options.get("history", 1e6))
        self.worker = Worker(self.writer, self.carrier, targets, limits)
        self.outbox = Outbox(
            self.directory,
            self.writer,
            options.get("time_to_live", 3600.0),
            options.get("window", 0.0),
            self.worker.wake,
        )

    def start(self) -> Service:
        self.worker.start()
        return self

    def close(self) -> None:
        self.worker.stop(5)
        self.writer.stop()
        self.database.close()

    def find(self, **wish: Any) -> list[dict[str, Any]]:
        with self.database.reading() as connection:
            return [dict(row) for row in find(connection, Wish(**wish))]

    def one(self, number: int) -> dict[str, Any]:
        with self.database.reading() as connection:
            found = one(connection, number)
        assert found
        return found

    def wait(self, state: str, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The deliveries in ``state``, once there are ``count``."""
        end = time.monotonic() + seconds
        while len(rows := self.find(state=state, limit=1000)) < count:
            assert time.monotonic() < end, f"{len(rows)} of {count} {state}: {self.find()}"
            time.sleep(0.02)
        return rows
