"""The webhook: limits, logins and structures that the recorded requests do not show."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.rendering import render_settings
from contactpoints.inline import inline
from tests.contactpoints.integrations.sending import Drawn, alert, made, notification, send
from tests.contactpoints.sinks import Sink


def test_the_templates_see_only_the_alerts_that_are_sent() -> None:
    settings = {"url": "http://h.example/", "maxAlerts": 1, "title": "{{ len .Alerts }}"}
    integration = made("webhook", "grafana", settings)
    told = integration.told(notification(alert("resolved"), alert(labels={"instance": "db2"})))
    drawn, _ = render_settings(integration, told, Drawn())
    assert (drawn.title, told.status, told.truncated_alerts) == ("1", "resolved", 1)


def test_an_upstream_that_truncated_before_is_counted_in(sink: Sink) -> None:
    integration = made("webhook", "alertmanager", {"url": sink.url, "max_alerts": 1})
    send(integration, integration.told(notification(alert(), alert(), truncatedAlerts=3)))
    body = sink.received[0].json
    assert (len(body["alerts"]), body["truncatedAlerts"]) == (1, 4)


def test_the_payload_passes_as_alertmanager_wrote_it(sink: Sink) -> None:
    said = notification(alert(newer={"a": [1.5, None]}), another="ü")
    send(made("webhook", "alertmanager", {"url": sink.url}), said)
    assert sink.received[0].json == said.payload


def test_grafana_sends_nothing_to_its_placeholder() -> None:
    integration = made("webhook", "grafana", {"url": "grafana://noop"})
    assert integration.sends_nothing()
    send(integration)  # there is no such place: an attempt would fail


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        ("plain words", "plain words"),
        ("5", 5),
        ("yes", True),
        ("", None),
        ("a: b", {"a": "b"}),
        ("[1, x]", [1, "x"]),
        ('{"a": {"b": [null]}}', {"a": {"b": [None]}}),
        ("'quoted'", "'quoted'"),
        ("- a", ["a"]),
        ("[never closed", "[never closed"),
        (".inf", ".inf"),
        ("key: 'v': w", "key: 'v': w"),
        ({"n": ["1", {"m": "two"}], "kept": 3}, {"n": [1, {"m": "two"}], "kept": 3}),
    ],
)
def test_a_drawn_text_becomes_what_alertmanager_reads_in_it(drawn: Any, wanted: Any) -> None:
    """As template.DeepCopyWithTemplate of Alertmanager 0.34 printed them."""
    found = inline(drawn)
    assert (found, type(found)) == (wanted, type(wanted))
