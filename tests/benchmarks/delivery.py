"""How fast notifications are accepted and delivered, as ratios: python -m tests.benchmarks.delivery

Accepting is compared with a Flask view that only reads and parses the body, under the same gunicorn
setting, in turns, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import requests

from tests.benchmarks.delivery_load import FastSink, load, payload, request

ROOT = Path(__file__).parents[2]
THREADS, CONNECTIONS = "16", 16
POSTS = 20_000
FLAT = """
import json
from flask import Flask, request
app = Flask(__name__)
@app.post("/webhook")
def receive():
    json.loads(request.get_data())
    return {"ok": True}, 202
"""
CONFIG = """
route: {{receiver: ops}}
receivers:
  - name: ops
    slack_configs:
      - api_url: http://127.0.0.1:{port}/services/T0/B0/x
        channel: "#ops"
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def cpu_seconds(process: int) -> float:
    """The processor time of a process and its children so far."""
    total = 0.0
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for number in (process, *map(int, children)):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


@contextmanager
def gunicorn(folder: Path, app: str, **variables: Any) -> Iterator[tuple[int, int]]:
    """A gunicorn with ``app``; its port and process."""
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{folder}", **variables}
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", THREADS]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}", app], env=environment, cwd=folder, stderr=log
        )
    try:
        for _ in range(300):
            try:
                requests.get(f"http://127.0.0.1:{port}/", timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def quantile(times: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(times)[int(len(times) * part)] * 1000


def accepting(folder: Path, rounds: int = 5, seconds: float = 3.0) -> None:
    """Durable accepts against the flat view, round by round."""
    posts = [request(payload(number)) for number in range(POSTS)]
    (folder / "flat.py").write_text(FLAT)
    (folder / "config.yml").write_text(CONFIG.format(port=9))
    variables = {
        "CONTACTPOINTS_CONFIG": str(folder / "config.yml"),
        "CONTACTPOINTS_DATABASE_URL": f"sqlite:///{folder / 'accept.db'}",
        "CONTACTPOINTS_DELIVER": "no",
    }
    at = iter(range(10**9))

    def make(_: int) -> bytes:
        return posts[next(at) % POSTS]

    with (
        gunicorn(folder, "flat:app") as (flat, _),
        gunicorn(folder, "wsgi:app", **variables) as (
            ours,
            process,
        ),
    ):
        ratios = []
        for port in (flat, ours):
            load(port, CONNECTIONS, 1.0, make)
        for _ in range(rounds):
            flat_count, _, _ = load(flat, CONNECTIONS, seconds, make)
            before = cpu_seconds(process)
            count, times, statuses = load(ours, CONNECTIONS, seconds, make)
            used = (cpu_seconds(process) - before) / count * 1e6
            ratios.append(count / flat_count)
            print(
                f"  accept {count / seconds:6.0f}/s, flat view {flat_count / seconds:6.0f}/s, "
                f"ratio {ratios[-1]:.2f}; p99 {quantile(times, 0.99):.1f} ms, "
                f"{used:.0f} µs of CPU each; answers {statuses}"
            )
        half = count / seconds / 2
        _, times, _ = load(ours, CONNECTIONS, seconds, make, rate=half)
        print(
            f"accept: median ratio {statistics.median(ratios):.2f} (wanted 0.60); "
            f"p99 at half that load, {half:.0f}/s: {quantile(times, 0.99):.1f} ms (wanted 50)"
        )


def _sink(count: Synchronized[int], port: Synchronized[int]) -> None:
    sink = FastSink()
    port.value = sink.port
    sink.start()
    while True:
        time.sleep(0.02)
        count.value = sink.count


def delivering(folder: Path, total: int = 6000) -> None:
    """Accept to delivered at a local sink, default Slack message; CPU by stage is the worker's."""
    count, port = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=_sink, args=(count, port), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    (folder / "config.yml").write_text(CONFIG.format(port=port.value))
    variables = {
        "CONTACTPOINTS_CONFIG": str(folder / "config.yml"),
        "CONTACTPOINTS_DATABASE_URL": f"sqlite:///{folder / 'deliver.db'}",
    }
    posts = [request(payload(number)) for number in range(total)]
    with gunicorn(folder, "wsgi:app", **variables) as (ours, process):
        before, begin = cpu_seconds(process), time.perf_counter()
        sent, at = 0, itertools.count()
        while sent < total:
            done, _, _ = load(ours, CONNECTIONS, 1.0, lambda _: posts[next(at) % total])
            sent += done
        while count.value < total and time.perf_counter() - begin < 120:
            time.sleep(0.05)
        took = time.perf_counter() - begin
        used = (cpu_seconds(process) - before) / max(count.value, 1) * 1e6
        print(
            f"accept to delivered: {count.value / took:.0f} notifications/s (wanted 800), "
            f"{used:.0f} µs of CPU each"
        )
    sink.terminate()


def main() -> None:
    """All of it, with the machine it ran on."""
    folder = Path(tempfile.mkdtemp(prefix="contactpoints-"))
    print(
        f"machine: {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}"
    )
    try:
        accepting(folder)
        delivering(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
