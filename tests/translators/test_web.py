"""POST /api/v1/translate translates, and withstands whatever is sent to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.web import EXTENSION
from translators import SetupError, UnknownDialectError, bounded, translate
from translators.web import LARGEST

TEXT = """\
route: {receiver: ops}
templates: [a.tmpl]
receivers:
- name: ops
  slack_configs:
  - api_url: https://hooks.slack.com/services/T/B/very-secret
    channel: '#ops'
    thumb_url: https://example.com/a.png
"""
FILES = {"a.tmpl": '{{ define "a" }}{{ toJson 1 }}{{ end }}'}
HEAD = "route: {receiver: a}\nreceivers: [{name: a}]\n"
BIG = "9" * 100_000
BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
FLAT_BOMB = "a: &a {" + ",".join(f"k{n}: 1" for n in range(2000)) + "}\nx:\n" + "- *a\n" * 2000
MERGES = "a: &a {" + ",".join(f"k{n}: 1" for n in range(2000)) + "}\n" + "".join(
    f"b{n}: {{<<: *a}}\n" for n in range(2000)
)  # fmt: skip
INTERVAL = "[{name: n, time_intervals: [{months: ['%s'], years: ['%s'], days_of_month: ['-%s']}]}]"
HOSTILE = {
    "an alias bomb": HEAD + BOMB,
    "a flat alias bomb": HEAD + FLAT_BOMB,
    "a bomb of merges": HEAD + MERGES,
    "lists in lists": "route: " + "[" * 100_000,
    "mappings in mappings": "route: " + "{a: " * 50_000,
    "JSON in JSON": '{"apiVersion": 1, "contactPoints": ' + "[" * 100_000,
    "blocks in blocks": "".join(" " * n + "a:\n" for n in range(3000)),
    "a huge number": f"route: {{receiver: a}}\nreceivers: [{{name: a, webhook_configs: "
    f"[{{url: 'http://a', max_alerts: {BIG}}}]}}]",
    "a huge duration": f"route: {{receiver: a, group_wait: {BIG}s}}\nreceivers: [{{name: a}}]",
    "a huge duration of Go's": "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: "
    f"[{{url: 'http://a', timeout: {BIG}.{BIG}h}}]}}]",
    "huge numbers in Grafana's file": "apiVersion: 1\ncontactPoints: [{name: a, "
    "receivers: [{uid: u, type: pushover, settings: {apiToken: a, userKey: b, "
    f"retry: {BIG}, expire: '{BIG}'}}}}]}}]",
    "huge parts of intervals": HEAD + "time_intervals: " + INTERVAL % (BIG, BIG, BIG),
    "a pattern of many groups": "route: {receiver: a, routes: [{match_re: {b: '"
    + "(" * 50_000
    + "'}}]}\nreceivers: [{name: a}]",
    "a template of many branches": HEAD.replace("{name: a}", "{name: a, slack_configs: [{api_url: "
    "'http://a', text: '" + "{{ if toJson 1 }}" * 20_000 + "'}]}"),
    "HCL in HCL": 'resource "grafana_contact_point" "a" {\n name = ' + "[" * 3000 + "\n}\n",
    "a huge number in HCL": f'resource "grafana_contact_point" "a" {{\n name = {BIG}\n}}\n',
    "control characters": "route: \0\x01\x02",
    "half a surrogate pair": 'route: {receiver: "\\ud800"}',
}  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", deliver=False)
    app = create_app(environment, Setup("alertmanager"))
    yield app.test_client()
    app.extensions[EXTENSION].stop()


def post(client: FlaskClient, **options: Any) -> Any:
    return client.post("/api/v1/translate", json=options)


def test_the_text_its_files_and_the_report_come_back(client: FlaskClient) -> None:
    answer = post(client, text=TEXT, to="grafana-file", files=FILES)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.get_json()
    assert set(said) == {"text", "files", "report"}
    assert said["text"] == translate(TEXT, write="grafana-file", files=FILES).text
    assert {
        "contact_point": "ops",
        "integration": "slack",
        "setting": "thumb_url",
        "where": ["ops", "slack", "thumb_url"],
        "what": "dropped",
        "why": "Grafana's Slack message is one attachment of a fixed form",
        "line": 8,
    } in said["report"]
    assert "very-secret" not in str(said["report"])


def test_the_text_may_be_the_body_and_the_options_in_the_query(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/translate?to=grafana-file&from=alertmanager&keep_look=true", data=TEXT
    )
    assert answer.status_code == 200
    assert "alertmanager.slack.default.title" in answer.get_json()["text"]
    strict = client.post("/api/v1/translate?to=grafana-file&strict=1", data=TEXT)
    assert strict.status_code == 422
    assert strict.get_json()["report"]


def test_every_option_of_the_command_is_there(client: FlaskClient) -> None:
    points = "apiVersion: 1\ncontactPoints: [{name: ops, receivers: [{uid: u, type: LINE, "
    points += "settings: {token: a}}]}]\npolicies: [{receiver: ops}]\n"
    wish = {"bridge_url": "https://b.example", "bridge_credentials_file": "/t", "secrets": "inline"}
    said = post(client, text=points, to="alertmanager", alertmanager_version="0.28", **wish)
    assert "https://b.example/webhook/ops/" in said.get_json()["text"]
    assert "credentials_file: /t" in said.get_json()["text"]
    assert "very-secret" not in post(
        client, text=TEXT, to="grafana-file", secrets="redact"
    ).get_data(as_text=True)


def test_no_file_of_the_machine_is_read(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "own.tmpl").write_text('{{ define "own-secret" }}{{ end }}')
    text = TEXT.replace("[a.tmpl]", f"['{tmp_path}/*.tmpl', '/etc/host*']")
    answer = post(client, text=text, to="grafana-file")
    assert answer.status_code == 200
    assert "own-secret" not in answer.get_data(as_text=True)
    assert "localhost" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"to": "grafana-file"}, "`text` is missing"),
        ({"text": TEXT}, "`to` is missing"),
        ({"text": TEXT, "to": "grafana-fil"}, "did you mean 'grafana-file'"),
        ({"text": TEXT, "to": "mimir", "from": "x"}, "unknown dialect 'x'"),
        ({"text": 5, "to": "mimir"}, "`text` must be text"),
        ({"text": "a", "to": "mimir", "tos": 1}, "unknown option 'tos'; did you mean 'to'"),
        ({"text": "a", "to": "mimir", "secrets": "x"}, "`secrets` must be one of"),
        ({"text": "a", "to": "mimir", "files": {"a": 1}}, "`files` must be an object of texts"),
        ({"text": "a", "to": "mimir", "bridge_url": "x"}, "`bridge_url` must begin with"),
        ({"text": "a", "to": "mimir", "alertmanager_version": BIG}, "is longer than"),
        ({"text": "a", "to": "mimir", "alertmanager_version": "x"}, "not a version"),
        ({"text": "plain", "to": "mimir"}, "cannot tell which dialect this is"),
    ],
)
def test_a_wrong_wish_is_refused_with_all_that_is_wrong(
    client: FlaskClient, options: dict[str, Any], said: str
) -> None:
    answer = post(client, **options)
    assert answer.status_code == 400
    assert said in answer.get_json()["message"]


def test_a_hundred_thousand_wrong_options_are_refused_at_once(client: FlaskClient) -> None:
    options = {f"option{number}": 1 for number in range(100_000)}
    began = time.monotonic()
    answer = post(client, text=TEXT, to="mimir", **options)
    assert time.monotonic() - began < 2
    assert answer.status_code == 400
    assert answer.get_json()["message"].count("unknown option") == 20


def test_a_long_option_is_not_repeated(client: FlaskClient) -> None:
    answer = post(client, text=TEXT, to="x" * 100_000)
    assert answer.get_json()["message"] == "`to` is longer than 2000 characters"


@pytest.mark.parametrize("url", ["http://a\nb", "http://a b", "http://a\x00"])
def test_an_address_that_is_none_is_refused(client: FlaskClient, url: str) -> None:
    assert post(client, text=TEXT, to="mimir", bridge_url=url).status_code == 400


def test_the_text_is_said_once(client: FlaskClient) -> None:
    answer = client.post("/api/v1/translate?to=mimir&text=a", data=TEXT)
    assert answer.status_code == 400
    assert "`text` cannot be in the query" in answer.get_json()["message"]


def test_organisations_and_versions_are_chosen_as_in_the_command(client: FlaskClient) -> None:
    text = "apiVersion: 1\nmuteTimes: [{name: a}, {orgId: 2, name: b}]\npolicies: []\n"
    answer = post(client, text=text, to="alertmanager")
    assert answer.status_code == 422
    assert "choose one with --org" in answer.get_json()["errors"][0]["message"]
    answer = post(client, text=text, to="kubernetes", org="2", kubernetes_version="v1beta1")
    assert answer.status_code == 200
    assert "monitoring.coreos.com/v1beta1" in answer.get_json()["text"]
    assert "name: b" in answer.get_json()["text"]


def test_an_input_that_is_not_valid_is_told_with_every_place(client: FlaskClient) -> None:
    answer = post(client, text=TEXT.replace("ops}", "dev}"), to="grafana-file")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0] == {
        "line": 1,
        "column": 19,
        "path": "route.receiver",
        "message": 'undefined receiver "dev" used in route',
    }


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"\xff", b"[" * 100_000, b"5", b'"a"'])
def test_a_body_that_is_no_wish_is_refused(client: FlaskClient, body: bytes) -> None:
    assert client.post("/api/v1/translate", data=body).status_code == 400


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/translate?to=mimir", data=b"a" * (LARGEST + 1))
    assert answer.status_code == 413
    assert client.get("/api/v1/translate").status_code == 405


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_take_all_time_or_memory_is_refused(name: str) -> None:
    """Within the process that only the bounds of the reading itself hold, so a command is safe."""
    begin = time.monotonic()
    for write in ("grafana-file", "alertmanager"):
        with suppress(SetupError, UnknownDialectError):
            translate(HOSTILE[name], write=write)
    assert time.monotonic() - begin < 20


def test_the_endpoint_answers_all_of_it(client: FlaskClient) -> None:
    for name, text in HOSTILE.items():
        answer = client.post("/api/v1/translate?to=grafana-file", data=text.encode())
        assert answer.status_code in (200, 400, 422), name
        assert answer.get_json()


def test_what_no_rule_foresees_ends_with_its_process(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wrong with it but its size: the bounds of the process hold."""
    monkeypatch.setattr(bounded, "SECONDS", 1)
    one = '{webhook_url: "http://x/", username: u, avatar_url: "http://a/"},'
    text = HEAD.replace("{name: a}", f"{{name: a, discord_configs: [{one * 100_000}]}}")
    begin = time.monotonic()
    answer = post(client, text=text, to="grafana-file")
    assert answer.status_code == 422
    assert answer.get_json() == {"message": bounded.REFUSED, "statusCode": 422}
    assert time.monotonic() - begin < 15
