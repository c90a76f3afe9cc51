"""What Grafana says of an alert is made of what Alertmanager posts, and kept when Grafana posts."""

from __future__ import annotations

from typing import Any

from contactpoints.grafana_data import grafana_data, with_query
from tests.contactpoints.integrations.sending import alert, notification


def one(**more: Any) -> dict[str, Any]:
    [found] = grafana_data(notification(alert(**more)))["alerts"]
    return dict(found)


def test_an_alert_of_prometheus_gets_a_link_to_silence_it_and_nothing_made_up() -> None:
    found = one(labels={"alertname": "A", "Zone": "z & y", "instance": "db1", "team": "t"})
    assert found["silenceURL"] == (
        "http://alerts.example.com/base/alerting/silence/new?alertmanager=grafana"
        "&matcher=alertname%3DA&matcher=Zone%3Dz+%26+y&matcher=instance%3Ddb1&matcher=team%3Dt"
    )
    assert (found["dashboardURL"], found["panelURL"], found["valueString"]) == ("", "", "")
    assert found["values"] is None
    assert not found.keys() & {"orgId", "ruleUID", "imageURL"}


def test_an_alert_of_grafana_s_rules_gets_its_links_and_values_from_what_is_not_shown() -> None:
    found = one(
        status="resolved",
        labels={"__alert_rule_uid__": "r", "alertname": "A", "grafana_folder": "F", "team": "t"},
        annotations={
            "__orgId__": "3",
            "__dashboardUid__": "d",
            "__panelId__": "7",
            "__values__": '{"A": 1.5}',
            "__value_string__": "[A]",
            "__alert_image_url__": "https://img.example.com/a.png",
        },
    )
    base = "http://alerts.example.com/base"
    span = "from=1785574800000&orgId=3&to=1785578700000"
    assert found["labels"].keys() == {"alertname", "grafana_folder", "instance", "team"}
    assert found["annotations"].keys() == {"summary"}
    assert found["silenceURL"] == (
        f"{base}/alerting/silence/new?alertmanager=grafana&matcher=__alert_rule_uid__%3Dr"
        "&matcher=instance%3Ddb1&matcher=team%3Dt&orgId=3"
    )
    assert found["dashboardURL"] == f"{base}/d/d?{span}"
    assert found["panelURL"] == f"{base}/d/d?{span}&viewPanel=7"
    assert found["generatorURL"].endswith("/graph?g0.expr=up&orgId=3")
    assert (found["values"], found["valueString"]) == ({"A": 1.5}, "[A]")
    assert (found["ruleUID"], found["orgId"]) == ("r", 3)
    assert found["imageURL"] == "https://img.example.com/a.png"


def test_what_grafana_posted_itself_is_kept() -> None:
    posted = {
        "silenceURL": "https://g/s",
        "dashboardURL": "https://g/d",
        "panelURL": "https://g/p",
        "values": {"B": 2},
        "valueString": "[B]",
        "ruleUID": "r",
        "orgId": 1,
        "imageURL": "https://g/i.png",
        "enrichments": {"x": 1},
    }
    assert one(**posted).items() >= posted.items()
    said = grafana_data(notification(alert(**posted), appVersion="12.4.0"), pictures=False)
    assert "imageURL" not in said["alerts"][0]
    assert said["appVersion"] == "12.4.0"


def test_what_is_wrong_in_an_annotation_is_left_out() -> None:
    notes = {"__values__": "no JSON", "__orgId__": "first"}
    found = one(annotations=notes)
    assert found["values"] is None
    assert "orgId" not in found


def test_alerts_that_were_left_out_are_counted() -> None:
    assert grafana_data(notification(truncatedAlerts=3))["truncatedAlerts"] == 3
    assert "truncatedAlerts" not in grafana_data(notification())


def test_a_query_is_written_as_go_writes_it() -> None:
    assert with_query("http://a/b?z=1&a=x y&m=0", m=["2", "1"]) == "http://a/b?a=x+y&m=2&m=1&z=1"
    assert with_query("http://[", a="b") == "http://["
