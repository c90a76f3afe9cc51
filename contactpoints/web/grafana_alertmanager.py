"""Grafana's older API of its own Alertmanager: the whole configuration, its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import older
from contactpoints.web.answers import answer, at
from contactpoints.web.asking import admin, change, files, json_body, tagged
from contactpoints.web.delivery_status import receivers_with_status
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanager import Configuration, Status
from contactpoints.web.schemas.shapes import Message
from contactpoints.web.setups import restore_version

blueprint = Blueprint("grafana_alertmanager", __name__, url_prefix="/api/alertmanager/grafana")

TAGS = ("Grafana's Alertmanager",)
CONFIG = "/config/api/v1/alerts"
WARNING = '299 - "This endpoint is deprecated: use /api/v1/provisioning"'
MOST = 100  # versions of one answer


@blueprint.get(CONFIG)
@endpoint(
    VIEWER, "Show the whole configuration", tags=TAGS, answers={200: Configuration}, deprecated=True
)
def show_configuration() -> Response:
    """Everything in one document; secrets are only said to be there."""
    view = admin().view()
    found = tagged(older.shown(view, view.inhibit_rules), view.number)
    found.headers["Warning"] = WARNING
    return found


@blueprint.post(CONFIG)
@endpoint(
    EDITOR,
    "Replace the whole configuration",
    tags=TAGS,
    body=Configuration,
    answers={202: Message},
    deprecated=True,
)
def replace_configuration() -> Response:
    """Let everything be as the document says; secrets that it leaves out are kept."""
    body = json_body()
    _, stored = change(
        lambda document: older.replace(document, body, admin().languages, files()),
        "replaced the whole configuration",
    )
    return tagged({"message": "configuration created"}, stored.number, 202)


@blueprint.delete(CONFIG)
@endpoint(
    EDITOR, "Delete the whole configuration", tags=TAGS, answers={202: Message}, deprecated=True
)
def delete_configuration() -> Response:
    """Forget everything that is stored; what configuration files say stays."""

    def edit(document: dict[str, Any]) -> None:
        for part in ("contactPoints", "policies", "muteTimings", "templates", "inhibitRules"):
            document.pop(part, None)
        document.pop("imports", None)
        document.pop("fallbacks", None)

    _, stored = change(edit, "deleted the whole configuration")
    said = {"message": "configuration deleted; the default is applied"}
    return tagged(said, stored.number, 202)


@blueprint.get("/config/history")
@endpoint(
    VIEWER,
    "List earlier configurations",
    tags=TAGS,
    answers={200: "the configurations, the latest first"},
)
def list_history() -> Response:
    """Earlier configurations, the latest first, as they were."""
    said = request.args.get("limit", "10")
    if not (said.isascii() and said.isdigit()):
        raise BadRequest("limit must be a number")
    limit = min(int(said[:6]) or MOST, MOST)
    found = []
    keeper = admin().keeper
    for version in keeper.history(limit):
        document = keeper.version(version.number).document
        shown = older.shown(_Documented(document), document.get("inhibitRules") or [])
        found.append({"id": version.number, **shown, "last_applied": at(version.made_at)})
    return answer(found)


class _Documented:
    """A stored document with the parts of a view."""

    def __init__(self, document: Any) -> None:
        self.contact_points: list[dict[str, Any]] = document.get("contactPoints") or []
        self.policies: dict[str, Any] | None = document.get("policies")
        self.mute_timings: list[dict[str, Any]] = document.get("muteTimings") or []
        self.templates: list[dict[str, Any]] = document.get("templates") or []


@blueprint.post("/config/history/<int:number>/_activate")
@endpoint(EDITOR, "Restore an earlier configuration", tags=TAGS, answers={202: Message})
def activate(number: int) -> Response:
    """Let an earlier configuration be the newest."""
    stored = restore_version(number)
    return tagged({"message": "configuration activated"}, stored.number, 202)


@blueprint.get("/config/api/v1/receivers")
@endpoint(VIEWER, "Show the state of deliveries", tags=TAGS, answers={200: Status(many=True)})
def statuses() -> Response:
    """Every contact point with the last attempt of each of its integrations."""
    return answer(receivers_with_status())
