"""Administration over HTTP: every endpoint by which programs manage the setup, as one blueprint."""

from __future__ import annotations

from flask import Blueprint

from contactpoints.web import (
    alertmanager,
    alertmanagers,
    applying,
    contact_points,
    convert,
    grafana,
    grafana_alertmanager,
    notifications,
    provisioning,
    receiver_tests,
    setups,
    template_tests,
)
from contactpoints.web.provisioning import templates

blueprint = Blueprint("administration", __name__)

for part in (
    provisioning.blueprint,
    templates.own,
    contact_points.blueprint,
    setups.blueprint,
    applying.blueprint,
    alertmanagers.blueprint,
    alertmanager.blueprint,
    grafana.blueprint,
    grafana_alertmanager.blueprint,
    receiver_tests.blueprint,
    template_tests.blueprint,
    notifications.blueprint,
    convert.blueprint,
):
    blueprint.register_blueprint(part)
