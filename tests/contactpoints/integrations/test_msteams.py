"""Microsoft Teams by connectors: message cards. What their answers mean is in test_teams."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.integrations import by_lower_type, by_receiver_key
from contactpoints.integrations.msteams import MsTeams
from contactpoints.integrations.teams import Teams
from tests.contactpoints.integrations.sending import MIXED, RESOLVED, made, notification, send
from tests.contactpoints.sinks import Sink


def connector(sink: Sink, **more: Any) -> Any:
    return made("msteams", "alertmanager", {"webhook_url": f"{sink.url}/webhookb2/t", **more})


@pytest.mark.parametrize(
    ("alerts", "color"), [(RESOLVED, "2DC72D"), (MIXED, "8C1A1A"), ((), "8C1A1A")]
)
def test_a_message_card_is_sent(sink: Sink, alerts: Any, color: str) -> None:
    send(connector(sink, title="t", summary="s", text="{{ .Status }}"), notification(*alerts))
    (got,) = sink.received
    assert (got.method, got.path) == ("POST", "/webhookb2/t")
    assert got.json == {
        "@context": "http://schema.org/extensions",
        "type": "MessageCard",
        "title": "t",
        "summary": "s",
        "text": "resolved" if color == "2DC72D" else "firing",
        "themeColor": color,
    }


def test_the_default_texts_are_alertmanagers(sink: Sink) -> None:
    send(connector(sink))
    body = sink.received[0].json
    assert body["title"] == body["summary"] == "[FIRING:1] DiskFull (db1 größe & co)"
    assert body["text"].strip().startswith("# Alerts Firing:")


def test_a_long_message_is_cut_so_that_all_of_it_fits_28_kib(sink: Sink) -> None:
    send(connector(sink, text="警" * 20_000))
    (got,) = sink.received
    assert 28_600 < len(got.body) <= 28 * 1024


def test_grafana_knows_it_under_the_name_of_the_other_one() -> None:
    for name in ("teams", "msteams", "msteamsv2"):
        assert by_lower_type()[name] is Teams
    assert by_receiver_key()["msteams_configs"] is MsTeams
    assert by_receiver_key()["msteamsv2_configs"] is Teams
