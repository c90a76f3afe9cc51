"""From the outbox to real sinks: nothing is lost, lanes keep their order, failures are retried."""

from __future__ import annotations

import threading
import time

import pytest

from contactpoints.delivery import housekeeping
from contactpoints.storage.accepting import Accepted
from contactpoints.storage.upkeep import Retry, cancel, retry
from tests.contactpoints.delivery.conftest import New
from tests.contactpoints.posts import alert, body, number_of, numbered
from tests.contactpoints.service import setup_of, webhook
from tests.contactpoints.sinks import Answer, Received, Sink


def test_a_post_arrives_and_its_history_says_so(new: New, sink: Sink) -> None:
    service = new(setup_of(ops=[webhook(sink.url + "/a"), webhook(sink.url + "/b")])).begin()
    accepted = service.outbox.post(body())
    assert {got.path for got in sink.wait(2)} == {"/a", "/b"}
    rows = service.wait("delivered", 2)
    assert [row["id"] for row in rows] == sorted(accepted.deliveries, reverse=True)
    assert {row["integration"] for row in rows} == {"webhook[0]", "webhook[1]"}
    first = service.one(accepted.deliveries[0])
    assert [item["number"] for item in first["tried"]] == [1]
    assert (first["status"], first["attempts"], first["error"]) == ("firing", 1, None)


def test_what_an_earlier_process_accepted_is_delivered(new: New, sink: Sink) -> None:
    setup = setup_of(ops=[webhook(sink.url)])
    new(setup).outbox.post(numbered(1))
    assert sink.received == []
    new(setup).begin()
    assert number_of(sink.wait(1)[0].body) == 1


def test_a_lane_keeps_its_order_while_its_target_fails(new: New, sink: Sink) -> None:
    """Ten wait behind one that gets 503 twice; nothing overtakes."""
    sink.answers = [Answer(503), Answer(503)]
    service = new(setup_of(ops=[webhook(sink.url)]), supersede=False).begin()
    for number in range(10):
        service.outbox.post(numbered(number))
    numbers = [number_of(got.body) for got in sink.wait(12)]
    assert numbers == [0, 0, 0, *range(1, 10)]
    service.wait("delivered", 10)


def test_lanes_do_not_wait_for_each_other(new: New, sink: Sink) -> None:
    def answer(got: Received) -> Answer:
        return Answer(400 if number_of(got.body) == 0 else 200, delay=1)

    sink.answer = answer
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    begin = time.monotonic()
    for number in range(8):
        service.outbox.post(numbered(number, group=f"g{number}"))
    sink.wait(8)
    assert time.monotonic() - begin < 6  # one after the other would take 8 s
    service.wait("failed", 1)


def test_retry_after_is_honoured(new: New, sink: Sink) -> None:
    sink.answers = [Answer(429, headers={"Retry-After": "2"})]
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    service.outbox.post(body())
    first, second = sink.wait(2)
    assert 2.0 <= second.at - first.at < 3.5
    row = service.one(service.wait("delivered", 1)[0]["id"])
    assert [item["reason"] for item in row["tried"]] == ["rateLimited", None]
    assert row["tried"][0]["status"] == 429


def test_a_permanent_failure_ends_at_once_and_does_not_hold_up_its_lane(
    new: New, sink: Sink
) -> None:
    sink.answers = [Answer(400, b"bad")]
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    service.outbox.post(numbered(0))
    service.outbox.post(numbered(1))
    failed = service.wait("failed", 1)[0]
    assert (failed["attempts"], failed["reason"]) == (1, "clientError")
    assert failed["error"] == "unexpected status code 400: bad"
    service.wait("delivered", 1)


def test_after_its_time_to_live_a_delivery_has_failed(new: New, sink: Sink) -> None:
    sink.answer = Answer(503)
    service = new(setup_of(ops=[webhook(sink.url)]), time_to_live=3.0).begin()
    service.outbox.post(body())
    failed = service.wait("failed", 1, 20)[0]
    assert failed["attempts"] >= 2
    assert 1 < failed["finished_at"] - failed["accepted_at"] < 15


def test_what_failed_goes_to_the_fallback(new: New, sink: Sink) -> None:
    sink.answer = lambda got: Answer(404 if got.path == "/ops" else 200)
    setup = setup_of(ops=[webhook(sink.url + "/ops")], mail=[webhook(sink.url + "/mail")])
    service = new(setup, fallback=["ops=mail"]).begin()
    accepted = service.outbox.post(body(receiver="ops"))
    delivered = service.wait("delivered", 1)[0]
    assert delivered["contact_point"] == "mail"
    assert delivered["fallback_for"] == accepted.deliveries[0]
    assert [got.path for got in sink.received] == ["/ops", "/mail"]


def test_a_fallback_that_fails_too_is_the_end(new: New, sink: Sink) -> None:
    sink.answer = Answer(404)
    setup = setup_of(ops=[webhook(sink.url)], mail=[webhook(sink.url)])
    service = new(setup, fallback=["ops=mail", "mail=ops"]).begin()
    service.outbox.post(body(receiver="ops"))
    service.wait("failed", 2)
    time.sleep(1.2)
    assert len(sink.received) == 2


