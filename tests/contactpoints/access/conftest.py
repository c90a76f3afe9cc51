"""Houses, open and closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contactpoints.access.house import House

Build = Callable[..., House]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Builds houses, with the environment's options."""
    made: list[House] = []

    def one(**options: Any) -> House:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(House(folder, **options))
        return made[-1]

    yield one
    for house in made:
        house.stop()


@pytest.fixture
def house(build: Build) -> House:
    """One whose gate is closed: each role has a token."""
    return build()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A closed one for many tests that change nothing."""
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.stop()
