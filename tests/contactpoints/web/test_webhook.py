"""What a post is answered: 202 when it is stored for good, and a clear no for anything else."""

from __future__ import annotations

import gzip
import json
import socket
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertmanager_configs.matchers import Matcher
from alertmanager_configs.routes import Route
from app import create_app
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.web import EXTENSION
from tests.contactpoints.posts import alert, body, payload
from tests.contactpoints.service import setup_of, webhook

LIMIT = 100_000


def setup() -> Setup:
    found = setup_of(
        **{
            name: [webhook("http://127.0.0.1:9/")]
            for name in ("ops", "we.ird name+1", "a/b//c", "/", "tür 門", "by-policy")
        }
    )
    found.policy = Route(
        receiver="nobody-here",
        routes=[Route(receiver="by-policy", matchers=[Matcher("team", "=", "a")])],
    )
    return found


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    environment = Environment(
        database_url=f"sqlite:///{tmp_path / 'c.db'}", max_body=LIMIT, deliver=False
    )
    app = create_app(environment, setup())
    yield app.test_client()
    app.extensions[EXTENSION].stop()


def stored(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/deliveries").get_json()["deliveries"]
    return found


def test_accepted_means_stored_on_the_disk(client: FlaskClient, tmp_path: Path) -> None:
    answer = client.post("/webhook/ops", data=body())
    assert answer.status_code == 202
    assert answer.get_json() == {"notification": 1, "deliveries": [1], "duplicate": False}
    with sqlite3.connect(tmp_path / "c.db") as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("SELECT payload FROM notifications").fetchone() == (body(),)
    other.close()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/webhook/ops", "ops"),
        ("/webhook/we.ird%20name+1", "we.ird name+1"),
        ("/webhook/a%2Fb%2F%2Fc", "a/b//c"),
        ("/webhook/a/b//c", "a/b//c"),
        ("/webhook//", "/"),
        ("/webhook/t%C3%BCr%20%E9%96%80", "tür 門"),
    ],
)
def test_the_path_names_the_contact_point(client: FlaskClient, path: str, name: str) -> None:
    assert client.post(path, data=body(receiver="by-policy")).status_code == 202
    assert stored(client)[0]["contact_point"] == name


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"receiver": "ops"}, "ops"),
        ({"receiver": "we\\.ird name\\+1"}, "we.ird name+1"),
        ({"receiver": "we.ird name+1"}, "we.ird name+1"),
        ({"receiver": "unheard", "commonLabels": {"team": "a"}}, "by-policy"),
        ({"receiver": "unheard", "groupLabels": {"team": "a"}}, "by-policy"),
    ],
)
def test_without_a_name_the_receiver_then_the_policies_say(
    client: FlaskClient, more: dict[str, Any], name: str
) -> None:
    for path in ("/webhook", "/webhook/"):
        assert client.post(path, data=body(**more)).status_code == 202
    assert {row["contact_point"] for row in stored(client)} == {name}


@pytest.mark.parametrize("path", ["/webhook/opz", "/webhook"])
def test_an_unknown_contact_point_is_answered_with_near_names(
    client: FlaskClient, path: str
) -> None:
    answer = client.post(path, data=body(receiver="opz"))
    assert answer.status_code == 404
    assert answer.get_json()["near"] == ["ops"]
    assert "'opz'" in answer.get_json()["message"]
    assert stored(client) == []


def test_a_bad_payload_is_answered_with_all_that_is_wrong(client: FlaskClient) -> None:
    bad = payload(status="?", alerts=[alert(labels={"a": 1})])
    del bad["receiver"]
    answer = client.post("/webhook/ops", data=json.dumps(bad))
    assert answer.status_code == 400
    paths = {error["path"] for error in answer.get_json()["errors"]}
    assert paths == {"status", "alerts[0].labels.a", "receiver"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x", None])
def test_the_content_type_does_not_matter(client: FlaskClient, kind: str | None) -> None:
    assert client.post("/webhook/ops", data=body(), content_type=kind).status_code == 202


def test_a_packed_body_is_unpacked(client: FlaskClient) -> None:
    packed = {"gzip": gzip.compress(body()), "deflate": zlib.compress(body()), "identity": body()}
    for encoding, data in packed.items():
        headers = {"Content-Encoding": encoding}
        assert client.post("/webhook/ops", data=data, headers=headers).status_code == 202
    for encoding, data in {
        "gzip": b"no gzip",
        "br": body(),
        "deflate": zlib.compress(body())[:-9],
    }.items():
        headers = {"Content-Encoding": encoding}
        assert client.post("/webhook/ops", data=data, headers=headers).status_code == 400
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < LIMIT
    answer = client.post("/webhook/ops", data=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    exact = body(title="x" * (LIMIT - len(body(title=""))))
    assert len(exact) == LIMIT
    assert client.post("/webhook/ops", data=exact).status_code == 202
    answer = client.post("/webhook/ops", data=exact + b" ")
    assert (answer.status_code, "100000 bytes" in answer.get_json()["message"]) == (413, True)


def test_storage_that_is_locked_is_503_with_a_time_to_come_back(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert client.get("/-/ready").status_code == 200
    other = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.post("/webhook/ops", data=body())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.get("/-/ready").status_code == 503
    assert client.get("/-/healthy").status_code == 200
    other.execute("ROLLBACK")
    other.close()
    assert client.post("/webhook/ops", data=body()).status_code == 202
    assert client.get("/-/ready").status_code == 200


def test_the_same_again_is_accepted_and_not_delivered_twice(client: FlaskClient) -> None:
    first = client.post("/webhook/ops", data=body()).get_json()
    second = client.post("/webhook/ops", data=body())
    assert second.status_code == 202
    assert second.get_json() == {**first, "deliveries": [], "duplicate": True}
    assert len(stored(client)) == 1


def test_nothing_but_a_post_is_taken(client: FlaskClient) -> None:
    for path in ("/webhook", "/webhook/ops"):
        answer = client.get(path)
        assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    assert client.get("/nowhere").get_json()["message"]


awkward = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(), max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda depth, char: char * depth, st.integers(1, 90_000), st.sampled_from([b"[", b'{"a":'])
    ),
    st.builds(lambda digits: b'{"version":' + b"9" * digits + b"}", st.integers(1, 9000)),
    st.builds(
        lambda keys: json.dumps({**payload(), **keys}).encode(),
        st.dictionaries(
            st.sampled_from(sorted(payload())),
            st.none()
            | st.integers()
            | st.text(max_size=5)
            | st.lists(st.none() | st.text(max_size=3), max_size=2),
        ),
    ),
    st.builds(
        lambda text: body(groupKey=text, alerts=[alert(labels={text: text}, fingerprint=text)]),
        st.text(st.characters(codec=None), max_size=6),
    ),
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    awkward,
    st.sampled_from(
        ["/webhook", "/webhook/ops", "/webhook/%00", "/webhook/%FF%FE", "/webhook/" + "x" * 3000]
    ),
    st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/\x7f", ""]),
    st.sampled_from(["", "gzip", "identity", "nonsense"]),
)
def test_no_input_makes_a_server_error(
    client: FlaskClient, data: bytes, path: str, kind: str, encoding: str
) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = client.post(path, data=data, content_type=kind, headers=headers)
    assert answer.status_code in (202, 400, 404, 413)
    assert answer.get_json()


def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and give the first line of the answer."""
    with socket.create_connection(("127.0.0.1", port), 20) as peer:
        peer.sendall(request)
        return peer.makefile("rb").readline()
