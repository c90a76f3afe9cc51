"""What is measured, as processes: a service or a flat view, and the processor time of each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
THREADS = 16
SERVE = ("-c", "from app import main; main()", "serve")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def gunicorn(app: str) -> tuple[str, ...]:
    """The command of a plain gunicorn; every view is measured under this setting."""
    return ("-m", "gunicorn", "-k", "gthread", "--threads", str(THREADS), app)


@contextmanager
def running(
    folder: Path, *command: str, **variables: Any
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Python with ``command``, its files in ``folder``; the port and the process."""
    port = free_port()
    said = {f"CONTACTPOINTS_{name}": str(value) for name, value in variables.items()}
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{folder}", **said}
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "--bind", f"127.0.0.1:{port}"],
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        for _ in range(600):
            try:
                requests.get(f"http://127.0.0.1:{port}/-/healthy", timeout=5)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def children(process: int) -> list[int]:
    """The processes that it or one of its threads started, the oldest first."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return sorted(found)


def used(process: int) -> float:
    """Its own processor time so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def used_by_all(process: int) -> float:
    """The processor time of it and all that came from it."""
    return used(process) + sum(map(used_by_all, children(process)))


def quantile(times: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(times)[int(len(times) * part)] * 1000
