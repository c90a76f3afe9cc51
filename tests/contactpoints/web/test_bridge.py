"""What Alertmanager cannot say is posted to the service and reaches that one integration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from app import create_app
from contactpoints.environment import Environment
from contactpoints.web import EXTENSION
from tests.contactpoints.posts import body
from tests.contactpoints.service import setup_of, webhook
from translators.bridge import Bridge

NAMES = ("ops", "a/b//c", "tür 門", "ops/one")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    points = {
        name: [
            webhook("http://127.0.0.1:9/1", uid="one"),
            webhook("http://127.0.0.1:9/2", uid="two"),
            webhook("http://127.0.0.1:9/3"),
        ]
        for name in NAMES
    }
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", deliver=False)
    app = create_app(environment, setup_of(**points))
    yield app.test_client()
    app.extensions[EXTENSION].stop()


def deliveries(client: FlaskClient) -> list[tuple[str, str]]:
    found = client.get("/api/v1/deliveries").get_json()["deliveries"]
    return [(each["contact_point"], each["integration"]) for each in found]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", ["two", "webhook[2]"])
def test_the_address_that_a_translation_writes_delivers_through_one_integration(
    client: FlaskClient, name: str, key: str
) -> None:
    address = Bridge("http://127.0.0.1:9095/").address(name, key)
    assert client.post(urlsplit(address).path, data=body()).status_code == 202
    assert deliveries(client) == [(name, key)]


def test_a_contact_point_of_that_very_name_comes_first(client: FlaskClient) -> None:
    assert client.post("/webhook/" + quote("ops/one", ""), data=body()).status_code == 202
    assert {name for name, _ in deliveries(client)} == {"ops/one"}


def test_the_whole_and_a_part_are_no_duplicates(client: FlaskClient) -> None:
    for path in ("/webhook/tür 門", "/webhook/tür 門/one", "/webhook/tür 門/one"):
        answer = client.post(path, data=body())
    assert answer.get_json()["duplicate"]
    assert len(deliveries(client)) == 4


def test_an_unknown_integration_is_answered_with_near_ones(client: FlaskClient) -> None:
    answer = client.post("/webhook/tür 門/tow", data=body())
    assert answer.status_code == 404
    assert "tür 門/two" in answer.get_json()["near"]
