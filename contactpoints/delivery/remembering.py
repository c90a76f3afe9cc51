"""Remembering: posted messages are known to every process that delivers, and after a restart."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import dataclass

from contactpoints.posted import Key, Name
from contactpoints.storage.database import StorageError
from contactpoints.storage.posted import Remembered, recall, remember
from contactpoints.storage.writer import Writer

log = logging.getLogger(__name__)

LONGEST = 4096  # characters of a name; what is longer is not remembered, whoever says it
PATIENCE = 10.0  # seconds that a delivery waits until its message is remembered


@dataclass(frozen=True)
class PostedInDatabase:
    """A :class:`Posted` beside the outbox. When the storage fails, that is logged and a message is
    not known: the group gets a new one.
    """

    writer: Writer

    def recall(self, key: Key) -> Name | None:
        """See :class:`contactpoints.posted.Posted`, as for the next."""
        try:
            with self.writer.database.reading() as connection:
                found = recall(connection, digest_of(key))
        except StorageError as error:
            log.warning("posted=unknown error=%r", str(error))
            return None
        name: Name | None = json.loads(found) if found else None
        return name

    def remember(self, key: Key, name: Name | None) -> None:
        said = None if name is None else json.dumps(dict(name))
        if said and len(said) > LONGEST:
            said = None
        try:
            wish = Remembered(digest_of(key), said, time.time())
            self.writer.submit(remember, wish, wait=PATIENCE)
        except StorageError as error:
            log.warning("posted=unremembered error=%r", str(error))


def digest_of(key: Key) -> bytes:
    """What a message is found by; the texts themselves may be long."""
    return hashlib.sha256(json.dumps(key).encode()).digest()[:16]
