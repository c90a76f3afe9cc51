"""Shared folder: where the processes of one service count together, while one of them runs.

A process that ends removes its folder. One that is killed cannot, so the next one does: whoever
makes a folder holds a lock on a file in it, which its children hold as well, and which the system
lets go of when the last of them is gone.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

NAME = "contactpoints-"
LOCK = "in-use"


def shared_folder() -> str:
    """A new folder for this process and its children."""
    place = Path(tempfile.gettempdir())
    remove_left(place)
    made = Path(tempfile.mkdtemp(prefix=f".{NAME}", dir=place))
    lock = os.open(made / LOCK, os.O_RDWR | os.O_CREAT, 0o600)  # open as long as the process is
    fcntl.flock(lock, fcntl.LOCK_SH)
    folder = place / made.name.removeprefix(".")  # seen by others only with its lock
    made.rename(folder)
    atexit.register(_remove, folder, os.getpid())
    return str(folder)


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # not one that was forked from it
        shutil.rmtree(folder, ignore_errors=True)


def remove_left(place: Path) -> None:
    """Remove the folders of this user in ``place`` that no process uses any more."""
    with suppress(OSError):
        for entry in list(os.scandir(place)):
            if not entry.name.startswith(NAME):
                continue
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                    _remove_unused(Path(entry.path))


def _remove_unused(folder: Path) -> None:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
