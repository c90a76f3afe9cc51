"""incident.io: Alertmanager's webhook under another version, with a token."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.integrations import incidentio
from tests.contactpoints.integrations.sending import MIXED, alert, faults, made, notification, send
from tests.contactpoints.sinks import Sink


def incident(sink: Sink, **more: Any) -> Any:
    return made("incidentio", "alertmanager", {"url": f"{sink.url}/v2/alert_events/x", **more})


def test_the_notification_is_posted_as_it_came_under_version_1(sink: Sink) -> None:
    said = notification(*MIXED, notification_reason="new_alerts")
    send(incident(sink, alert_source_token="source-secret"), said)
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/v2/alert_events/x")
    assert got.headers["Authorization"] == "Bearer source-secret"
    assert got.json == {**said.payload, "version": "1"}


def test_the_token_may_stand_in_http_config(sink: Sink) -> None:
    send(incident(sink, http_config={"authorization": {"credentials": "other-secret"}}))
    assert sink.received[0].headers["Authorization"] == "Bearer other-secret"


def test_alerts_beyond_the_most_are_counted(sink: Sink) -> None:
    send(incident(sink, alert_source_token="s", max_alerts=1), notification(*[alert()] * 3))
    body = sink.received[0].json
    assert (len(body["alerts"]), body["truncatedAlerts"]) == (1, 2)


def test_a_body_that_is_too_large_keeps_the_first_alert_and_says_how_many_are_left_out(
    sink: Sink,
) -> None:
    large = alert(annotations={"summary": "€" * 100_000})
    send(incident(sink, alert_source_token="s"), notification(large, large, large))
    got = sink.received[0]
    assert len(got.body) < incidentio.BODY_LIMIT
    assert (len(got.json["alerts"]), got.json["truncatedAlerts"]) == (1, 2)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alert_source_token": "a"}, "one of url or url_file must be configured"),
        (
            {"url": "http://a", "url_file": "/b"},
            "at most one of url & url_file must be configured",
        ),
        (
            {
                "url": "http://a",
                "alert_source_token": "a",
                "http_config": {"authorization": {"credentials": "b"}},
            },
            "cannot specify alert_source_token or alert_source_token_file when using "
            "http_config.authorization",
        ),
        (
            {"url": "http://a", "http_config": {"follow_redirects": False}},
            "at least one of alert_source_token, alert_source_token_file or "
            "http_config.authorization must be configured",
        ),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, Any], sentence: str) -> None:
    assert sentence in faults("incidentio", "alertmanager", settings)


def test_no_token_at_all_is_taken_as_alertmanager_takes_it() -> None:
    assert faults("incidentio", "alertmanager", {"url": "http://a"}) == []
