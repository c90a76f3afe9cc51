"""Giving: tokens for programs, made, listed and revoked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from contactpoints.access import tokens
from contactpoints.access.identity import Actor
from contactpoints.access.roles import ADMIN, HELD, INGEST, Role
from contactpoints.access.store import Store, places
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from contactpoints.storage import access as rows

KEPT = 90 * 24 * 3600.0  # seconds after its end in which a token is still listed
NAME = 120  # the longest name of a token


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. ``secret`` is the whole of it, which is seen here and never again."""

    id: str
    secret: str = field(repr=False)
    name: str = ""
    role: Role = INGEST
    contact_point: str | None = None
    expires_at: float | None = None


class Tokens:
    """What an administrator does with tokens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self,
        actor: Actor,
        name: str,
        role: Role,
        contact_point: str | None = None,
        expires_at: float | None = None,
    ) -> Made:
        """A new token.

        :raises InvalidError: when it could not be used.
        """
        now = time.time()
        name = name.strip()
        wrong = places(
            {
                "name": None if 0 < len(name) <= NAME else f"must have 1 to {NAME} characters",
                "role": None if role in HELD else f"must be one of {', '.join(HELD)}",
                "contactPoint": "only a token that may do nothing but post can be bound to one"
                if contact_point is not None and role is not INGEST
                else "must not be empty"
                if contact_point == ""
                else None,
                "expiresAt": "lies in the past"
                if expires_at is not None and expires_at <= now
                else None,
            }
        )
        if wrong:
            raise InvalidError("the token cannot be made", errors=wrong)
        id, secret = tokens.new()

        def add(connection: Any) -> bool:
            rows.forget_tokens(connection, now - KEPT)
            rows.add_token(
                connection,
                id=id,
                name=name,
                role=role.value,
                contact_point=contact_point,
                digest=tokens.digest_of(secret),
                created_at=now,
                created_by=actor.name,
                expires_at=expires_at,
            )
            return True

        bound = f", only for contact point {contact_point}" if contact_point else ""
        self._store.change(add, actor, "token.create", id, f"{name}: {role}{bound}")
        return Made(id, secret, name, role, contact_point, expires_at)

    def listed(self) -> list[dict[str, Any]]:
        """All tokens, also those that ended a while ago, the latest first."""
        with self._store.reading() as connection:
            return rows.all_tokens(connection)

    def revoke(self, actor: Actor, id: str, *, force: bool = False) -> None:
        """It is not valid any more.

        :raises MissingError: when there is no such token, or it was revoked before.
        :raises ConflictError: when nobody could give access any more; not with ``force``.
        """
        now = time.time()

        def revoke(connection: Any) -> bool:
            row = rows.token(connection, id)
            if row is None or row.revoked_at is not None:
                raise MissingError(f"there is no valid token {id[:40]!r}")
            if row.created_by == tokens.DECLARED_BY:
                raise ConflictError("this token is said by the environment, and ends with it")
            if row.role == ADMIN.value and not force:
                keep_one(connection, id, now)
            return rows.revoke_token(connection, id, now)

        self._store.change(revoke, actor, "token.revoke", id)


def keep_one(connection: Any, but: str, now: float) -> None:
    """:raises ConflictError: when nobody but ``but``, a user or a token, may give access."""
    if not rows.others_with(connection, ADMIN.value, now, but=but):
        raise ConflictError(
            "nobody else may give access: give the role admin to another user or token first"
        )
