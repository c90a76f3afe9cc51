"""Declared: the administrator that the environment names, for containers and first starts.

What the environment says holds: at every start the user ``admin`` gets that password, and that
token is the only one of its kind; a token that is not said any more ends.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from contactpoints.access import passwords, tokens
from contactpoints.access.identity import Actor
from contactpoints.access.roles import ADMIN
from contactpoints.access.store import Store
from contactpoints.environment import PREFIX, Environment, EnvironmentProblem
from contactpoints.storage import access as rows
from contactpoints.storage.database import StorageError

log = logging.getLogger(__name__)

NAME = "admin"
BY = Actor(tokens.DECLARED_BY, ADMIN.value)
SHORTEST = 20  # characters of a token


class Declared:
    """What the environment declares. ``stored``: another process stores it.

    :raises EnvironmentProblem: when it cannot be used.
    """

    def __init__(self, environment: Environment, store: Store, *, stored: bool = False) -> None:
        self._store = store
        self.password = _said(environment, "admin_password")
        self.token = _said(environment, "admin_token")
        if self.password and (problem := passwords.problem_of(self.password, NAME)):
            raise EnvironmentProblem(f"{PREFIX}ADMIN_PASSWORD: {problem}")
        fit = self.token.isascii() and self.token.isprintable() and " " not in self.token
        if self.token and not (fit and len(self.token) >= SHORTEST):
            raise EnvironmentProblem(
                f"{PREFIX}ADMIN_TOKEN: a token has at least {SHORTEST} ASCII characters and no "
                "space; `openssl rand -hex 24` prints one"
            )
        self._done = stored

    @property
    def names(self) -> frozenset[str]:
        """Users whose password is said here."""
        return frozenset({NAME} if self.password else ())

    def __bool__(self) -> bool:
        return bool(self.password or self.token)

    def settle(self) -> None:
        """Store it, unless that was done. When nothing can be stored, another time."""
        if self._done:
            return
        try:
            self._declare_token()
            if self.password:
                self._declare_user(self.password)
        except StorageError as error:
            if self:
                log.warning("administrator=not_declared error=%r", str(error))
            return
        self._done = True

    def _declare_token(self) -> None:
        values: dict[str, Any] = {"created_by": tokens.DECLARED_BY}
        if self.token:
            values |= {
                "id": tokens.id_of(self.token),
                "name": "environment",
                "role": ADMIN.value,
                "digest": tokens.digest_of(self.token),
                "created_at": time.time(),
            }
        else:
            values["digest"] = b""
        with self._store.reading() as connection:
            if rows.is_declared(connection, **values):
                return
        self._store.change(
            lambda connection: rows.declare_token(connection, **values),
            BY,
            "token.declare",
            values.get("id", ""),
        )

    def _declare_user(self, password: str) -> None:
        with self._store.reading() as connection:
            row = rows.user(connection, NAME)
        fits = row is not None and passwords.Verifier().check(NAME, password, row.password)
        if row is not None and fits and row.role == ADMIN.value:
            return
        now = time.time()
        stored = row.password if row is not None and fits else passwords.hashed(password)
        values = {"role": ADMIN.value, "password": stored, "changed_at": now}

        def change(connection: Any) -> bool:
            if rows.change_user(connection, NAME, **values):
                rows.end_sessions(connection, NAME)
                return True
            return rows.add_user(connection, name=NAME, created_at=now, **values)

        self._store.change(change, BY, "user.declare", NAME)


def _said(environment: Environment, name: str) -> str:
    """What a variable says, or the file that the one with ``_FILE`` names, without its last line
    end.
    """
    path = getattr(environment, f"{name}_file")
    if not path:
        return str(getattr(environment, name))
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise EnvironmentProblem(f"{PREFIX}{name.upper()}_FILE: {path}: {said}") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise EnvironmentProblem(f"{PREFIX}{name.upper()}_FILE: {path} is empty")
    return text
