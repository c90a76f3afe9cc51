"""The name under which messages are signed, where Grafana signs them with its own."""

from __future__ import annotations

from importlib.metadata import version

SIGNATURE = f"contactpoints v{version('contactpoints')}"
ICON = "https://grafana.com/static/assets/img/fav32.png"  # what Grafana shows beside its name
