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
import statistics
import tempfile
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from tests.benchmarks.delivery_hanging import hanging
from tests.benchmarks.delivery_load import FastSink, load, payload, request
from tests.benchmarks.delivery_stages import stages
from tests.benchmarks.running import (
    SERVE,
    children,
    gunicorn,
    quantile,
    running,
    used,
    used_by_all,
)

CONNECTIONS = 16
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


def accepting(folder: Path, rounds: int = 5, seconds: float = 3.0) -> None:
    """Durable accepts against the flat view, round by round."""
    posts = [request(payload(number)) for number in range(POSTS)]
    (folder / "flat.py").write_text(FLAT)
    config = folder / "config.yml"
    config.write_text(CONFIG.format(port=9))
    database = f"sqlite:///{folder / 'accept.db'}"
    at = itertools.count()

    def make(_: int) -> bytes:
        return posts[next(at) % POSTS]

    with (
        running(folder, *gunicorn("flat:app")) as (flat, _),
        running(
            folder, *gunicorn("wsgi:app"), CONFIG=config, DATABASE_URL=database, DELIVER="no"
        ) as (ours, process),
    ):
        ratios, rates = [], []
        for port in (flat, ours):
            load(port, CONNECTIONS, 1.0, make)
        for _ in range(rounds):
            flat_count, _, _ = load(flat, CONNECTIONS, seconds, make)
            before = used_by_all(process.pid)
            count, times, statuses = load(ours, CONNECTIONS, seconds, make)
            spent = (used_by_all(process.pid) - before) / count * 1e6
            ratios.append(count / flat_count)
            rates.append(count / seconds)
            print(
                f"  accept {rates[-1]:6.0f}/s, flat view {flat_count / seconds:6.0f}/s, "
                f"ratio {ratios[-1]:.2f}; p99 {quantile(times, 0.99):.1f} ms, "
                f"{spent:.0f} µs of CPU each; answers {statuses}"
            )
        half = statistics.median(rates) / 2
        _, times, _ = load(ours, CONNECTIONS, seconds, make, rate=half)
    print(
        f"accept: ratio {statistics.median(ratios):.2f} (wanted 0.60), best {max(ratios):.2f}; "
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
    """Accept to delivered at a local sink, default Slack message, and where the CPU goes."""
    count, port = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=_sink, args=(count, port), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    config = folder / "config.yml"
    config.write_text(CONFIG.format(port=port.value))
    database = f"sqlite:///{folder / 'deliver.db'}"
    posts = [request(payload(number)) for number in range(total)]
    with running(folder, *SERVE, CONFIG=config, DATABASE_URL=database) as (ours, process):
        delivers, *takes_in = children(process.pid)  # the first one delivers
        begin = time.perf_counter()
        load(ours, CONNECTIONS, 120.0, posts.__getitem__, most=total)
        accepted = time.perf_counter() - begin
        while count.value < total and time.perf_counter() - begin < 120:
            time.sleep(0.02)
        took = time.perf_counter() - begin
        each = 1e6 / max(count.value, 1)
        print(
            f"accept to delivered: {count.value / took:.0f} notifications/s (wanted 800); "
            f"accepted in {accepted:.1f} s, delivered in {took:.1f} s; "
            f"{used_by_all(process.pid) * each:.0f} µs of CPU each"
        )
        for name, one in (("take in", takes_in[0]), ("deliver", delivers)):
            clerk = sum(map(used_by_all, children(one)))
            print(f"  to {name}: {used(one) * each:.0f} µs, its writing {clerk * each:.0f} µs")
    for stage, spent in stages(folder).items():
        print(f"  {stage}, alone: {spent:.0f} µs")
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
        hanging(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
