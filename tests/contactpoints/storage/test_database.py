"""Where a database is: the file that a URL means."""

from __future__ import annotations

from pathlib import Path

import pytest

from contactpoints.storage.database import Database


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////a/b.db", "/a/b.db"),
        ("sqlite:///b.db", "b.db"),
        ("sqlite:///file:/a/b%2520c.db?uri=true", "/a/b c.db"),
        ("sqlite:///file:///a/b.db?uri=true&cache=private", "/a/b.db"),
        ("sqlite:///file:b.db?uri=1", "b.db"),
        ("sqlite:///file:b.db", "file:b.db"),
        ("sqlite:///file::memory:?uri=true", None),
    ],
)
def test_the_file_of_a_url(url: str, path: str | None) -> None:
    database = Database(url)
    assert database.path == (None if path is None else Path(path))
    database.close()


def test_sqlite_opens_the_file_that_was_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///file:{tmp_path}/new/a%2520b.db?uri=true")
    with database.reading():
        pass
    assert database.path
    assert database.path.is_file()
    database.close()
    assert {each.name for each in (tmp_path / "new").iterdir()} >= {"a b.db"}
