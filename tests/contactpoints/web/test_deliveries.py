"""The history over HTTP: the latest first, filtered, in pages; retry and cancel by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from contactpoints.environment import Environment
from contactpoints.web import EXTENSION
from tests.contactpoints.posts import numbered
from tests.contactpoints.service import setup_of, webhook
from tests.contactpoints.sinks import Answer, Sink


@pytest.fixture
def client(tmp_path: Path, sink: Sink) -> Iterator[FlaskClient]:
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", grace=2)
    setup = setup_of(ops=[webhook(sink.url + "/ops")], dev=[webhook(sink.url + "/dev")])
    app = create_app(environment, setup)
    yield app.test_client()
    app.extensions[EXTENSION].stop()


def wait(client: FlaskClient, state: str, count: int) -> None:
    end = time.monotonic() + 10
    while len(client.get(f"/api/v1/deliveries?state={state}").get_json()["deliveries"]) < count:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_latest_come_first_filtered_and_in_pages(client: FlaskClient, sink: Sink) -> None:
    sink.answer = lambda got: Answer(400 if got.path == "/dev" else 200)
    for number in range(10):
        client.post(f"/webhook/{('ops', 'dev')[number % 2]}", data=numbered(number, str(number)))
    wait(client, "delivered", 5)
    wait(client, "failed", 5)

    def ids(query: str) -> list[int]:
        found = client.get("/api/v1/deliveries" + query).get_json()["deliveries"]
        return [row["id"] for row in found]

    assert ids("") == list(range(10, 0, -1))
    assert ids("?contact_point=ops") == [9, 7, 5, 3, 1]
    assert ids("?state=failed&contact_point=dev&limit=2") == [10, 8]
    assert ids("?state=waiting") == []
    assert ids("?contact_point=nobody") == []
    assert ids("?notification=4") == [4]
    path, pages = "/api/v1/deliveries?limit=4", []
    while path:
        page = client.get(path).get_json()
        pages.append([row["id"] for row in page["deliveries"]])
        path = page["next"]
    assert pages == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]


@pytest.mark.parametrize(
    "query", ["state=done", "limit=x", "limit=-1", "stat=failed", "before=" + "9" * 30]
)
def test_a_question_that_makes_no_sense_is_answered_with_why(
    client: FlaskClient, query: str
) -> None:
    answer = client.get(f"/api/v1/deliveries?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["message"]


def test_one_delivery_shows_every_attempt_and_can_be_retried(
    client: FlaskClient, sink: Sink
) -> None:
    sink.answers = [Answer(503), Answer(400, b"no")]
    number = client.post("/webhook/ops", data=numbered(1)).get_json()["deliveries"][0]
    address = f"/api/v1/deliveries/{number}"
    wait(client, "failed", 1)
    row = client.get(address).get_json()
    assert [(item["number"], item["status"], item["reason"]) for item in row["tried"]] == [
        (1, 503, "serverError"),
        (2, 400, "clientError"),
    ]
    assert row["accepted_at"].endswith("Z")
    assert client.post(address + "/cancel").status_code == 409
    assert client.post(address + "/retry").get_json()["state"] in ("waiting", "delivered")
    wait(client, "delivered", 1)
    assert client.post(address + "/retry").status_code == 409
    assert len(client.get(address).get_json()["tried"]) == 3


def test_one_that_waits_can_be_cancelled(client: FlaskClient, sink: Sink) -> None:
    sink.answer = Answer(503)
    number = client.post("/webhook/ops", data=numbered(1)).get_json()["deliveries"][0]
    assert client.post(f"/api/v1/deliveries/{number}/cancel").get_json()["state"] == "cancelled"
    assert client.get("/api/v1/deliveries?state=cancelled").get_json()["deliveries"]


@pytest.mark.parametrize("path", ["/77", "/77/retry", f"/{10**30}", f"/{10**30}/cancel", "/x"])
def test_a_delivery_that_is_not_there(client: FlaskClient, path: str) -> None:
    address = "/api/v1/deliveries" + path
    answer = client.post(address) if path.count("/") == 2 else client.get(address)
    assert answer.status_code == 404
