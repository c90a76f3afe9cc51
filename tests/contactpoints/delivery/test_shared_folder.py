"""The folder of the counters goes with the last process that uses it, also when that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from contactpoints.delivery.shared_folder import LOCK, remove_left

ROOT = Path(__file__).parents[3]
PROGRAM = """
import os, time
from contactpoints.delivery.shared_folder import shared_folder
print(shared_folder(), flush=True)
child = os.fork()
if not child:
    os.close(0); os.close(1); time.sleep(60)
print(child, flush=True)
input()
os.kill(child, 9)
"""


def start(place: Path) -> tuple[subprocess.Popen[str], Path, int]:
    """A process with a folder in ``place``, and its child."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    folder = Path(process.stdout.readline().strip())
    return process, folder, int(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=20)


def test_who_ends_removes_its_own(tmp_path: Path) -> None:
    process, folder, _ = start(tmp_path)
    assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == [folder]
    end(process)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_once_its_children_are_gone(
    tmp_path: Path,
) -> None:
    process, left, child = start(tmp_path)
    process.kill()
    process.communicate()
    other, folder, _ = start(tmp_path)
    assert left.exists()  # the child still counts
    assert folder != left
    os.kill(child, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while left.exists():
        remove_left(tmp_path)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == [folder]
    end(other)


def test_nothing_else_is_touched(tmp_path: Path) -> None:
    """Folders without a lock, and links to others."""
    (tmp_path / "contactpoints-other").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK).touch()
    (tmp_path / "contactpoints-link").symlink_to(elsewhere)
    (tmp_path / "contactpoints-file").touch()
    remove_left(tmp_path)
    assert (elsewhere / LOCK).exists()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_place_that_cannot_be_read_is_left(tmp_path: Path) -> None:
    remove_left(tmp_path / "gone")
