"""Whether a long history and a large backlog slow the outbox: python -m tests.benchmarks.history

Accepting, claiming and storing ends on a database with 1,000,000 deliveries of history and 100,000
that wait, against an empty one, in turns, so that whatever else the machine does hits both. What is
printed is the ratio of the medians; 1.5 is wanted. On SQLite, and on PostgreSQL where Debian's
programs are there. ``--rows`` and ``--waiting`` make it smaller.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from contactpoints.storage.accepting import NewDelivery, Posted, accept
from contactpoints.storage.claims import Claimed, Wanted, claim
from contactpoints.storage.database import Database
from contactpoints.storage.endings import Attempt, Ended, end
from contactpoints.storage.history import Wish, depth, due, find
from contactpoints.storage.upkeep import prune
from tests.benchmarks.delivery_load import payload

BATCH = 16  # requests of one commit: as many as there are connections
ROUNDS = 200
HOUR = 3600.0

SERIES = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n "
    "WHERE i < :last) SELECT i FROM n) AS n",
    "postgresql": "generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n(i)",
}
KEY = {"sqlite": "randomblob(16)", "postgresql": "decode(md5(i::text), 'hex')"}
FILL = (
    "INSERT INTO notifications (id, received_at, group_key, status, duplicate_key, payload) "
    "SELECT i, :at + i * 0.001, 'group ' || (i % 1000), 'firing', {key}, :payload FROM {series}",
    "INSERT INTO deliveries (id, notification_id, contact_point, integration, type, target, lane, "
    "state, attempts, accepted_at, expires_at, next_attempt_at, finished_at) "
    "SELECT i, i, :point, 'webhook[0]', 'webhook', :target, {key}, :state, 1, :at + i * 0.001, "
    ":at + 90000, :due, :finished FROM {series}",
)
ATTEMPTS = (
    "INSERT INTO attempts (id, delivery_id, number, started_at, duration) "
    "SELECT i, i, 1, :at + i * 0.001, 0.05 FROM {series}"
)
LANES = (
    "INSERT INTO lanes (lane, target, due) SELECT lane, target, next_attempt_at "
    "FROM deliveries WHERE state = 'waiting'"
)


def fill(connection: Connection, rows: int, waiting: int) -> None:
    """``rows`` delivered ones, then ``waiting`` ones, each in a lane of its own, all due."""
    name = connection.dialect.name
    now = time.time()
    for first, last, state in ((1, rows, "delivered"), (rows + 1, rows + waiting, "waiting")):
        values = {
            "first": first,
            "last": last,
            "at": now - 24 * HOUR,
            "payload": payload(0) if state == "waiting" else payload(0)[:400],
            "point": "ops" if state == "delivered" else "down",
            "target": "ops/webhook[0]" if state == "delivered" else "down/webhook[0]",
            "state": state,
            "due": now - HOUR if state == "waiting" else None,
            "finished": now - HOUR if state == "delivered" else None,
        }
        statements = (*FILL, ATTEMPTS) if state == "delivered" else FILL
        for statement in statements:
            query = statement.format(series=SERIES[name], key=KEY[name])
            names = {each for each in values if f":{each}" in query}
            connection.execute(text(query), {each: values[each] for each in names})
    connection.execute(text(LANES))
    if name == "postgresql":
        for table in ("notifications", "deliveries", "attempts"):
            connection.execute(
                text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
            )


class Measured:
    """One database, and how long each operation took in each round."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.times: dict[str, list[float]] = {}
        self.numbers = itertools.count(1)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.times.setdefault(name, []).append(time.perf_counter() - begin)

    def round(self, point: str) -> None:
        """Accept a batch, claim it (or as many of a backlog), and store that it was delivered."""
        target = f"{point}/webhook[0]"
        said = "" if point == "ops" else " of a backlog"
        now = time.time()
        posts = [self._posted(now, point, target) for _ in range(BATCH)]
        with self.timed(f"accept{said}"), self.database.writing() as connection:
            accept(connection, posts)
        wish = Wanted(target, BATCH, f"bench {os.getpid()}", time.time(), time.time() + 90)
        with self.timed(f"claim{said}"), self.database.writing() as connection:
            (claimed,) = claim(connection, [wish])
        assert len(claimed) == BATCH
        with self.timed(f"end{said}"), self.database.writing() as connection:
            end(connection, [self._ended(each) for each in claimed])

    def _posted(self, now: float, point: str, target: str) -> Posted:
        number = next(self.numbers)
        key = b"%b%015d" % (point[:1].encode(), number)
        new = NewDelivery(point, "webhook[0]", "webhook", target, key)
        return Posted(now, now + 24 * HOUR, f"g{number}", "firing", key, payload(0), [new], 60.0)

    def _ended(self, claimed: Claimed) -> Ended:
        now = time.time()
        return Ended(claimed, "delivered", now, now + 90, Attempt(1, now, 0.01))