def test_resolved_alerts_are_left_out_where_not_wanted(new: New, sink: Sink) -> None:
    """As Alertmanager: only resolved, nothing is sent and it counts as done; mixed, they go."""
    service = new(setup_of(ops=[webhook(sink.url, send_resolved=False)])).begin()
    gone = alert("A", "resolved", fingerprint="1" * 16)
    service.outbox.post(body(status="resolved", alerts=[gone]))
    service.outbox.post(body(alerts=[gone, alert("B")]))
    (got,) = sink.wait(1)
    assert [item["labels"]["alertname"] for item in got.json["alerts"]] == ["B"]
    assert got.json["commonLabels"]["alertname"] == "B"
    assert service.wait("skipped", 1)[0]["note"]
    service.wait("delivered", 1)
    assert len(sink.received) == 1


def test_one_that_covers_the_others_replaces_them_when_the_target_is_back(
    new: New, sink: Sink
) -> None:
    """Firing a, then a and b, then both once more, then resolved: two messages tell it all."""
    down = threading.Event()
    sink.answer = lambda got: Answer(200 if down.is_set() else 503)
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    a, b = alert("A", fingerprint="a" * 16), alert("B", fingerprint="b" * 16)
    ended = [{**item, "status": "resolved"} for item in (a, b)]
    for alerts in ([a], [a, b], [b, a]):
        service.outbox.post(body(alerts=alerts))
    service.outbox.post(body(alerts=ended, status="resolved"))
    sink.wait(1)
    down.set()
    delivered = service.wait("delivered", 2)
    gone = service.wait("superseded", 2)
    assert {row["superseded_by"] for row in gone} == {delivered[1]["id"]}
    arrived = [
        got.json["status"] for got in sink.received if got.at >= delivered[1]["finished_at"] - 0.5
    ]
    assert arrived[-2:] == ["firing", "resolved"]


def test_a_resolve_is_not_replaced_by_the_next_firing(new: New, sink: Sink) -> None:
    up = threading.Event()
    sink.answer = lambda got: Answer(200 if up.is_set() else 503)
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    a = alert("A")
    for item in (a, {**a, "status": "resolved"}, a):
        service.outbox.post(body(alerts=[item], status=item["status"]))
    sink.wait(1)
    up.set()
    service.wait("delivered", 3)
    assert [got.json["status"] for got in sink.received[-3:]] == ["firing", "resolved", "firing"]


