"""Databases for the tests of administration: each of them runs on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contactpoints.admin.administration import Admin
from tests.contactpoints.admin.administered import administered


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'stored.db'}"
    address: str = request.getfixturevalue("postgresql").database()
    return address


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """A file with a key, which PostgreSQL needs."""
    from contactpoints.storage.sealing import make_file

    path = tmp_path / "given.key"
    make_file(path)
    return str(path)


@pytest.fixture
def admin(url: str, key_file: str) -> Iterator[Admin]:
    """The administration of a service without files, which delivers nothing yet."""
    made = administered(url, secret_key_file=key_file)
    yield made
    made.service.stop()
