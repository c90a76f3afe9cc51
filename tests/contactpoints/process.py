"""The service as people run it: a gunicorn process on a port, to post to and to kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Process:
    """``contactpoints serve``, or with ``wsgi=True`` plain ``gunicorn wsgi:app``.

    Files and the log are in ``folder``; ``variables`` are environment variables without prefix.
    """

    def __init__(self, folder: Path, config: str, *, wsgi: bool = False, **variables: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.yml").write_text(config)
        self.wsgi = wsgi
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = {
            "CONFIG": folder / "config.yml",
            "DATABASE_URL": f"sqlite:///{folder / 'contactpoints.db'}",
            "DUPLICATES_WINDOW": 0,
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> Process:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            **{f"CONTACTPOINTS_{name}": str(value) for name, value in self.variables.items()},
        }
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)  # the tests' own
        if self.wsgi:
            command = ("gunicorn", "--threads", "8", "--bind", f"127.0.0.1:{self.port}", "wsgi:app")
        elif not command:
            command = ("app", "serve", "--bind", f"127.0.0.1:{self.port}")
        start = "import sys, runpy; from app import main; main()"
        program = ["-m", *command] if self.wsgi else ["-c", start, *command[1:]]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def ready(self, seconds: float = 20.0) -> Process:
        """Wait until it answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                requests.get(self.url + "/-/healthy", timeout=2)
            except requests.RequestException:
                assert time.monotonic() < end, self.log
                assert self.process is not None
                assert self.process.poll() is None, self.log
                time.sleep(0.05)
            else:
                return self

    def post(self, body: bytes, path: str = "/webhook", **options: Any) -> requests.Response:
        return requests.post(self.url + path, data=body, timeout=20, **options)

    def deliveries(self, **query: Any) -> list[dict[str, Any]]:
        answer = requests.get(self.url + "/api/v1/deliveries", query, timeout=10)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found

    def wait(self, state: str, count: int, seconds: float = 15.0) -> list[dict[str, Any]]:
        end = time.monotonic() + seconds
        while len(rows := self.deliveries(state=state, limit=1000)) < count:
            assert time.monotonic() < end, f"{len(rows)} of {count} {state}\n{self.log[-3000:]}"
            time.sleep(0.05)
        return rows

    def kill(self) -> None:
        """kill -9, the gunicorn master and all its children at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def terminate(self, seconds: float = 40.0) -> int:
        """SIGTERM, as a service manager does; the exit status."""
        assert self.process
        self.process.terminate()
        return self.process.wait(seconds)


def webhook_config(**urls: str) -> str:
    """An alertmanager.yml with a webhook for each contact point."""
    points = "".join(
        f"  - name: {name}\n    webhook_configs:\n      - url: {url}\n"
        for name, url in urls.items()
    )
    return f"route:\n  receiver: {next(iter(urls))}\nreceivers:\n{points}"


Make = Callable[..., Process]
"""What a test makes its processes with: the fixture ``make``."""
