"""The service without its web side, in this process, for tests."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contactpoints.delivery import service
from contactpoints.environment import Environment
from contactpoints.integrations.webhook import Webhook
from contactpoints.setup import ContactPoint, Setup
from contactpoints.storage.history import Wish, find, one


def webhook(url: str, **options: Any) -> Webhook:
    values = {"url": url, **options.pop("values", {})}
    return Webhook(values, family="alertmanager", **options)


def setup_of(**points: Iterable[Webhook]) -> Setup:
    found = [ContactPoint(name, list(integrations)) for name, integrations in points.items()]
    return Setup("alertmanager", contact_points=found)


class Service(service.Service):
    """Everything between a post and a sink. ``start`` begins to send."""

    def __init__(self, url: str | Path, setup: Setup, **options: Any) -> None:
        if isinstance(url, Path):
            url = f"sqlite:///{url}"
        given = {"database_url": url, "duplicates_window": 0.0, "time_limit": 5.0, "grace": 5.0}
        super().__init__(setup, Environment(**{**given, **options}))

    def begin(self) -> Service:
        self.start()
        return self

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
