"""A house with a gate: the service in this process, and callers with all kinds of credentials."""

from __future__ import annotations

import base64
import sqlite3
import time
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from contactpoints.access.gate import Gate
from contactpoints.access.identity import Actor
from contactpoints.access.roles import HELD, Role
from contactpoints.environment import Environment
from contactpoints.storage.access import carry_out
from contactpoints.storage.tables import tokens
from contactpoints.web import EXTENSION
from contactpoints.web.guard import EXTENSION as GATE
from tests.contactpoints.service import setup_of, webhook

PASSWORD = "correct horse battery"
BY = Actor("test")
NOTED = ("audit", "sqlite_sequence", "wrong_passwords")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(name: str, password: str) -> dict[str, str]:
    word = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


class House:
    """The application, its database, and a token for each role."""

    def __init__(self, folder: Path, *, given: bool = True, **options: Any) -> None:
        self.path = folder / "c.db"
        points = {
            name: [webhook("http://127.0.0.1:9/", uid=f"u{index}")]
            for index, name in enumerate(("ops", "dev", "ops/x"))
        }
        environment = Environment(
            database_url=f"sqlite:///{self.path}", deliver=False, duplicates_window=0, **options
        )
        self.app: Flask = create_app(environment, setup_of(**points))
        self.gate: Gate = self.app.extensions[GATE]
        self.tokens: dict[Role, str] = {}
        if given:
            for role in HELD:
                self.tokens[role] = self.gate.tokens.create(BY, role.value, role).secret

    def client(self) -> FlaskClient:
        """A browser that keeps cookies."""
        return self.app.test_client()

    def ask(self, method: str, path: str, headers: Any = None, **options: Any) -> TestResponse:
        return self.app.test_client().open(path, method=method, headers=headers, **options)

    def expired(self) -> str:
        made = self.gate.tokens.create(BY, "expired", Role.ADMIN, None, time.time() + 60)
        self.change(made.id, expires_at=time.time() - 1)
        return made.secret

    def revoked(self) -> str:
        made = self.gate.tokens.create(BY, "revoked", Role.ADMIN)
        self.gate.tokens.revoke(BY, made.id)
        return made.secret

    def bound(self, contact_point: str) -> str:
        return self.gate.tokens.create(BY, "bound", Role.INGEST, contact_point).secret

    def change(self, id: str, **values: Any) -> None:
        """Change the row of a token."""
        update = tokens.update().where(tokens.c.id == id).values(**values)
        writer = self.app.extensions[EXTENSION].writer
        writer.submit(carry_out, lambda connection: connection.execute(update).rowcount)

    def stored(self) -> list[str]:
        """All that is stored, but for the audit log, when tokens were used, and wrong passwords."""
        writer = self.app.extensions[EXTENSION].writer
        writer.submit(carry_out, lambda connection: None)  # what was to be written is
        with sqlite3.connect(self.path) as connection:
            connection.execute("UPDATE tokens SET used_at = NULL")
            lines = [
                line
                for line in connection.iterdump()
                if not line.startswith(tuple(f'INSERT INTO "{name}"' for name in NOTED))
            ]
            connection.rollback()
        connection.close()
        return lines

    def stop(self) -> None:
        self.app.extensions[EXTENSION].stop()
