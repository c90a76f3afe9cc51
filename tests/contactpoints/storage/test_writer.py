"""The writer: what is asked at the same time shares a commit; a mistake harms only its maker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from contactpoints.storage.accepting import Posted, accept
from contactpoints.storage.claims import Wanted, claim, release
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.endings import Attempt, Ended, end
from contactpoints.storage.history import Wish, find
from contactpoints.storage.request import Request
from contactpoints.storage.waiting import NewDelivery
from contactpoints.storage.writer import Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(Database(f"sqlite:///{tmp_path / 'c.db'}"))
    yield made
    made.stop()
    made.database.close()


def posted(number: int, lane: str = "lane", count: int = 1) -> Posted:
    now = time.time()
    new = [
        NewDelivery("ops", f"webhook[{item}]", "webhook", "ops/w", f"{lane}{item}".encode())
        for item in range(count)
    ]
    return Posted(now, now + 60, "key", "firing", b"%016d" % number, b"{}", new)


def wanted(count: int = 10, owner: str = "me", lease: float = 60) -> Wanted:
    return Wanted("ops/w", count, owner, time.time(), time.time() + lease)


def test_requests_that_come_together_share_commits(writer: Writer) -> None:
    writer.submit(accept, posted(0))
    before = writer.commits
    threads = [
        threading.Thread(target=writer.submit, args=(accept, posted(number, str(number), 2)))
        for number in range(1, 101)
    ]
    gate = threading.Event()
    blocked = threading.Thread(target=writer.submit, args=(lambda c, items: [gate.wait(5)], 0))
    blocked.start()
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    gate.set()
    for thread in [*threads, blocked]:
        thread.join()
    assert writer.commits - before < 10
    with writer.database.reading() as connection:
        assert len(find(connection, Wish(limit=1000))) == 201


def test_what_was_committed_together_is_told_at_once(writer: Writer) -> None:
    """A mistake of whom it is told to harms nobody."""
    told: list[tuple[list[Posted], list[Any]]] = []
    writer.after[accept] = lambda items, answers: told.append((list(items), list(answers)))
    gate = threading.Event()
    requests: list[Request[Any]] = [writer.put(lambda c, items: [gate.wait(5)], 0)]
    posts = [posted(number, str(number)) for number in range(3)]
    requests += [writer.put(accept, post) for post in posts]
    gate.set()
    answers = [request.result(5) for request in requests][1:]
    writer.submit(lambda c, items: [0], 0)  # it was told before this is begun
    assert told == [(posts, answers)]
    writer.after[accept] = lambda items, answers: 1 / 0
    assert writer.submit(accept, posted(9)).deliveries
    assert writer.submit(accept, posted(10)).deliveries


def test_a_mistake_in_one_request_does_not_harm_the_others(writer: Writer) -> None:
    def careful(_: Connection, items: Sequence[int]) -> list[int]:
        return [10 // item for item in items]

    gate = threading.Event()
    futures: list[Request[Any]] = [writer.put(lambda c, items: [gate.wait(5)], 0)]
    futures += [writer.put(careful, number) for number in (1, 0, 5)]
    gate.set()
    assert futures[1].result(5) == 10
    assert futures[3].result(5) == 2
    with pytest.raises(ZeroDivisionError):
        futures[2].result(5)


def test_a_lane_is_claimed_by_one_and_its_next_comes_with_the_end(writer: Writer) -> None:
    first = writer.submit(accept, posted(1)).deliveries[0]
    second = writer.submit(accept, posted(2)).deliveries[0]
    (claimed,) = writer.submit(claim, wanted())
    assert claimed.delivery == first
    assert writer.submit(claim, wanted(owner="other")) == []
    now = time.time()
    attempt = Attempt(1, now, 0.1)
    following = writer.submit(end, Ended(claimed, "delivered", now, now + 60, attempt))
    assert following is not None
    assert following.delivery == second
    assert writer.submit(end, Ended(following, "delivered", now, now + 60, attempt)) is None
    assert writer.submit(claim, wanted()) == []


def test_a_lease_that_ended_or_whose_owner_is_gone_is_taken_over(writer: Writer) -> None:
    writer.submit(accept, posted(1))
    (lost,) = writer.submit(claim, wanted(owner="slow", lease=-1))
    (claimed,) = writer.submit(claim, wanted(owner="dead"))
    assert writer.submit(claim, wanted()) == []
    assert writer.submit(release, ["dead"]) == 1
    (mine,) = writer.submit(claim, wanted())
    assert lost.delivery == claimed.delivery == mine.delivery
    now = time.time()
    late = Ended(lost, "waiting", now, now, Attempt(1, now, 0.1, reason="other"), now)
    writer.submit(end, late)  # who lost the lease changes nothing of the lane
    assert writer.submit(claim, wanted(owner="other")) == []


def test_what_cannot_be_stored_in_time_is_unavailable(writer: Writer) -> None:
    gate = threading.Event()
    blocked = writer.put(lambda c, items: [gate.wait(5)], 0)
    while not blocked.is_taken:
        time.sleep(0.01)
    with pytest.raises(StorageError, match="too long"):
        writer.submit(accept, posted(1), wait=0.1)
    gate.set()
    blocked.result(5)
    time.sleep(0.2)
    with writer.database.reading() as connection:
        assert find(connection, Wish()) == []  # and it was not stored behind our back
