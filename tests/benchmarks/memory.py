"""Whether a worker's memory grows while it delivers: python -m tests.benchmarks.memory

Notifications are put into the outbox directly, some thousand at a time; a ``contactpoints deliver``
of its own sends each as a default Slack message to a local sink. Its memory is what the kernel says
it holds (RSS), with that of the process that writes for it, at the start (after a warm-up), in the
middle and at the end.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contactpoints.storage.accepting import NewDelivery, Posted, accept
from contactpoints.storage.database import Database
from tests.benchmarks.delivery import CONFIG, _sink
from tests.benchmarks.delivery_load import payload
from tests.benchmarks.running import ROOT

AT_ONCE = 256  # notifications of one commit
AHEAD = 4000  # that wait at most
WARM = 0.1  # the part of all deliveries after which the start is measured
POINT, KEY = "ops", "slack[0]"


def resident(process: int) -> int:
    """MiB that a process and its children hold."""
    total = 0
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for number in (process, *map(int, children)):
        total += int(Path(f"/proc/{number}/statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGE_SIZE") // 2**20


def put(database: Database, first: int, target: str) -> None:
    """The next notifications, each in a lane of its own, none of them like another."""
    now = time.time()
    posts = []
    for number in range(first, first + AT_ONCE):
        key = number.to_bytes(16, "big")
        new = NewDelivery(POINT, KEY, "slack", target, key)
        posts.append(
            Posted(now, now + 86400, f"g{number}", "firing", key, payload(number), [new], 0.0)
        )
    with database.writing() as connection:
        accept(connection, posts)


def deliver(folder: Path, total: int) -> None:
    """``total`` deliveries, and the memory while they go."""
    count, port = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=_sink, args=(count, port), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    (folder / "config.yml").write_text(CONFIG.format(port=port.value))
    url = f"sqlite:///{folder / 'memory.db'}"
    database = Database(url)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CONTACTPOINTS_CONFIG": str(folder / "config.yml"),
        "CONTACTPOINTS_DATABASE_URL": url,
    }
    with (folder / "log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-c", "from app import main; main()", "deliver"],
            env=environment, cwd=ROOT, stderr=log,
        )  # fmt: skip
    try:
        seen: dict[int, int] = {}
        put_in = itertools.count(1, AT_ONCE)
        sent, begin = 0, time.perf_counter()
        while count.value < total:
            if sent < total and sent - count.value < AHEAD:
                put(database, next(put_in), f"{POINT}/{KEY}")
                sent += AT_ONCE
            else:
                time.sleep(0.05)
            part = int(count.value / total * 10)
            if part not in seen:
                seen[part] = resident(worker.pid)
                print(f"  after {count.value:7d} deliveries: {seen[part]} MiB", flush=True)
            assert worker.poll() is None, (folder / "log").read_text()[-2000:]
            assert time.perf_counter() - begin < 3600
        took = time.perf_counter() - begin
        last = resident(worker.pid)
        start = seen[min(part for part in seen if part >= WARM * 10)]
        middle = seen[min(part for part in seen if part >= 5)]
        print(
            f"memory of a worker over {total} deliveries: start {start} MiB, middle {middle} MiB, "
            f"end {last} MiB; end to start {last / start:.2f}; {total / took:.0f}/s"
        )
    finally:
        worker.terminate()
        worker.wait(40)
        sink.terminate()
        database.close()


def main(arguments: list[str] | None = None) -> None:
    """With the machine it ran on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=100_000)
    said = parser.parse_args(arguments)
    print(
        f"machine: {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}"
    )
    folder = Path(tempfile.mkdtemp(prefix="contactpoints-bench-"))
    try:
        deliver(folder, said.deliveries)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
