"""Services of this process on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contactpoints.setup import Setup
from tests.contactpoints.service import Service

New = Callable[..., Service]


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[New]:
    made: list[Service] = []
    place: Any = tmp_path / "c.db"
    if request.param == "postgresql":
        place = request.getfixturevalue("postgresql").database()

    def build(setup: Setup, **options: Any) -> Service:
        service = Service(place, setup, **options)
        made.append(service)
        return service

    yield build
    for service in made:
        service.stop()
