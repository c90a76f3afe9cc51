"""Grafana's provisioning API: the statuses, bodies and headers that its clients go by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app, read_configuration
from contactpoints.environment import Environment
from contactpoints.web import EXTENSION
from tests.contactpoints.web.provisioning.conftest import BASE, add, webhook

WITHOUT = {"X-Disable-Provenance": "true"}


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(BASE + path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_contact_point_is_made_changed_and_deleted(client: FlaskClient) -> None:
    made = add(client, settings={"url": "http://a.example", "password": "hush", "username": "u"})
    assert made["settings"]["password"] == "[REDACTED]"
    assert get(client, "/contact-points") == [made]
    changed = {**made, "disableResolveMessage": True}
    answer = client.put(f"{BASE}/contact-points/{made['uid']}", json=changed)
    assert (answer.status_code, answer.get_json()) == (202, {"message": "contactpoint updated"})
    assert get(client, "/contact-points?name=ops") == [changed]
    assert get(client, "/contact-points?name=other") == []
    export = client.get(f"{BASE}/contact-points/export?decrypt=true&format=json").get_json()
    assert export["contactPoints"][0]["receivers"][0]["settings"]["password"] == "hush"
    for _ in range(2):  # whether it is there or not
        answer = client.delete(f"{BASE}/contact-points/{made['uid']}")
        assert (answer.status_code, answer.get_json()) == (
            202,
            {"message": "contactpoint deleted"},
        )
    assert get(client, "/contact-points") == []


def test_contact_points_are_listed_by_name_and_uid(client: FlaskClient) -> None:
    for name, uid in (("b", "1"), ("a", "3"), ("a", "2")):
        add(client, name, uid=uid)
    assert [row["uid"] for row in get(client, "/contact-points")] == ["2", "3", "1"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no name is set"),
        (b"{", "bad request data"),
        (b"[]", "bad request data"),
        (b'"\xff"', "bad request data"),
        (b"NaN", "bad request data"),
        (b"[" * 5000, "bad request data"),
        (b'{"name":"a","type":"webhook","settings":{"url":5}}', "settings.url"),
        (b'{"name":"a","type":"slack","settings":{"recipient":"x"}}', "token"),
        (
            b'{"name":"a","type":"discord","settings":{"url":"http://a","use_discord_username":"true"}}',
            "use_discord_username",
        ),
    ],
)
def test_a_body_that_is_wrong_is_400_in_the_one_shape(
    client: FlaskClient, body: bytes, said: str
) -> None:
    answer = client.post(f"{BASE}/contact-points", data=body)
    found = answer.get_json()
    assert answer.status_code == 400
    assert found["statusCode"] == 400
    assert said in json.dumps(found)
    assert {"path", "message"} <= found["errors"][0].keys()


def test_an_unknown_uid_is_404_and_a_taken_one_a_conflict(client: FlaskClient) -> None:
    add(client, uid="one")
    assert client.put(f"{BASE}/contact-points/two", json=webhook()).status_code == 404
    assert client.post(f"{BASE}/contact-points", json=webhook(uid="one")).status_code == 409


def test_the_header_says_the_provenance_whatever_its_value(client: FlaskClient) -> None:
    for value in ("true", "disabled", "*", ""):
        made = client.post(
            f"{BASE}/contact-points", json=webhook(), headers={"X-Disable-Provenance": value}
        ).get_json()
        assert "provenance" not in made
        path = f"{BASE}/contact-points/{made['uid']}"
        assert client.put(path, json=webhook(), headers=WITHOUT).status_code == 202
        assert client.put(path, json=webhook()).status_code == 202
        refused = client.put(path, json=webhook(), headers=WITHOUT)
        assert refused.status_code == 403
        assert refused.get_json()["messageId"] == "alerting.notifications.invalidProvenance"
        assert client.delete(path, headers=WITHOUT).status_code == 202


def test_the_tree_is_replaced_and_reset(client: FlaskClient) -> None:
    default = get(client, "/policies")
    assert default == {
        "receiver": "grafana-default-email",
        "group_by": ["grafana_folder", "alertname"],
    }
    uid = add(client)["uid"]
    answer = client.put(f"{BASE}/policies", json={"receiver": "ops", "group_wait": "10s"})
    assert (answer.status_code, answer.get_json()) == (202, {"message": "policies updated"})
    assert get(client, "/policies") == {
        "receiver": "ops",
        "group_wait": "10s",
        "provenance": "api",
    }
    refused = client.delete(f"{BASE}/contact-points/{uid}")
    assert refused.status_code == 409
    assert refused.get_json()["messageId"] == ("alerting.notifications.contact-points.referenced")
    wrong = client.put(f"{BASE}/policies", json={"receiver": "nobody"})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["path"]) == (400, "receiver")
    answer = client.delete(f"{BASE}/policies")
    assert (answer.status_code, answer.get_json()) == (202, default)
    assert client.delete(f"{BASE}/contact-points/{uid}").status_code == 202


@pytest.mark.parametrize("name", ["hello", "we ird/né?#", "a/export", "%41"])
def test_templates_are_found_under_any_name(client: FlaskClient, name: str) -> None:
    from urllib.parse import quote

    path = f"{BASE}/templates/{quote(name, safe='')}"
    made = client.put(path, json={"template": "x"})
    assert made.status_code == 202, made.get_json()
    assert made.get_json()["name"] == name
    assert client.get(path).get_json() == made.get_json()
    assert get(client, "/templates") == [made.get_json()]
    stale = client.put(path, json={"template": "y", "version": "0"})
    assert stale.status_code == 409
    assert client.delete(f"{path}?version=0").status_code == 409
    for _ in range(2):
        gone = client.delete(path)
        assert (gone.status_code, gone.get_data()) == (204, b"")
    assert client.get(path).status_code == 404
    missing = client.put(path, json={"template": "y", "version": "0"})
    assert missing.status_code == 404


def test_a_template_that_does_not_parse_is_refused_with_the_place(client: FlaskClient) -> None:
    answer = client.put(f"{BASE}/templates/a", json={"template": "a\nb {{ .Status "})
    found = answer.get_json()
    assert (answer.status_code, found["messageId"]) == (
        400,
        "alerting.notifications.templates.invalidFormat",
    )
    assert "a:2" in found["message"]


def test_a_mute_timing_is_made_renamed_and_deleted(client: FlaskClient) -> None:
    add(client)
    night = {
        "name": "night",
        "time_intervals": [{"times": [{"start_time": "22:00", "end_time": "23:00"}]}],
    }
    answer = client.post(f"{BASE}/mute-timings", json=night)
    assert answer.status_code == 201
    assert get(client, "/mute-timings") == [answer.get_json()]
    twice = client.post(f"{BASE}/mute-timings", json=night)
    assert (twice.status_code, twice.get_json()["messageId"]) == (
        400,
        "alerting.notifications.time-intervals.nameExists",
    )
    bad = {
        "name": "x",
        "time_intervals": [{"times": [{"start_time": "25:00", "end_time": "26:00"}]}],
    }
    refused = client.post(f"{BASE}/mute-timings", json=bad)
    assert (refused.status_code, refused.get_json()["messageId"]) == (
        400,
        "alerting.notifications.time-intervals.invalidFormat",
    )
    tree = {"receiver": "ops", "routes": [{"mute_time_intervals": ["night"]}]}
    assert client.put(f"{BASE}/policies", json=tree).status_code == 202
    used = client.delete(f"{BASE}/mute-timings/night")
    assert (used.status_code, used.get_json()["messageId"]) == (
        409,
        "alerting.notifications.time-intervals.used",
    )
    renamed = client.put(f"{BASE}/mute-timings/night", json={**night, "name": "dark"})
    assert (renamed.status_code, renamed.get_json()["name"]) == (202, "dark")
    assert get(client, "/policies")["routes"] == [{"mute_time_intervals": ["dark"]}]
    assert client.delete(f"{BASE}/policies").status_code == 202
    for _ in range(2):
        assert client.delete(f"{BASE}/mute-timings/dark").status_code == 204
    get(client, "/mute-timings/dark", 404)
    get(client, "/mute-timings/dark/export", 404)


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/contact-points/export", "contactPoints"),
        ("/policies/export", "policies"),
        ("/mute-timings/export", "muteTimes"),
        ("/mute-timings/night/export", "muteTimes"),
    ],
)
def test_exports_are_of_the_format_that_is_asked_for(
    client: FlaskClient, path: str, start: str
) -> None:
    add(client)
    client.put(f"{BASE}/policies", json={"receiver": "ops"})
    client.post(f"{BASE}/mute-timings", json={"name": "night", "time_intervals": []})
    plain = client.get(BASE + path)
    assert plain.content_type == "text/yaml"
    assert plain.get_data(as_text=True).startswith(f"apiVersion: 1\n{start}:\n")
    accepted = client.get(BASE + path, headers={"Accept": "application/yaml, application/json"})
    assert accepted.content_type == "application/json"
    assert start in accepted.get_json()
    assert "Content-Disposition" not in accepted.headers
    hcl = client.get(f"{BASE}{path}?format=hcl", headers={"Accept": "application/json"})
    assert hcl.content_type == "text/hcl"
    assert hcl.get_data(as_text=True).startswith('resource "grafana_')
    kept = client.get(f"{BASE}{path}?format=hcl&download=true")
    assert kept.content_type == "application/terraform+hcl"
    assert kept.headers["Content-Disposition"] == "attachment;filename=export.tf"
    kept = client.get(f"{BASE}{path}?download=true")
    assert kept.headers["Content-Disposition"] == "attachment;filename=export.yaml"
    assert client.get(f"{BASE}{path}?format=nothing").status_code == 400


def test_a_write_may_say_which_version_it_has_seen(client: FlaskClient) -> None:
    tag = client.get(f"{BASE}/contact-points").headers["ETag"]
    first = client.post(f"{BASE}/contact-points", json=webhook(), headers={"If-Match": tag})
    assert first.status_code == 202
    late = client.post(f"{BASE}/contact-points", json=webhook(), headers={"If-Match": tag})
    assert late.status_code == 412
    newer = {"If-Match": first.headers["ETag"]}
    assert client.post(f"{BASE}/contact-points", json=webhook(), headers=newer).status_code == 202
    assert len(get(client, "/contact-points")) == 2


def test_what_files_say_is_shown_and_read_only(tmp_path: Path) -> None:
    config = tmp_path / "am.yml"
    config.write_text(
        "route: {receiver: ops}\n"
        "receivers: [{name: ops, webhook_configs: [{url: 'http://a.example'}]}]\n"
        "time_intervals: [{name: night, time_intervals: [{weekdays: [monday]}]}]\n"
    )
    environment = Environment(
        config=(str(config),), database_url=f"sqlite:///{tmp_path / 'c.db'}", grace=2
    )
    app = create_app(environment, read_configuration(environment))
    client = app.test_client()
    (row,) = get(client, "/contact-points")
    assert (row["name"], row["provenance"]) == ("ops", "file")
    assert get(client, "/policies")["provenance"] == "file"
    path = f"{BASE}/contact-points/{row['uid']}"
    for answer in (
        client.put(path, json=webhook()),
        client.delete(path),
        client.post(f"{BASE}/contact-points", json=webhook("ops")),
        client.put(f"{BASE}/policies", json={"receiver": "ops"}),
        client.delete(f"{BASE}/policies"),
        client.put(f"{BASE}/mute-timings/night", json={"time_intervals": []}),
        client.delete(f"{BASE}/mute-timings/night"),
    ):
        assert answer.status_code == 403, answer.get_json()
        assert "configuration file" in answer.get_json()["message"]
    assert client.post(f"{BASE}/contact-points", json=webhook("dev")).status_code == 202
    config.write_text("route: {receiver: nobody}\nreceivers: []\n")
    broken = client.post("/api/admin/provisioning/alerting/reload")
    assert broken.status_code == 400
    assert 'undefined receiver "nobody"' in json.dumps(broken.get_json()["errors"]).replace(
        "\\", ""
    )
    assert [each["name"] for each in get(client, "/contact-points")] == ["dev", "ops"]
    config.write_text(
        "route: {receiver: new}\nreceivers: [{name: new, webhook_configs: [{url: 'http://b'}]}]\n"
    )
    done = client.post("/api/admin/provisioning/alerting/reload")
    assert (done.status_code, done.get_json()) == (202, {"message": "Alerting config reloaded"})
    assert [each["name"] for each in get(client, "/contact-points")] == ["dev", "new"]
    app.extensions[EXTENSION].stop()


@pytest.mark.parametrize(
    ("said", "shown"),
    [("december", "12"), ("January:MARCH", "1:3"), ("4", "4"), ("1:june", "1:6")],
)
def test_months_are_given_back_by_number(client: FlaskClient, said: str, shown: str) -> None:
    """As Grafana does; the tests of Terraform's provider compare it."""
    item = {"name": "m", "time_intervals": [{"months": [said]}]}
    made = client.post(f"{BASE}/mute-timings", json=item)
    assert made.status_code == 201, made.text
    assert made.get_json()["time_intervals"] == [{"months": [shown]}]
