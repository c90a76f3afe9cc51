"""The quick way of taking a post in: it answers as the view does, and leaves it what is unusual."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from app import create_app
from contactpoints.access.identity import Actor
from contactpoints.access.roles import INGEST, VIEWER
from contactpoints.delivery.metrics import received
from contactpoints.environment import Environment
from contactpoints.storage.database import StorageError
from contactpoints.web import EXTENSION
from contactpoints.web.guard import EXTENSION as ACCESS
from contactpoints.web.quick import Quick
from tests.contactpoints.posts import body
from tests.contactpoints.service import setup_of, webhook

LIMIT = 100_000
BY = Actor("command line", "admin", "")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    environment = Environment(
        database_url=f"sqlite:///{tmp_path / 'c.db'}", max_body=LIMIT, deliver=False
    )
    made = create_app(environment, setup_of(ops=[webhook("http://127.0.0.1:9/")]))
    yield made
    made.extensions[EXTENSION].stop()


class Seen:
    """What is beneath the quick way, and how often it was asked."""

    def __init__(self, app: Flask) -> None:
        quick = app.wsgi_app
        assert isinstance(quick, Quick)
        self.beneath, self.count = quick.beneath, 0
        quick.beneath = self
        self.quick, self.view = Client(quick), Client(self.beneath)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.count += 1
        return self.beneath(environ, start_response)


def said(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
    return answer.status_code, dict(answer.headers), answer.data


def counts() -> dict[str, float]:
    return {
        sample.labels["answer"]: sample.value
        for metric in received.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


@pytest.mark.parametrize("base", ["http://localhost", "https://localhost"])
def test_the_answer_is_the_same_as_the_views(app: Flask, base: str) -> None:
    seen = Seen(app)
    first = seen.quick.post("/webhook/ops", data=body(groupKey="first"), base_url=base)
    assert (first.status_code, seen.count) == (202, 1)  # who posts was not known yet
    again = seen.quick.post("/webhook/ops", data=body(groupKey="first"), base_url=base)
    assert again.get_json()["duplicate"] is True
    quick = seen.quick.post("/webhook/ops", data=body(groupKey="second"), base_url=base)
    assert seen.count == 1
    view = seen.view.post("/webhook/ops", data=body(groupKey="third"), base_url=base)
    assert said(quick) == (202, dict(view.headers), view.data.replace(b"3", b"2"))
    assert said(again)[1].keys() == dict(view.headers).keys()


@pytest.mark.parametrize(
    ("path", "data", "status", "counted"),
    [
        ("/webhook/ops", b"{", 400, "invalid"),
        ("/webhook/opz", body(), 404, "unknown"),
        ("/webhook/ops", b"x" * (LIMIT + 1), 413, "too large"),
    ],
)
def test_what_goes_wrong_is_answered_by_the_view_and_counted_once(
    app: Flask, path: str, data: bytes, status: int, counted: str
) -> None:
    seen = Seen(app)
    seen.quick.post("/webhook/ops", data=body())
    before = counts().get(counted, 0)
    quick = seen.quick.post(path, data=data)
    assert counts()[counted] == before + 1
    assert said(quick) == said(seen.view.post(path, data=data))
    assert quick.status_code == status


def test_what_cannot_be_stored_is_tried_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, tried = Seen(app), 0

    def submit(*_: Any, **__: Any) -> Any:
        nonlocal tried
        tried += 1
        raise StorageError("the disk is full")

    seen.quick.post("/webhook/ops", data=body())
    monkeypatch.setattr(app.extensions[EXTENSION].outbox.writer, "submit", submit)
    answer = seen.quick.post("/webhook/ops", data=body(groupKey="b"))
    assert (answer.status_code, tried) == (503, 1)
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("whole", [b"", body()[:-5]])
def test_a_body_that_ends_too_early_is_refused(app: Flask, whole: bytes) -> None:
    seen = Seen(app)
    seen.quick.post("/webhook/ops", data=body())
    answer = seen.quick.post(
        "/webhook/ops", input_stream=io.BytesIO(whole), content_length=len(body())
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": "http://evil.example/x"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Host": "evil.example"},
    ],
)
def test_what_a_browser_or_a_proxy_sends_is_looked_at_by_the_guard(
    app: Flask, header: dict[str, str]
) -> None:
    seen = Seen(app)
    seen.quick.post("/webhook/ops", data=body())
    answer = seen.quick.post("/webhook/ops", data=body(groupKey="b"), headers=header)
    assert (answer.status_code, seen.count) == (403, 2)


def test_a_token_may_do_what_it_may_in_the_view(app: Flask) -> None:
    seen = Seen(app)
    tokens = app.extensions[ACCESS].tokens
    given = {
        role: {"Authorization": f"Bearer {tokens.create(BY, role.value, role).secret}"}
        for role in (INGEST, VIEWER)
    }
    for count in range(2):
        data = body(groupKey=str(count))
        assert seen.quick.post("/webhook/ops", data=data, headers=given[INGEST]).status_code == 202
        assert seen.quick.post("/webhook/ops", data=data, headers=given[VIEWER]).status_code == 403
        assert seen.quick.post("/webhook/ops", data=data).status_code == 401
    assert seen.count == 5  # all but the second post of the one who may
