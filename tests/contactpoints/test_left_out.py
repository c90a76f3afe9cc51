"""A message that is cut says how many alerts it leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.delivery.rendering import render_settings
from contactpoints.integrations import integrations
from contactpoints.markup import cut_html
from contactpoints.notification import check_payload
from contactpoints.setup import Setup
from contactpoints.truncation import cut, cut_bytes, fitted, size
from translators.drawing import TemplateRenderer

LIST = "{{ len .Alerts }} alerts:\n{{ range .Alerts }}- {{ .Annotations.summary }}\n{{ end }}"


def payload(alerts: int, length: int) -> dict[str, Any]:
    return {
        "version": "4",
        "receiver": "ops",
        "status": "firing",
        "groupKey": "{}:{}",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://am",
        "alerts": [
            {
                "status": "firing",
                "labels": {"n": str(number)},
                "annotations": {"summary": f"{number} " + "é" * length},
                "startsAt": "2026-11-21T10:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": f"{number:016x}",
            }
            for number in range(alerts)
        ],
    }


def drawn(alerts: int, length: int, text: str = LIST) -> str:
    """The text of a Slack message with that many alerts, which no limit has cut."""
    slack = integrations()["slack"]({"text": text}, family="alertmanager")
    renderer = TemplateRenderer(Setup("alertmanager"))
    settings, _ = render_settings(slack, check_payload(payload(alerts, length)), renderer)
    text_drawn: str = settings.text
    return text_drawn


def test_the_alerts_that_a_cut_leaves_out_are_counted() -> None:
    text = drawn(10, 100)
    short = cut(text, 500)
    assert len(short) <= 500
    told = sum(f"- {number} " in short for number in range(10))
    assert short.endswith(f"…\n({10 - told} of 10 alerts left out)")
    assert short.startswith("10 alerts:\n- 0 é")


@pytest.mark.parametrize("limit", [250, 333, 700, 1000])
def test_every_way_to_cut_counts_them(limit: int) -> None:
    text = drawn(20, 50)
    for short in (cut(text, limit), cut_html(text, limit)):
        assert len(short) <= limit
        assert " of 20 alerts left out)" in short
    assert len(cut_bytes(text, limit).encode()) <= limit
    assert " of 20 alerts left out)" in cut_bytes(text, limit)
    assert size(fitted(lambda said: {"text": said}, text, limit)) <= limit


def test_a_text_that_fits_is_left_as_it_is() -> None:
    text = drawn(2, 10)
    assert cut(text, len(text)) == text


def test_one_alert_that_is_too_long_only_gets_an_ellipsis() -> None:
    assert cut(drawn(1, 1000), 400).endswith("é…")


def test_a_line_is_no_list() -> None:
    text = drawn(5, 200, "{{ range .Alerts }}{{ .Annotations.summary }} {{ end }}")
    assert cut(text, 300).endswith("é…")
