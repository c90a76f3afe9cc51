"""Sessions: of people who signed in with a browser. The cookie is a secret; its digest is stored.

The word against forged requests (CSRF) belongs to a session: it is derived from the secret, which
no other site can read, so nothing more has to be stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from contactpoints.access.identity import Actor, Identity
from contactpoints.access.refusals import NotLetInError
from contactpoints.access.roles import Role
from contactpoints.access.store import Store
from contactpoints.storage import access as rows

FORM = re.compile(r"[A-Za-z0-9_-]{43}")
MOST = 50  # sessions of one user; the oldest ends
NOTED_EVERY = 60.0  # seconds; that a session is used is written down no more often
OVER = "the session is over: sign in again"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what its cookie says, and when it ends at the latest."""

    secret: str = field(repr=False)
    expires_at: float


class Sessions:
    """Opens and ends sessions. ``idle`` and ``longest`` are seconds."""

    def __init__(self, store: Store, idle: float, longest: float) -> None:
        self._store = store
        self._idle = idle
        self._longest = longest

    def open(self, actor: Actor, user_id: int, before: str | None = None) -> Opened:
        """A new one, with a new secret; the one ``before`` it in this browser ends."""
        now = time.time()
        secret = secrets.token_urlsafe(32)
        expires_at = now + self._longest

        def add(connection: Any) -> bool:
            if before:
                rows.end_session(connection, digest_of(before))
            rows.add_session(
                connection,
                most=MOST,
                digest=digest_of(secret),
                user_id=user_id,
                created_at=now,
                seen_at=now,
                expires_at=expires_at,
            )
            return True

        self._store.change(add, actor, "session.open", actor.name)
        return Opened(secret, expires_at)

    def identify(self, connection: Any, secret: str) -> Identity:
        """Whose it is. :raises NotLetInError: when it is over, or was never there."""
        now = time.time()
        row = rows.session(connection, digest_of(secret)) if FORM.fullmatch(secret) else None
        if row is None or row.expires_at <= now or row.seen_at + self._idle <= now:
            raise NotLetInError(OVER)
        if row.seen_at + NOTED_EVERY <= now:
            self._store.note(lambda connection: rows.note_seen(connection, row.digest, now))
        return Identity(row.name, Role(row.role), "session")

    def close(self, actor: Actor, secret: str) -> None:
        """End it, if it is there."""
        self._store.change(
            lambda connection: rows.end_session(connection, digest_of(secret)),
            actor,
            "session.close",
            actor.name,
        )


def digest_of(secret: str) -> bytes:
    """What is stored of a session's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def word_of(secret: str) -> str:
    """The word that a form or a program sends back with every change."""
    word = hmac.digest(secret.encode("utf-8", "replace"), b"against forged requests", "sha256")
    return base64.urlsafe_b64encode(word).rstrip(b"=").decode()


def is_word_of(secret: str, word: str) -> bool:
    """Whether ``word`` belongs to the session."""
    return hmac.compare_digest(word_of(secret).encode(), word.encode("utf-8", "replace"))