def compare(full: Database, empty: Database, rounds: int) -> None:
    """Ratios of the medians."""
    pair = (Measured(full), Measured(empty))
    for number in range(rounds + 10):
        for each in pair:
            each.round("ops")
            each.round("down")
        if number == 9:  # everything was used once
            for each in pair:
                each.times.clear()
    for name, times in pair[0].times.items():
        mine, base = statistics.median(times), statistics.median(pair[1].times[name])
        print(
            f"  {name:20} {mine * 1e3:7.2f} ms for {BATCH}, empty {base * 1e3:7.2f} ms: "
            f"ratio {mine / base:.2f} (wanted 1.50)"
        )


def seconds_of(database: Database, ask: Callable[[Connection], object]) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        with database.reading() as connection:
            ask(connection)
        times.append(time.perf_counter() - begin)
    return min(times)


def asking(database: Database) -> None:
    """What is asked about all of it, by workers each second, by Prometheus, and by people."""
    for name, ask in {
        "look of a worker (due)": due,
        "depth, for /metrics": depth,
        "a page of history": lambda connection: find(connection, Wish()),
        "what failed": lambda connection: find(connection, Wish(state="failed")),
        "of one contact point": lambda connection: find(connection, Wish(contact_point="down")),
    }.items():
        print(f"  {name:24} {seconds_of(database, ask) * 1e3:7.1f} ms")


def pruning(database: Database, seconds: float = 5.0) -> None:
    """How long one step of forgetting holds the writer, which others wait for."""
    times, gone = [], 0
    stop = time.perf_counter() + seconds
    while time.perf_counter() < stop:
        begin = time.perf_counter()
        with database.writing() as connection:
            count = prune(connection, [time.time() - HOUR])[0]
        times.append(time.perf_counter() - begin)
        gone += count
        if not count:
            break
    print(
        f"  forgetting: {gone / sum(times):.0f} notifications/s, "
        f"each step {statistics.median(times) * 1e3:.0f} ms, at most {max(times) * 1e3:.0f} ms"
    )


def measure(full: str, empty: str, rows: int, waiting: int, rounds: int) -> None:
    """All of it, on one kind of database."""
    databases = Database(full), Database(empty)
    for database in databases:
        with database.reading():
            pass
    begin = time.perf_counter()
    with databases[0].writing() as connection:
        fill(connection, rows, waiting)
    with databases[0].engine.connect() as connection:
        if not databases[0].is_sqlite:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    print(f"  filled in {time.perf_counter() - begin:.0f} s")
    compare(*databases, rounds)
    asking(databases[0])
    pruning(databases[0])
    for database in databases:
        database.close()


def main(arguments: list[str] | None = None) -> None:
    """SQLite, then PostgreSQL, with the machine they ran on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    said = parser.parse_args(arguments)
    sizes = (said.rows, said.waiting, said.rounds)
    print(
        f"machine: {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}; {said.rows} deliveries of history, "
        f"{said.waiting} that wait"
    )
    folder = Path(tempfile.mkdtemp(prefix="contactpoints-bench-"))
    try:
        print("SQLite:")
        measure(f"sqlite:///{folder / 'full.db'}", f"sqlite:///{folder / 'empty.db'}", *sizes)
    finally:
        shutil.rmtree(folder)
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("PostgreSQL: is not here")
        return
    from tests.contactpoints.postgresql import PostgreSQL

    server = PostgreSQL()
    server.start()
    try:
        print("PostgreSQL:")
        measure(server.database(), server.database(), *sizes)
    finally:
        server.remove()


if __name__ == "__main__":
    main()
