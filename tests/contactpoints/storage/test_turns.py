"""Turns: one process after the other, and never a process for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from contactpoints.storage import turns
from contactpoints.storage.turns import Turn


def test_another_process_waits_for_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    ready, go = os.pipe()
    turn = Turn(path)
    with turn.taken():
        child = os.fork()
        if not child:
            with turn.taken():  # inherited, and yet not the same turn
                os.write(go, b"%f" % time.monotonic())
            os._exit(0)
        time.sleep(0.2)
        mine = time.monotonic()
    os.waitpid(child, 0)
    assert float(os.read(ready, 100)) > mine
    turn.close()
    os.close(ready)
    os.close(go)


def test_who_waits_too_long_goes_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.1)
    first, second = Turn(tmp_path / "c.db"), Turn(tmp_path / "c.db")
    begin = time.monotonic()
    with first.taken(), second.taken():
        assert 0.1 <= time.monotonic() - begin < 5
    first.close()
    second.close()


@pytest.mark.parametrize("path", [None, Path("/nowhere/c.db")])
def test_where_no_file_can_be_made_there_are_no_turns(path: Path | None) -> None:
    with Turn(path).taken():
        pass
