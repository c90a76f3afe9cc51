"""Lanes that share a place: what is claimed ahead for a fast target harms no lane."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contactpoints.delivery.agenda import IN_A_ROW, LATE, Agenda
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.delivery.targets import MOST_AHEAD, SOON, Targets
from contactpoints.storage.claims import Claimed, Wanted
from contactpoints.storage.endings import Ended
from contactpoints.storage.pacing import Rate
from contactpoints.storage.tables import DELIVERED, WAITING, lanes
from tests.contactpoints.delivery.conftest import New
from tests.contactpoints.posts import number_of, numbered
from tests.contactpoints.service import Service, setup_of, webhook
from tests.contactpoints.sinks import Answer, Received, Sink

TARGET = "ops/webhook[0]"
FAST, SLOW = 0.001, 10.0  # seconds


def agenda_of(duration: float | None, senders: int = 32, **options: object) -> Agenda:
    agenda = Agenda(Targets(**options), senders)  # type: ignore[arg-type]
    agenda.targets[TARGET].duration = duration
    return agenda


def claimed(number: int) -> Claimed:
    lane = number.to_bytes(16, "big")
    return Claimed(lane, "me", number, number, "ops", "w", TARGET, 0, 0.0, 1e12, None, b"{}")


def wish(agenda: Agenda) -> Wanted:
    agenda.wake({TARGET: 0.0})
    (found,) = agenda.wishes("me", time.time())
    return found


def grant(agenda: Agenda, count: int) -> None:
    agenda.granted(wish(agenda), map(claimed, range(count)))


def given_back(agenda: Agenda) -> list[int]:
    return [ended.claimed.delivery for _, ended in agenda.ended() if ended.state == WAITING]


def test_as_many_lanes_are_claimed_as_have_their_turn_soon() -> None:
    assert wish(agenda_of(None)).count == 8
    assert wish(agenda_of(SLOW)).count == 8
    assert wish(agenda_of(SOON / 2)).count == 16
    assert wish(agenda_of(FAST)).count == 64  # what is posted may be large: two for each sender
    assert wish(agenda_of(FAST, most=2)).count == 2 * MOST_AHEAD
    assert wish(agenda_of(FAST, rates={TARGET: Rate(5, 2)})).count == 8


def test_fast_attempts_are_made_by_few_threads_and_others_by_one_each() -> None:
    for duration, count, threads in ((FAST, 16, 1), (FAST, 17, 2), (SOON / 4, 8, 2), (SLOW, 8, 8)):
        agenda = agenda_of(duration)
        grant(agenda, count)
        assert len(agenda.begin()) == threads
        assert agenda.begin() == []
        assert given_back(agenda) == []


def test_a_place_takes_one_lane_after_the_other_in_order_and_is_left_then() -> None:
    agenda = agenda_of(FAST)
    grant(agenda, 3)
    (first,) = agenda.begin()
    rest = [agenda.next(TARGET) for _ in range(2)]
    assert [lane.claimed.delivery for lane in (first, *rest) if lane] == [0, 1, 2]
    assert agenda.places_taken == 1
    assert agenda.next(TARGET) is None
    assert agenda.places_taken == 0


def test_lanes_behind_a_failure_of_the_target_are_given_back() -> None:
    agenda = agenda_of(FAST, most=1)
    grant(agenda, 5)
    agenda.begin()
    now = time.time()
    error = DeliveryError("busy", reason="serverError", of_target=True)
    agenda.targets.heard(TARGET, error, now, 0.1, now)
    assert agenda.begin() == []
    assert given_back(agenda) == [4, 3, 2, 1]


def test_lanes_behind_a_slow_attempt_get_places_of_their_own_or_are_given_back() -> None:
    agenda = agenda_of(FAST, most=2)
    grant(agenda, 5)
    assert len(agenda.begin()) == 1  # and this attempt does not end
    for lane in agenda._ready[TARGET]:
        lane.since -= 2 * LATE
    (second,) = agenda.begin()
    assert second.claimed.delivery == 1
    assert given_back(agenda) == [4, 3, 2]


def test_nothing_is_begun_while_ends_cannot_be_stored_or_after_a_stop() -> None:
    for what in ("is_halted", "is_stopping"):
        agenda = agenda_of(FAST)
        grant(agenda, 3)
        agenda.begin()
        setattr(agenda, what, True)
        assert agenda.next(TARGET) is None
        assert agenda.begin() == []
        assert given_back(agenda) == [2, 1]
        agenda.wake({TARGET: 0.0})
        assert agenda.wishes("me", time.time()) == []


def test_a_lane_goes_on_until_others_are_due() -> None:
    agenda = agenda_of(FAST)
    grant(agenda, 1)
    (lane,) = agenda.begin()
    now = time.time()
    for turn in range(IN_A_ROW):
        assert agenda.goes_on(lane) is (turn < IN_A_ROW - 1)
        if turn == 5:
            agenda.wake({TARGET: 0.0})
            assert not agenda.goes_on(lane)
            agenda.wishes("me", now)
        ended = Ended(lane.claimed, DELIVERED, now, now + 90)
        agenda.stored([(lane, ended, claimed(turn + 1))])
        following = agenda.next(TARGET)
        assert following
        assert following.turn == turn + 1
        lane = following


def fast(service: Service) -> Service:
    """It believes that its target answers at once."""
    service.worker.targets[TARGET].duration = FAST
    return service


def once_each(sink: Sink, count: int) -> None:
    arrived = Counter(number_of(got.body) for got in sink.received)
    assert arrived == Counter(range(count))


def test_one_attempt_that_hangs_holds_up_no_other_lane(new: New, sink: Sink) -> None:
    """The second of forty that are claimed together hangs; the others arrive meanwhile."""
    over = threading.Event()

    def answer(got: Received) -> Answer:
        if number_of(got.body) == 1:
            over.wait(60)
        return Answer()

    sink.answer = answer
    service = fast(new(setup_of(ops=[webhook(sink.url)]), time_limit=60.0))
    for number in range(40):
        service.outbox.post(numbered(number, group=f"g{number}"))
    service.begin()
    sink.wait(40)
    service.wait("delivered", 39)
    over.set()
    service.wait("delivered", 40)
    once_each(sink, 40)


def test_lanes_that_would_wait_behind_hanging_attempts_are_given_back(new: New, sink: Sink) -> None:
    over = threading.Event()

    def answer(_: Received) -> Answer:
        over.wait(60)
        return Answer()

    sink.answer = answer
    service = fast(new(setup_of(ops=[webhook(sink.url)]), target_senders=2, time_limit=60.0))
    for number in range(20):
        service.outbox.post(numbered(number, group=f"g{number}"))
    service.begin()
    sink.wait(2)
    end = time.monotonic() + 30
    while held(service) > 2:
        assert time.monotonic() < end, held(service)
        time.sleep(0.05)
    over.set()
    service.wait("delivered", 20)
    once_each(sink, 20)


def held(service: Service) -> int:
    with service.database.reading() as connection:
        mine = select(func.count()).select_from(lanes).where(lanes.c.owner.is_not(None))
        return int(connection.scalar(mine) or 0)


def test_a_refused_message_does_not_end_what_its_place_has_to_do(new: New, sink: Sink) -> None:
    sink.answer = lambda got: Answer(400 if number_of(got.body) == 3 else 200)
    service = fast(new(setup_of(ops=[webhook(sink.url)])))
    for number in range(12):
        service.outbox.post(numbered(number, group=f"g{number}"))
    service.begin()
    service.wait("delivered", 11)
    assert len(service.wait("failed", 1)) == 1
    once_each(sink, 12)


def test_lanes_keep_their_order_under_load(new: New, sink: Sink) -> None:
    service = fast(new(setup_of(ops=[webhook(sink.url)])))
    for number in range(200):
        service.outbox.post(numbered(number, group=f"g{number % 20}"))
    service.begin()
    for number in range(200, 400):
        service.outbox.post(numbered(number, group=f"g{number % 20}"))
    service.wait("delivered", 400, 60)
    for lane in range(20):
        mine = [n for got in sink.received if (n := number_of(got.body)) % 20 == lane]
        assert mine == sorted(mine)
    once_each(sink, 400)


def test_what_is_claimed_and_not_begun_is_given_back_at_a_stop(new: New, sink: Sink) -> None:
    sink.answer = Answer(delay=0.02)
    service = fast(new(setup_of(ops=[webhook(sink.url)])))
    for number in range(60):
        service.outbox.post(numbered(number, group=f"g{number}"))
    service.begin()
    sink.wait(5)
    assert service.worker.stop(30)
    assert held(service) == 0
    sent = len(sink.received)
    assert len(service.find(state="delivered")) == sent < 60
    new(setup_of(ops=[webhook(sink.url)])).begin().wait("delivered", 60)
    once_each(sink, 60)


def test_ends_that_cannot_be_stored_are_stored_later_and_nothing_is_sent_again(
    tmp_path: Path, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is locked while lanes are on their way: nothing more is sent until it is open."""
    caplog.set_level(logging.WARNING)
    locked = threading.Event()

    def answer(got: Received) -> Answer:
        if number_of(got.body) == 5 and not locked.is_set():
            other.execute("BEGIN IMMEDIATE")
            locked.set()
        return Answer()

    sink.answer = answer
    service = fast(Service(tmp_path / "c.db", setup_of(ops=[webhook(sink.url)])))
    for number in range(40):
        service.outbox.post(numbered(number, group=f"g{number}"))
    other = sqlite3.connect(
        tmp_path / "c.db", isolation_level=None, check_same_thread=False, timeout=60
    )
    try:
        service.begin()
        assert locked.wait(30)
        end = time.monotonic() + 60
        while "unstored=" not in caplog.text:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert service.worker.agenda.is_halted
        other.execute("ROLLBACK")
        service.wait("delivered", 40, 60)
        assert {row["attempts"] for row in service.find(state="delivered")} == {1}
        once_each(sink, 40)
    finally:
        other.close()
        service.stop()
