"""grafana-api-sdk, unchanged: it sends nulls, and ``UID`` in capitals.
https://pypi.org/project/grafana-api-sdk/
"""

from __future__ import annotations

import pytest
import requests

from tests.contactpoints.clients.conftest import TOKEN
from tests.contactpoints.process import Process

pytest.importorskip("grafana_api")

from grafana_api.alerting_provisioning import AlertingProvisioning
from grafana_api.model import (
    APIModel,
    EmbeddedContactPoint,
    MuteTimeInterval,
    Route,
    TimeInterval,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def api(grafana: Process) -> AlertingProvisioning:
    return AlertingProvisioning(APIModel(host=grafana.url, token=TOKEN))


def rows(grafana: Process) -> list[dict[str, object]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{grafana.url}/api/v1/provisioning/contact-points"
    found: list[dict[str, object]] = requests.get(url, headers=headers, timeout=10).json()
    return found


def test_contact_points_live(grafana: Process, api: AlertingProvisioning) -> None:
    point = EmbeddedContactPoint(
        name="ops", type="email", settings={"addresses": "a@b.example"}, uid="own-uid"
    )
    api.add_contact_point(point)
    api.add_contact_point(
        EmbeddedContactPoint(name="ops", type="webhook", settings={"url": "http://a.example"})
    )
    assert [row["name"] for row in api.get_all_contact_points()] == ["ops", "ops"]
    assert "own-uid" in [row["uid"] for row in rows(grafana)]
    point.settings = {"addresses": "c@d.example"}
    api.update_contact_point("own-uid", point)
    changed = {row["uid"]: row for row in rows(grafana)}["own-uid"]
    assert changed["settings"] == {"addresses": "c@d.example"}
    for row in rows(grafana):
        api.delete_contact_point(str(row["uid"]))
    assert rows(grafana) == []


def test_policies_mute_timings_and_templates_live(
    grafana: Process, api: AlertingProvisioning
) -> None:
    api.add_contact_point(
        EmbeddedContactPoint(name="ops", type="email", settings={"addresses": "a@b.example"})
    )
    api.add_notification_policies(
        Route(continue_parameter=False, group_by_str=["alertname"], receiver="ops", provenance="")
    )
    assert api.get_notification_policies()["receiver"] == "ops"
    night = MuteTimeInterval("night", [TimeInterval(weekdays=["monday"])])
    api.add_mute_timing(night)
    assert api.get_mute_timing("night")["name"] == "night"
    api.update_mute_timing("night", MuteTimeInterval("night", [TimeInterval(weekdays=["sunday"])]))
    assert api.get_all_mute_timings()[0]["time_intervals"] == [{"weekdays": ["sunday"]}]
    api.delete_mute_timing("night")
    api.create_or_update_message_template("hello", "Hi")
    assert api.get_message_template("hello")["name"] == "hello"
    assert len(api.get_all_message_templates()) == 1
    api.delete_message_template("hello")
