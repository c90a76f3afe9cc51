"""Storage that fails: never 2xx, never 4xx, and all is well again when it is."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path

from tests.contactpoints.posts import body, number_of, numbered
from tests.contactpoints.process import Make, Process, webhook_config
from tests.contactpoints.sinks import Answer, Sink


def refused(process: Process, data: bytes) -> bool:
    answer = process.post(data)
    if answer.status_code == 202:
        return False
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return True


def fill(process: Process, text: str) -> int:
    """Post until nothing more fits; how many were accepted."""
    for number in range(2000):
        if refused(process, numbered(number, group=str(number), title=text)):
            return number
    raise AssertionError("it never was full")


def test_a_full_file_is_503_and_what_was_accepted_is_delivered(make: Make, sink: Sink) -> None:
    sink.answer = Answer(503)
    process = make(webhook_config(ops=sink.url), SQLITE_MAX_PAGES=200).start().ready()
    count = fill(process, "x" * 4000)
    assert count > 5
    assert refused(process, body(title="x" * 9000))
    sink.answer = Answer()
    process.kill()
    process.variables["SQLITE_MAX_PAGES"] = 0
    process.start().ready().wait("delivered", count, 30)
    assert {number_of(got.body) for got in sink.received} == set(range(count))
    assert not refused(process, body())


def test_a_full_disk_is_503_and_what_was_accepted_is_delivered_once(
    make: Make, sink: Sink, small_disk: Path
) -> None:
    """The disk stays full while deliveries go on: what became of them waits to be stored."""
    process = make(
        webhook_config(ops=sink.url), DATABASE_URL=f"sqlite:///{small_disk / 'c.db'}", DELIVER="no"
    )
    process.start().ready()
    filler = small_disk / "filler"
    count = 0
    for number in range(5):
        assert not refused(process, numbered(number, group=str(number)))
        count += 1
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 512):
            pass
    while not refused(process, numbered(count, group=str(count), title="x" * 9000)):
        count += 1
        assert count < 100
    assert process.post(b"{").status_code == 400
    filler.unlink()
    assert not refused(process, numbered(count, group=str(count)))
    process.kill()
    process.variables["DELIVER"] = "yes"
    process.start().ready().wait("delivered", count + 1)
    assert sorted(number_of(got.body) for got in sink.received) == list(range(count + 1))


def test_a_read_only_database_is_503(make: Make, sink: Sink, tmp_path: Path) -> None:
    config = webhook_config(ops=sink.url)
    process = make(config).start().ready()
    assert not refused(process, body())
    process.terminate()
    process.variables["DATABASE_URL"] = (
        f"sqlite:///file:{tmp_path / 'run' / 'contactpoints.db'}?mode=ro&uri=true"
    )
    process.start().ready()
    assert refused(process, body())


def test_a_locked_database_is_503_and_deliveries_go_on_afterwards(
    make: Make, sink: Sink, tmp_path: Path
) -> None:
    process = make(webhook_config(ops=sink.url)).start().ready()
    assert not refused(process, numbered(0))
    process.wait("delivered", 1)
    other = sqlite3.connect(tmp_path / "run" / "contactpoints.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begin = time.monotonic()
    assert refused(process, numbered(1))
    assert time.monotonic() - begin < 8
    other.execute("ROLLBACK")
    other.close()
    assert not refused(process, numbered(1))
    process.wait("delivered", 2)


def test_a_database_that_was_removed_takes_nothing_until_it_is_made_again(
    make: Make, sink: Sink, tmp_path: Path
) -> None:
    """A commit into a file that has no name any more would be a lie."""
    process = make(webhook_config(ops=sink.url)).start().ready()
    assert not refused(process, numbered(0))
    process.wait("delivered", 1)
    for file in (tmp_path / "run").glob("contactpoints.db*"):
        file.unlink()
    if refused(process, numbered(1)):  # else one that had not opened it yet has made it again
        assert not refused(process, numbered(1))
    process.wait("delivered", 1)
    assert [number_of(got.body) for got in sink.received] == [0, 1]


def test_a_place_where_no_file_can_be_is_503_until_it_can(
    make: Make, sink: Sink, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.write_text("a file where a folder should be")
    process = make(webhook_config(ops=sink.url), DATABASE_URL=f"sqlite:///{place}/c.db")
    process.start().ready()
    assert refused(process, body())
    place.unlink()
    assert not refused(process, body())
    process.wait("delivered", 1)
    shutil.rmtree(place)


def test_a_file_that_is_no_database_is_503(make: Make, sink: Sink, tmp_path: Path) -> None:
    place = tmp_path / "c.db"
    place.write_bytes(b"this is no database, and never was one" * 100)
    process = make(webhook_config(ops=sink.url), DATABASE_URL=f"sqlite:///{place}")
    process.start().ready()
    assert refused(process, body())
