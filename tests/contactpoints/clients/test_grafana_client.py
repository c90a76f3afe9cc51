"""grafana-client, unchanged, through the whole life of everything. https://pypi.org/project/grafana-client/"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contactpoints.clients.conftest import TOKEN
from tests.contactpoints.posts import body
from tests.contactpoints.process import Process
from tests.contactpoints.sinks import Sink

grafana_client = pytest.importorskip("grafana_client")


@pytest.fixture
def api(grafana: Process) -> Iterator[Any]:
    made = grafana_client.GrafanaApi.from_url(grafana.url, credential=TOKEN)
    yield made
    made.client.s.close()  # it has no way of its own to close the connections that it keeps


def test_it_finds_a_grafana_of_a_version_that_it_knows(api: Any) -> None:
    assert api.version.startswith("12.")


def test_contact_points_live_and_deliver(api: Any, grafana: Process, sink: Sink) -> None:
    provisioning = api.alertingprovisioning
    assert provisioning.get_contactpoints() == []
    made = provisioning.create_contactpoint(
        {
            "name": "ops team/β",
            "type": "webhook",
            "settings": {"url": sink.url + "/first", "username": "u", "password": "hush"},
        }
    )
    uid = made["uid"]
    listed = provisioning.get_contactpoints("ops team/β")
    assert [(row["uid"], row["settings"]["password"]) for row in listed] == [(uid, "[REDACTED]")]
    assert provisioning.get_contactpoints("other") == []
    changed = {**listed[0], "settings": {**listed[0]["settings"], "url": sink.url + "/second"}}
    answer = provisioning.update_contactpoint(uid, changed)
    assert answer == {"message": "contactpoint updated"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    posted = grafana.post(body(), "/webhook/ops%20team%2F%CE%B2", headers=headers)
    assert posted.status_code == 202, posted.text
    (got,) = sink.wait(1)
    assert (got.path, got.headers["Authorization"]) == ("/second", "Basic dTpodXNo")
    provisioning.delete_contactpoint(uid)
    assert provisioning.get_contactpoints() == []


def test_a_used_contact_point_is_not_deleted(api: Any) -> None:
    provisioning = api.alertingprovisioning
    made = provisioning.create_contactpoint(
        {"name": "ops", "type": "email", "settings": {"addresses": "a@b.example"}}
    )
    tree = provisioning.get_notification_policy_tree()
    assert tree["receiver"] == "grafana-default-email"
    tree["receiver"] = "ops"
    assert provisioning.set_notification_policy_tree(tree) == {"message": "policies updated"}
    assert provisioning.get_notification_policy_tree()["receiver"] == "ops"
    with pytest.raises(grafana_client.client.GrafanaClientError, match="the default policy"):
        provisioning.delete_contactpoint(made["uid"])
    provisioning.delete_notification_policy_tree()
    provisioning.delete_contactpoint(made["uid"])


def test_what_is_wrong_is_bad_input_with_a_sentence(api: Any) -> None:
    provisioning = api.alertingprovisioning
    with pytest.raises(grafana_client.client.GrafanaBadInputError, match="unknown integration"):
        provisioning.create_contactpoint({"name": "a", "type": "slak", "settings": {}})
    with pytest.raises(grafana_client.client.GrafanaBadInputError, match="does not exist"):
        provisioning.set_notification_policy_tree({"receiver": "nobody"})
    with pytest.raises(grafana_client.client.GrafanaClientError, match="not found"):
        provisioning.update_contactpoint(
            "none", {"name": "a", "type": "email", "settings": {"addresses": "a@b.example"}}
        )


def test_mute_timings_and_templates_live(api: Any) -> None:
    provisioning = api.alertingprovisioning
    night = {"name": "night", "time_intervals": [{"weekdays": ["monday:friday"]}]}
    assert provisioning.create_mute_timing(night, True)["name"] == "night"
    assert provisioning.get_mute_timing("night")["time_intervals"] == night["time_intervals"]
    changed = provisioning.update_mute_timing(
        "night", {**night, "time_intervals": [{"weekdays": ["sunday"]}]}
    )
    assert changed["time_intervals"] == [{"weekdays": ["sunday"]}]
    assert [each["name"] for each in provisioning.get_mute_timings()] == ["night"]
    provisioning.delete_mute_timing("night")
    assert provisioning.get_mute_timings() == []
    made = provisioning.create_or_update_template("hello", {"template": "Hi {{ .Status }}"})
    assert provisioning.get_template("hello") == made
    assert [each["name"] for each in provisioning.get_templates()] == ["hello"]
    provisioning.delete_template("hello")
    assert provisioning.get_templates() == []


def test_what_was_made_without_provenance_may_be_edited_and_rules_are_empty(api: Any) -> None:
    provisioning = api.alertingprovisioning
    row = {"name": "a", "type": "email", "settings": {"addresses": "a@b.example"}}
    made = provisioning.create_contactpoint(row, True)
    assert "provenance" not in provisioning.get_contactpoints()[0]
    provisioning.update_contactpoint(made["uid"], row, True)
    assert provisioning.get_alertrules_all() == []
