"""What is posted becomes a Notification, or a list of everything that is wrong with it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactpoints.alert import common, fingerprint
from contactpoints.notification import Notification, PayloadError, parse_notification
from tests.contactpoints.posts import alert, payload


def parse(**more: Any) -> Notification:
    return parse_notification(json.dumps(payload(**more)).encode())


def errors_of(body: bytes) -> list[dict[str, str]]:
    with pytest.raises(PayloadError) as caught:
        parse_notification(body)
    assert caught.value.errors
    return caught.value.errors


def test_a_payload_of_version_4_is_read_whole() -> None:
    notification = parse(routeLabels={"team": "a"}, truncatedAlerts=3)
    assert notification.alerts[0].labels == {"alertname": "HighCPU", "job": "node"}
    assert notification.alerts[0].starts_at == "2026-11-21T16:09:52.422446169Z"
    assert notification.alerts[0].started.microsecond == 422446
    assert notification.alerts[0].ended is None
    assert notification.truncated_alerts == 3
    assert notification.route_labels == {"team": "a"}
    assert notification.payload["groupKey"] == notification.group_key
    assert notification.link("/alerting/list") == "http://am.example:9093/prefix/alerting/list"


def test_what_grafana_posts_is_kept() -> None:
    more = {"values": {"B": 22.5}, "imageURL": "http://g/x.png", "valueString": "[ var='B' ]"}
    notification = parse(version="1", orgId=1, title="t", state="alerting", alerts=[alert(**more)])
    assert notification.alerts[0].posted["values"] == {"B": 22.5}
    assert notification.image_urls == ["http://g/x.png"]
    assert notification.payload["state"] == "alerting"


@pytest.mark.parametrize("name", ["we.ird name+1", "a\\b", "(x)|[y]{2}^$*?", "plain", "tür 門"])
def test_the_receiver_is_unquoted(name: str) -> None:
    quoted = re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", name)
    assert parse(receiver=quoted).receiver_name == name


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"alertname": "R", "kind": "retry", "z": "1"}, "b850a35edf7d1fa3"),
        ({"severity": "warning", "job": "foo"}, "9266ef3da838ad95"),
        ({"alertname": "T2", "svc": "b"}, "d74c834c8e82629a"),
        ({}, "cbf29ce484222325"),
    ],
)
def test_fingerprints_are_alertmanagers(labels: dict[str, str], expected: str) -> None:
    """The vectors were printed by Alertmanager 0.25.0."""
    assert fingerprint(labels) == expected
    item = {key: value for key, value in alert(labels=labels).items() if key != "fingerprint"}
    assert parse(alerts=[item]).alerts[0].fingerprint == expected


def test_without_resolved_leaves_what_fires_and_computes_what_is_common() -> None:
    fires = alert("A", labels={"alertname": "A", "dc": "1", "job": "x"})
    gone = alert("A", "resolved", labels={"alertname": "A", "dc": "2", "job": "x"})
    both = parse(alerts=[gone, fires], commonLabels={"alertname": "A", "job": "x"})
    left = both.without_resolved()
    assert [one.labels["dc"] for one in left.alerts] == ["1"]
    assert left.common_labels == {"alertname": "A", "dc": "1", "job": "x"}
    assert left.payload["alerts"] == [fires]
    assert left.payload["commonLabels"] == left.common_labels
    assert both.payload["alerts"] == [gone, fires]
    assert parse().without_resolved().alerts == parse().alerts


def test_limited_keeps_the_first_and_counts_the_rest() -> None:
    """As Alertmanager's max_alerts: what is common and the status are those of the kept ones."""
    alerts = [alert("A", "resolved"), alert("A"), alert("B")]
    kept = parse(alerts=alerts, truncatedAlerts=4).limited(1)
    assert (kept.status, len(kept.alerts), kept.truncated_alerts) == ("resolved", 1, 6)
    assert kept.common_labels["alertname"] == "A"
    assert kept.payload["truncatedAlerts"] == 6
    assert parse(alerts=alerts).limited(3).truncated_alerts == 0


