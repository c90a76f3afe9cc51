"""Messages that are changed: known after a restart, to every process, and no longer than needed."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from contactpoints.base import Integration
from contactpoints.delivery.directory import endpoints_of
from contactpoints.delivery.remembering import LONGEST, PostedInDatabase, digest_of
from contactpoints.setup import ContactPoint, Setup
from contactpoints.storage.posted import Remembered, remember
from tests.contactpoints.integrations.sending import made
from tests.contactpoints.posts import alert, body
from tests.contactpoints.process import Process
from tests.contactpoints.service import Service, webhook
from tests.contactpoints.sinks import Answer, Received, Sink

Make = Callable[..., Service]


class Slack:
    """The part of Slack's API that posts and changes messages. ``changes`` counts those of each."""

    def __init__(self, sink: Sink) -> None:
        self.url = f"{sink.url}/api/chat.postMessage"
        self.titles: dict[str, str] = {}
        self.changes: Counter[str] = Counter()
        sink.answer = self.answer

    def answer(self, got: Received) -> Answer:
        if not got.path.startswith("/api/"):
            return Answer()
        message = got.json
        title = message["attachments"][0].get("title", "")
        if got.path == "/api/chat.postMessage":
            name = f"{len(self.titles)}.5"
            self.titles[name] = title
        else:
            name = message.get("ts", "")
            if self.titles.get(name) != title:
                return Answer(body=b'{"ok": false, "error": "message_not_found"}')
            self.changes[name] += 1
        return Answer(body=json.dumps({"ok": True, "channel": "C1", "ts": name}).encode())

    def integration(self, **more: Any) -> Integration:
        settings = {"app_url": self.url, "app_token": "xoxb", "channel": "#ops", **more}
        updating = {"update_message": True, **settings}
        return made("slack", "alertmanager", updating, send_resolved=True)


def resolved(**more: Any) -> bytes:
    return body(status="resolved", alerts=[alert(status="resolved")], **more)


def setup_of(*integrations: Integration) -> Setup:
    point = ContactPoint("ops", list(integrations))
    return Setup("alertmanager", contact_points=[point])


@pytest.fixture
def slack(sink: Sink) -> Slack:
    return Slack(sink)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'c.db'}"
    address: str = request.getfixturevalue("postgresql").database()
    return address


@pytest.fixture
def make(url: str) -> Iterator[Make]:
    """Makes services on one database."""
    found: list[Service] = []

    def build(setup: Setup, **options: Any) -> Service:
        found.append(Service(url, setup, **options))
        return found[-1]

    yield build
    for service in found:
        service.stop()


def remembered(service: Service) -> int:
    with service.database.reading() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM posted_messages")) or 0)


def test_after_a_restart_a_group_keeps_its_message_until_it_ends(make: Make, slack: Slack) -> None:
    setup = setup_of(slack.integration())
    for number, post in enumerate((body(), body(), resolved()), 1):
        service = make(setup).begin()
        service.outbox.post(post)
        service.wait("delivered", number)
        assert remembered(service) == (0 if post == resolved() else 1)
        service.stop()
    assert slack.changes == {"0.5": 2}
    assert list(slack.titles) == ["0.5"]
    service = make(setup).begin()
    service.outbox.post(body())
    service.wait("delivered", 4)
    assert list(slack.titles) == ["0.5", "1.5"]


def test_two_that_deliver_share_what_they_remember(make: Make, slack: Slack) -> None:
    both = [make(setup_of(slack.integration())).begin() for _ in range(2)]
    groups = 12
    for turn, post in enumerate((body, body, resolved), 1):
        for number in range(groups):
            both[(number + turn) % 2].outbox.post(post(groupKey=f"g{number}"))
        both[0].wait("delivered", groups * turn)
    assert len(slack.titles) == groups
    assert set(slack.changes.values()) == {2}
    assert len(slack.changes) == groups
    assert remembered(both[0]) == 0


def test_each_of_several_integrations_has_a_message_of_its_own(make: Make, slack: Slack) -> None:
    service = make(setup_of(slack.integration(), slack.integration(channel="#dev"))).begin()
    for post in (body(), resolved()):
        service.outbox.post(post)
        service.wait("delivered", 2 if post == body() else 4)
    assert slack.changes == {"0.5": 1, "1.5": 1}


