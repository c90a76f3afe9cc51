"""Zenduty, by a webhook to an address that it gives out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from contactpoints.integrations.webhook import Webhook

DOMAIN = "zenduty.com"


class Zenduty(Webhook):
    """An incident in Zenduty: a webhook to the address of an integration there.
    https://zenduty.com/docs/grafana-integration/
    """

    label = "Zenduty"

    @classmethod
    def recognises(cls, values: Mapping[str, Any]) -> bool:
        url = values.get("url")
        try:
            host = urlsplit(url).hostname if isinstance(url, str) else ""
        except ValueError:
            return False
        return f".{host}".endswith(f".{DOMAIN}")