def test_dedup_key_is_the_sha256_of_the_group_key() -> None:
    key = parse().group_key
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum is missing: install coreutils")
    printed = subprocess.run([program], input=key.encode(), capture_output=True, check=True).stdout
    assert parse().dedup_key == printed.split()[0].decode()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = payload(status="alerting", version="3", truncatedAlerts=-1, groupKey=7)
    wrong["alerts"] = [alert(labels={"a": 1}), "x", alert(startsAt="yesterday"), alert(status="?")]
    del wrong["receiver"]
    found = {error["path"] for error in errors_of(json.dumps(wrong).encode())}
    assert found == {
        "status", "version", "truncatedAlerts", "groupKey", "receiver",
        "alerts[0].labels.a", "alerts[1]", "alerts[2].startsAt", "alerts[3].status",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"\xff\xfe{}", b"{}", b'"x"', b"1" * 5000, b'{"a":NaN}',
        b"[" * 100_000, b'{"a":' * 150 + b"1" + b"}" * 150, "{}".encode("utf-16"),
        b'{"a":"\\ud800",' + b'"b":' + b"[" * 900 + b"]" * 900 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_payload_is_refused_with_a_sentence(body: bytes) -> None:
    assert all(error["message"] for error in errors_of(body))


@pytest.mark.parametrize(
    "time", ["2026-13-01T00:00:00Z", "2026-W01-1T00:00:00Z", "20260101T000000Z", ""]
)
def test_a_time_is_rfc_3339(time: str) -> None:
    assert errors_of(json.dumps(payload(alerts=[alert(startsAt=time)])).encode())


@pytest.mark.parametrize(
    "time", ["2026-11-21T16:09:52Z", "2026-11-21T16:09:52.1+05:30", "0001-01-01T00:00:00Z"]
)
def test_times_of_any_precision_and_zone_are_taken(time: str) -> None:
    assert parse(alerts=[alert(startsAt=time)]).alerts[0].started.tzinfo is not None


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    body = json.dumps(payload(alerts=[alert(labels={"a": "x\ud800y", "b": "\U0001f600"})])).encode()
    assert parse_notification(body).alerts[0].labels == {"a": "x\ufffdy", "b": "\U0001f600"}


def test_a_hostile_body_gets_a_short_answer() -> None:
    body = b'{"alerts":[' + b"1," * 200_000 + b"1]}"
    assert len(errors_of(body)) <= 100


def test_what_may_be_left_out_is_filled_in() -> None:
    notification = parse_notification(
        b'{"receiver":"r","status":"firing","version":"4","groupKey":"k",'
        b'"alerts":[{"status":"firing","labels":{}}],"groupLabels":null}'
    )
    assert notification.alerts[0].ends_at == "0001-01-01T00:00:00Z"
    assert notification.group_labels == {}


texts = st.dictionaries(st.text(max_size=3), st.text(max_size=2), max_size=4)


@given(st.lists(texts, min_size=1, max_size=4))
def test_common_pairs_are_in_every_map(maps: list[dict[str, str]]) -> None:
    found = common(maps)
    assert found == {k: v for k, v in maps[0].items() if all(m.get(k) == v for m in maps)}


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from(sorted(payload())), junk),
    st.dictionaries(st.sampled_from(sorted(alert())), junk),
)
def test_any_value_anywhere_is_read_or_refused(top: dict[str, Any], item: dict[str, Any]) -> None:
    body = json.dumps({**payload(alerts=[{**alert(), **item}]), **top}).encode()
    try:
        notification = parse_notification(body)
    except PayloadError:
        return
    json.dumps(notification.payload, ensure_ascii=False).encode()
    assert notification.without_resolved().dedup_key
    assert all(one.started for one in notification.alerts)
