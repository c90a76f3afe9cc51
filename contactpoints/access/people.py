"""People: users with their passwords, made, changed and removed."""

from __future__ import annotations

import re
import time
from typing import Any

from contactpoints.access import passwords
from contactpoints.access.giving import keep_one
from contactpoints.access.identity import Actor
from contactpoints.access.roles import ADMIN, HELD, INGEST, Role
from contactpoints.access.store import Store, places
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from contactpoints.storage import access as rows

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
ROLES = tuple(role for role in HELD if role is not INGEST)


def plain(name: str) -> str:
    """Names differ by more than upper and lower case."""
    return name.strip().lower()


class Users:
    """What an administrator does with users. ``declared`` are those whose password the environment
    says: it is changed there.
    """

    def __init__(self, store: Store, declared: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._declared = declared

    def create(self, actor: Actor, name: str, role: Role, password: str) -> str:
        """A new user; the answer is the name as it is stored.

        :raises InvalidError: when a name, a role or a password will not do.
        :raises ConflictError: when the name is taken.
        """
        name = plain(name)
        wrong = places(
            {
                "name": None
                if NAME.fullmatch(name)
                else "must have 1 to 64 of the characters a-z 0-9 . _ @ + -",
                "role": _problem_of(role),
                "password": passwords.problem_of(password, name),
            }
        )
        if wrong:
            raise InvalidError("the user cannot be made", errors=wrong)
        now = time.time()
        values = {
            "name": name,
            "role": role.value,
            "password": passwords.hashed(password),
            "created_at": now,
            "changed_at": now,
        }
        if not self._store.change(
            lambda connection: rows.add_user(connection, **values), actor, "user.create", name, role
        ):
            raise ConflictError(f"there is a user {name!r} already")
        return name

    def listed(self) -> list[dict[str, Any]]:
        """All users, by name."""
        with self._store.reading() as connection:
            return rows.all_users(connection)

    def delete(self, actor: Actor, name: str, *, force: bool = False) -> None:
        """Remove a user, who is signed out everywhere.

        :raises MissingError: when there is none.
        :raises ConflictError: when nobody could give access any more; not with ``force``.
        """
        name = plain(name)

        def delete(connection: Any) -> bool:
            row = _known(connection, name)
            if row.role == ADMIN.value and not force:
                keep_one(connection, name, time.time())
            return rows.delete_user(connection, name)

        self._store.change(delete, actor, "user.delete", name)

    def set_role(self, actor: Actor, name: str, role: Role, *, force: bool = False) -> None:
        """:raises InvalidError, MissingError, ConflictError: as the others."""
        name = plain(name)
        if problem := _problem_of(role):
            wrong = places({"role": problem})
            raise InvalidError("the role cannot be given", errors=wrong)

        def change(connection: Any) -> bool:
            row = _known(connection, name)
            if row.role == ADMIN.value and role is not ADMIN and not force:
                keep_one(connection, name, time.time())
            return rows.change_user(connection, name, role=role.value)

        self._store.change(change, actor, "user.role", name, role)

    def set_password(
        self, actor: Actor, name: str, password: str, *, keep: bytes | None = None
    ) -> None:
        """Give a user another password. All sessions end, but the one with the digest ``keep``.

        :raises InvalidError: when it will not do.
        :raises MissingError: when there is no such user.
        :raises ConflictError: when the environment says it.
        """
        name = plain(name)
        if name in self._declared:
            raise ConflictError("this user's password is said by the environment: change it there")
        if problem := passwords.problem_of(password, name):
            wrong = places({"password": problem})
            raise InvalidError("the password cannot be used", errors=wrong)
        with self._store.reading() as connection:
            _known(connection, name)
        stored = passwords.hashed(password)

        def change(connection: Any) -> bool:
            rows.end_sessions(connection, name, but=keep)
            return rows.change_user(connection, name, password=stored, changed_at=time.time())

        self._store.change(change, actor, "user.password", name)


def _problem_of(role: Role) -> str | None:
    return None if role in ROLES else f"must be one of {', '.join(ROLES)}"


def _known(connection: Any, name: str) -> Any:
    row = rows.user(connection, name)
    if row is None:
        raise MissingError(f"there is no user {name[:64]!r}")
    return row
