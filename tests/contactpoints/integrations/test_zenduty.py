"""Zenduty: a form of the webhook."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.integrations import by_lower_type, by_receiver_key, integrations
from contactpoints.integrations.webhook import Webhook
from contactpoints.integrations.zenduty import Zenduty
from tests.contactpoints.integrations.sending import made

URL = "https://events.zenduty.com/integration/acme/grafana/key/"


def test_it_is_listed_by_its_own_name_and_label_but_written_as_a_webhook() -> None:
    found = integrations()["zenduty"]
    assert (found.type, found.label, found.form_of) == ("webhook", "Zenduty", Webhook)
    assert found.fields == Webhook.fields


def test_dialects_know_the_webhook_only() -> None:
    assert "zenduty" not in by_lower_type()
    assert by_lower_type()["webhook"] is by_receiver_key()["webhook_configs"] is Webhook


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (URL, Zenduty),
        ("https://zenduty.com/x", Zenduty),
        ("https://notzenduty.com/x", Webhook),
        ("https://example.com/zenduty.com", Webhook),
        ("https://[broken", Webhook),
    ],
)
def test_it_is_known_by_its_address(url: str, kind: type) -> None:
    assert type(made("webhook", "grafana", {"url": url})) is kind


@pytest.mark.parametrize("settings", [{"url": URL}, {"url": URL, "httpMethod": "PUT"}])
def test_it_is_read_and_written_unchanged(settings: dict[str, Any]) -> None:
    assert made("webhook", "grafana", settings).write("grafana") == settings
