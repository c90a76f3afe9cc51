"""The process that writes for another one: it answers, may be killed, and ends with the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from contactpoints.storage.accepting import accept
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.history import Wish, find
from contactpoints.storage.writer import Writer
from tests.contactpoints.storage.test_writer import posted


def who(_: Connection, items: Sequence[object]) -> list[int]:
    return [os.getpid()] * len(items)


def divide(_: Connection, items: Sequence[int]) -> list[int]:
    return [10 // item for item in items]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(Database(f"sqlite:///{tmp_path / 'c.db'}"), apart=True)
    yield made
    made.stop()
    made.database.close()


def clerk_of(writer: Writer) -> int:
    """Its process, once it has started."""
    while (process := writer.submit(who, None)) == os.getpid():
        time.sleep(0.02)
    return process


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_is_a_process_of_its_own_and_ends_with_the_writer(apart: Writer) -> None:
    """Until it has started the writer itself writes: nobody waits for that."""
    assert apart.submit(who, None) == os.getpid()
    clerk = clerk_of(apart)
    assert apart.submit(accept, posted(1)).deliveries == (1,)
    apart.stop()
    assert not is_running(clerk)
    with apart.database.reading() as connection:
        assert len(find(connection, Wish())) == 1


def test_a_mistake_comes_back_as_what_it_is(apart: Writer) -> None:
    clerk_of(apart)
    requests = [apart.put(divide, number) for number in (1, 0, 5)]
    assert requests[0].result(10) == 10
    with pytest.raises(ZeroDivisionError):
        requests[1].result(10)
    assert requests[2].result(10) == 2


def test_what_cannot_be_sent_there_is_carried_out_here(apart: Writer) -> None:
    clerk_of(apart)
    assert apart.submit(lambda _, items: [os.getpid()] * len(items), None) == os.getpid()


def test_when_it_was_killed_the_writer_writes_until_there_is_another(apart: Writer) -> None:
    clerk = clerk_of(apart)
    os.kill(clerk, signal.SIGKILL)
    while is_running(clerk):
        time.sleep(0.01)
    assert apart.submit(accept, posted(1)).deliveries == (1,)
    assert clerk_of(apart) != clerk


def linger(connection: Connection, items: Sequence[int]) -> list[int]:
    time.sleep(60)
    return list(items)


def test_what_it_held_when_it_was_killed_has_failed(apart: Writer) -> None:
    """What was asked for after it is written all the same."""
    clerk = clerk_of(apart)
    held = apart.put(linger, 1)
    time.sleep(0.2)
    later = apart.put(accept, posted(1))
    os.kill(clerk, signal.SIGKILL)
    with pytest.raises(StorageError, match="has ended"):
        held.result(10)
    assert later.result(10).deliveries == (1,)


def test_signals_are_for_the_process_that_it_writes_for(apart: Writer) -> None:
    """A service manager sends them to all; what is accepted until the end is stored."""
    clerk = clerk_of(apart)
    os.kill(clerk, signal.SIGTERM)
    os.kill(clerk, signal.SIGINT)
    assert apart.submit(who, None) == clerk


OWNER = """
import sys, time
from contactpoints.storage.database import Database
from contactpoints.storage.writer import Writer
from tests.contactpoints.storage.test_clerk import clerk_of
print(clerk_of(Writer(Database(sys.argv[1]), apart=True)), flush=True)
time.sleep(60)
"""


def test_it_ends_when_the_other_process_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, f"sqlite:///{tmp_path / 'c.db'}"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout
        clerk = int(owner.stdout.readline())
        assert is_running(clerk)
        owner.kill()
    end = time.monotonic() + 10
    while is_running(clerk):
        assert time.monotonic() < end
        time.sleep(0.02)