def test_a_storage_that_fails_costs_the_memory_and_not_the_message(
    make: Make, slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    setup = setup_of(slack.integration())
    service = make(setup)
    service.writer.submit(drop, None)
    (endpoint,) = endpoints_of(setup.contact_points[0], {})
    with caplog.at_level(logging.WARNING):
        outcome = service.worker.carrier.sender.send(endpoint, body(), time.time())
    assert outcome.error is None
    assert list(slack.titles) == ["0.5"]
    said = [
        record.getMessage().split()[0]
        for record in caplog.records
        if record.levelno >= logging.WARNING
    ]
    assert said == ["posted=unknown", "posted=unremembered"]


def drop(connection: Connection, _: Sequence[None]) -> list[None]:
    connection.execute(text("DROP TABLE posted_messages"))
    return [None]


def test_what_nobody_changed_for_long_is_forgotten(make: Make, slack: Slack) -> None:
    service = make(setup_of(slack.integration()), history=3600.0)
    for key, age in (("old", 3601.0), ("new", 3500.0)):
        wish = Remembered(digest_of((key,)), '{"ts": "1"}', time.time() - age)
        service.writer.submit(remember, wish)
    service.begin()
    end = time.monotonic() + 20
    while remembered(service) > 1:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert PostedInDatabase(service.writer).recall(("new",)) == {"ts": "1"}


def test_any_name_is_remembered_unless_it_is_a_flood(make: Make, slack: Slack) -> None:
    """Names come from the target, keys from whoever posts."""
    posted = PostedInDatabase(make(setup_of(slack.integration())).writer)
    for odd in ("", "a\0b", "\ud800", "größe", "x" * (LONGEST - 20)):
        posted.remember((odd, "a"), {"ts": odd})
        assert posted.recall((odd, "a")) == {"ts": odd}
    posted.remember(("a",), {"ts": "1"})
    posted.remember(("a",), {"ts": "x" * LONGEST})
    assert posted.recall(("a",)) is None
    posted.remember(("a", "bc"), {"ts": "1"})
    assert posted.recall(("ab", "c")) is None


def test_what_changes_no_messages_never_asks(make: Make, slack: Slack, sink: Sink) -> None:
    """Nothing is added to what a delivery costs the others."""
    plain = slack.integration(update_message=False)
    service = make(setup_of(plain, webhook(f"{sink.url}/hook")))
    service.database.prepare()
    asked: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", listen)
    service.begin()
    for number, post in enumerate((body(), resolved()), 1):
        service.outbox.post(post)
        service.wait("delivered", number * 2)
    of_messages = {one.split()[0] for one in asked if "posted_messages" in one}
    assert len(asked) > len(of_messages)
    assert of_messages <= {"DELETE"}  # by age, which is looked at every few seconds


CONFIG = """
route: {{receiver: ops}}
receivers:
- name: ops
  slack_configs:
  - app_url: {url}
    app_token: xoxb
    channel: '#ops'
    title: '{{{{ .GroupLabels.alertname }}}}'
    update_message: true
    send_resolved: true
"""


def test_after_a_kill_every_group_keeps_its_own_message(
    url: str, tmp_path: Path, slack: Slack
) -> None:
    """Another process, with its own writing process and templates, goes on where one was killed."""
    options = {"DATABASE_URL": url, "DUPLICATES_WINDOW": 0}
    names = [f"Alert{number}" for number in range(5)]
    for turn, post in enumerate((body, resolved), 1):
        process = Process(tmp_path / f"run{turn}", CONFIG.format(url=slack.url), **options)
        process.start().ready()
        try:
            for name in names:
                labels = {"alertname": name}
                answer = process.post(post(groupKey=name, groupLabels=labels))
                assert answer.status_code < 300, answer.text
            process.wait("delivered", len(names) * turn)
        finally:
            process.kill()
    assert sorted(slack.titles.values()) == names
    assert slack.changes == dict.fromkeys(slack.titles, 1)
