"""Administration over HTTP: every endpoint by which programs manage the setup, as one blueprint."""

from __future__ import annotations

from flask import Blueprint

from contactpoints.web import provisioning

blueprint = Blueprint("administration", __name__)

for part in (provisioning,):
    blueprint.register_blueprint(part.blueprint)
