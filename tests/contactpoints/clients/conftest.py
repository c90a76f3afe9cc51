"""The service as a process, with a token that an administrator declared."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.contactpoints.process import Make, Process

TOKEN = "a-token-that-an-administrator-declared"
EMPTY = "apiVersion: 1\n"


@pytest.fixture
def grafana(make: Make) -> Process:
    """A service with nothing in it, which speaks Grafana's API."""
    return make(EMPTY, ADMIN_TOKEN=TOKEN, PROCESSES=1).start().ready()


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    """Clients leave their connections open: they are swept up before the next test."""
    yield
    gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What clients leave open is no warning of ours."""
    for item in items:
        if "/clients/" in item.path.as_posix():
            for kind in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))
