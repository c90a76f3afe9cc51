"""Store: what is written about access goes with its entry in the audit log, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from contactpoints.access.identity import Actor
from contactpoints.storage.access import carry_out
from contactpoints.storage.audits import Entry, add
from contactpoints.storage.database import Database
from contactpoints.storage.writer import Writer

T = TypeVar("T")


class Store:
    """The database as the modules of access use it."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.path = database.path
        self.reading = database.reading
        self._writer = writer

    def change(
        self, change: Callable[[Any], T], actor: Actor, action: str, object: str, detail: str = ""
    ) -> T:
        """Carry out ``change`` of a connection; when it gives something true it is written down.

        :raises StorageError: when nothing can be stored at present.
        """
        entry = Entry(
            at=time.time(),
            who=actor.name,
            role=actor.role,
            address=actor.address,
            action=action,
            object=object,
            detail=detail,
        )

        def job(connection: Any) -> T:
            given = change(connection)
            if given:
                add(connection, entry)
            return given

        return self.carry_out(job)

    def carry_out(self, job: Callable[[Any], T]) -> T:
        """A change that writes its own entry."""
        done: T = self._writer.submit(carry_out, job)
        return done

    def note(self, change: Callable[[Any], Any]) -> None:
        """Carry out a small change some time soon; nobody waits for it."""
        self._writer.put(carry_out, change)


def places(problems: Mapping[str, str | None]) -> list[dict[str, str]]:
    """The places that are wrong, as errors say them."""
    return [{"path": path, "message": said} for path, said in problems.items() if said]
