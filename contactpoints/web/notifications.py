"""Grafana's read-only lists of receivers and time intervals, ``/api/v1/notifications/…``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from contactpoints.access.roles import VIEWER
from contactpoints.admin import mute_timings, older
from contactpoints.admin.contact_points import MISSING
from contactpoints.admin.refusals import MissingError
from contactpoints.web.asking import admin, decrypt, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanager import GrafanaReceiver, ReceiversWanted
from contactpoints.web.schemas.provisioning import MuteTiming
from contactpoints.web.setups import number_of

blueprint = Blueprint("notifications", __name__, url_prefix="/api/v1/notifications")

TAGS = ("Grafana's Alertmanager",)


@blueprint.get("/receivers")
@endpoint(
    VIEWER,
    "List receivers",
    tags=TAGS,
    query=ReceiversWanted,
    answers={200: GrafanaReceiver(many=True)},
)
def list_receivers() -> Response:
    """Contact points with their integrations, or those that ``names`` names."""
    view, with_secrets = admin().view(), decrypt()
    wanted = request.args.getlist("names")
    names = sorted(name for name in view.by_name if not wanted or name in wanted)
    offset, limit = number_of("offset", 0), number_of("limit", 0)
    names = names[offset : offset + limit] if limit else names[offset:]
    found = [older.receiver(name, view.by_name[name], decrypt=with_secrets) for name in names]
    return tagged(found, view.number)


@blueprint.get("/receivers/<name:name>")
@endpoint(
    VIEWER, "Show a receiver", tags=TAGS, query=ReceiversWanted, answers={200: GrafanaReceiver}
)
def show_receiver(name: str) -> Response:
    """One contact point with its integrations."""
    view, with_secrets = admin().view(), decrypt()
    if name not in view.by_name:
        raise MissingError(f"receiver '{name}' not found", MISSING)
    return tagged(older.receiver(name, view.by_name[name], decrypt=with_secrets), view.number)


@blueprint.get("/time-intervals")
@endpoint(VIEWER, "List time intervals", tags=TAGS, answers={200: MuteTiming(many=True)})
def list_time_intervals() -> Response:
    """Mute timings under their newer name."""
    view = admin().view()
    items: list[dict[str, Any]] = sorted(view.mute_timings, key=lambda item: str(item["name"]))
    return tagged([mute_timings.shown(item) for item in items], view.number)


@blueprint.get("/time-intervals/<name:name>")
@endpoint(VIEWER, "Show a time interval", tags=TAGS, answers={200: MuteTiming})
def show_time_interval(name: str) -> Response:
    """One mute timing under its newer name."""
    view = admin().view()
    return tagged(mute_timings.shown(mute_timings.find(view.mute_timings, name)), view.number)