def test_duplicates_within_the_window_are_delivered_once(new: New, sink: Sink) -> None:
    service = new(setup_of(ops=[webhook(sink.url)]), duplicates_window=60.0).begin()
    answers: list[Accepted] = []
    threads = [
        threading.Thread(target=lambda: answers.append(service.outbox.post(body())))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(service.outbox.post(body()))
    assert len({answer.notification for answer in answers}) == 1
    assert [answer.duplicate for answer in answers].count(False) == 1
    service.outbox.post(body(status="resolved", alerts=[alert(status="resolved")]))
    service.outbox.post(body(notification_reason="repeat interval elapsed"))
    service.wait("delivered", 3)
    assert len(sink.received) == 3


def test_a_hanging_target_leaves_the_others_alone(new: New, sink: Sink) -> None:
    other = Sink()
    other.answer = Answer(delay=8)
    try:
        setup = setup_of(bad=[webhook(other.url)], good=[webhook(sink.url)])
        service = new(setup, senders=8, target_senders=4).begin()
        for number in range(40):
            service.outbox.post(numbered(number, group=f"b{number}", receiver="bad"))
        begin = time.monotonic()
        for number in range(40):
            service.outbox.post(numbered(number, group=f"g{number}", receiver="good"))
        sink.wait(40)
        assert time.monotonic() - begin < 8  # not one of the hanging attempts has ended
    finally:
        service.stop()
        other.close()


def test_a_failing_target_is_tried_with_one_delivery_only(new: New, sink: Sink) -> None:
    """Its lanes share the backoff: a hundred lanes do not make a hundred attempts a round."""
    sink.answer = Answer(503)
    service = new(setup_of(ops=[webhook(sink.url)]), target_senders=4).begin()
    for number in range(100):
        service.outbox.post(numbered(number, group=f"g{number}"))
    sink.wait(4)
    time.sleep(3)
    assert len(sink.received) <= 16
    sink.answer = Answer()
    service.wait("delivered", 100, 20)


def test_failed_deliveries_can_be_retried_and_waiting_ones_cancelled(new: New, sink: Sink) -> None:
    sink.answers = [Answer(400), Answer(503)]
    service = new(setup_of(ops=[webhook(sink.url)])).begin()
    first = service.outbox.post(body()).deliveries[0]
    service.wait("failed", 1)
    now = time.time()
    assert service.writer.submit(retry, Retry(first, now, now + 60)) is True
    service.worker.wake(["ops/webhook[0]"])
    service.wait("delivered", 1)
    assert service.writer.submit(retry, Retry(first, now, now + 60)) is False
    assert service.one(first)["attempts"] == 3

    sink.answer = Answer(503)
    second = service.outbox.post(body()).deliveries[0]
    sink.wait(4)
    time.sleep(0.1)
    assert service.writer.submit(cancel, (second, time.time())) is True
    assert service.writer.submit(cancel, (second, time.time())) is False
    count = len(sink.received)
    time.sleep(2)
    assert len(sink.received) == count


def test_a_delivery_of_an_integration_that_is_gone_fails_with_a_sentence(
    new: New, sink: Sink
) -> None:
    new(setup_of(ops=[webhook(sink.url)])).outbox.post(body())
    service = new(setup_of(other=[webhook(sink.url)])).begin()
    assert "no such integration" in service.wait("failed", 1)[0]["error"]


def test_stopping_lets_attempts_end_and_leaves_the_rest(new: New, sink: Sink) -> None:
    sink.answer = Answer(delay=0.5)
    service = new(setup_of(ops=[webhook(sink.url)]), target_senders=2).begin()
    for number in range(6):
        service.outbox.post(numbered(number, group=f"g{number}"))
    sink.wait(2)
    assert service.worker.stop(5)
    assert len(service.find(state="delivered")) == 2
    assert len(service.find(state="waiting")) == 4
    sink.answer = Answer()
    new(setup_of(ops=[webhook(sink.url)])).begin().wait("delivered", 6)
    assert sorted(number_of(got.body) for got in sink.received) == list(range(6))


def test_two_workers_on_one_database_share_the_work_without_doing_it_twice(
    new: New, sink: Sink
) -> None:
    setup = setup_of(ops=[webhook(sink.url)])
    first, second = new(setup).begin(), new(setup).begin()
    for number in range(100):
        (first, second)[number % 2].outbox.post(numbered(number, group=f"g{number % 7}"))
    sink.wait(100)
    first.wait("delivered", 100)
    assert len(sink.received) == 100
    for lane in range(7):
        mine = [n for got in sink.received if (n := number_of(got.body)) % 7 == lane]
        assert mine == sorted(mine)


def test_old_history_is_forgotten_and_what_waits_is_kept(
    new: New, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "EVERY", 0.5)
    setup = setup_of(ops=[webhook(sink.url)], down=[webhook("http://127.0.0.1:9/")])
    service = new(setup, history=0.0).begin()
    service.outbox.post(body(receiver="ops"))
    waits = service.outbox.post(body(receiver="down")).deliveries
    sink.wait(1)
    end = time.monotonic() + 15
    while [row["id"] for row in service.find()] != list(waits):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_rate_limit_holds_for_all_workers_together(new: New, sink: Sink) -> None:
    """Five a second and two at once: twelve take two seconds, whoever sends them."""
    setup = setup_of(ops=[webhook(sink.url)])
    services = [new(setup, rates=("webhook=5/2",)).begin() for _ in range(2)]
    for number in range(12):
        services[number % 2].outbox.post(numbered(number, group=f"g{number}"))
    services[0].wait("delivered", 12)
    times = sorted(got.at for got in sink.received)
    assert 1.8 <= times[-1] - times[0] < 6
    for count in range(2, 12):
        assert times[count] - times[0] >= (count - 1) / 5 - 0.4


def test_a_late_message_says_how_late_it_is(new: New, sink: Sink) -> None:
    setup = setup_of(ops=[webhook(sink.url)])
    setup.contact_points[0].integrations[0].family = "grafana"
    setup.contact_points[0].integrations[0].values |= {"title": "CPU is high"}
    new(setup).outbox.post(body())
    time.sleep(0.3)
    new(setup, late_after=0.2).begin()
    assert sink.wait(1)[0].json["title"] == "[0 min late] CPU is high"


def test_an_empty_title_leaves_the_mark_to_the_next_text(new: New, sink: Sink) -> None:
    setup = setup_of(ops=[webhook(sink.url)])
    setup.contact_points[0].integrations[0].family = "grafana"
    setup.contact_points[0].integrations[0].values |= {"title": " ", "message": "CPU is high"}
    new(setup).outbox.post(body())
    time.sleep(0.3)
    new(setup, late_after=0.2).begin()
    assert sink.wait(1)[0].json["message"] == "[0 min late] CPU is high"


def test_a_late_webhook_is_as_it_was_posted_and_says_so_in_a_header(new: New, sink: Sink) -> None:
    setup = setup_of(ops=[webhook(sink.url)])
    new(setup).outbox.post(body())
    time.sleep(1.2)
    service = new(setup, late_after=1.0).begin()
    late = sink.wait(1)[0]
    assert int(late.headers["X-Contactpoints-Late"]) >= 1
    service.outbox.post(body(groupKey="other"))
    soon = sink.wait(2)[1]
    assert "X-Contactpoints-Late" not in soon.headers
    assert {**late.json, "groupKey": ""} == {**soon.json, "groupKey": ""}
