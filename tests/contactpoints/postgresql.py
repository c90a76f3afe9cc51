"""A PostgreSQL server of one's own: Debian's programs, a folder, a port."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.contactpoints.process import free_port

GET_IT = "PostgreSQL is missing: apt-get install postgresql, and pip install 'psycopg[binary]'"


def programs() -> Path:
    """The folder of initdb and pg_ctl; without them the test is skipped, or fails in CI."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    try:
        import psycopg  # noqa: F401 - the driver that the addresses name
    except ImportError:
        found = []
    if found:
        return found[-1]
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(GET_IT)
    pytest.skip(GET_IT)


class PostgreSQL:
    """``start`` and ``stop`` as often as a test likes; ``database`` makes an empty one."""

    def __init__(self) -> None:
        self.programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="contactpoints-"))
        self.port = free_port()
        self.data = self.folder / "data"
        self._numbers = itertools.count()
        self._as: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._as = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"port={self.port}\nlisten_addresses='127.0.0.1'\n"
        options += f"unix_socket_directories='{self.data}'\nmax_connections=300\n"
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(options)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as, str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/")

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop it, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self) -> str:
        """The address of a new database."""
        name = f"d{next(self._numbers)}"
        place = ("-h", "127.0.0.1", "-p", self.port, "-U", "postgres")
        self._run("createdb", *place, name)
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"
