"""Grafana's provisioning API: contact points, policies, templates and mute timings.

https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("provisioning", __name__, url_prefix="/api/v1/provisioning")

from contactpoints.web.provisioning import (  # noqa: E402, F401 - they put their views on it
    contact_points,
    mute_timings,
    policies,
    templates,
)
