"""Contact points in Grafana's provisioning API: one row is one integration."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import contact_points as points
from contactpoints.admin.redaction import redacted
from contactpoints.web.asking import (
    admin,
    change,
    decrypt,
    files,
    json_body,
    provenance,
    tagged,
)
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning import blueprint
from contactpoints.web.provisioning.exports import MEDIA_TYPES, export_contact_points
from contactpoints.web.schemas.provisioning import (
    ByName,
    ContactPoint,
    ContactPointBody,
    ExportedContactPoints,
)
from contactpoints.web.schemas.shapes import Message

TAGS = ("Contact points",)
KEYS = ("uid", "name", "type", "settings", "disableResolveMessage", "provenance")


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row without its secrets, keys in Grafana's order."""
    hidden = redacted(row)
    found = {key: hidden[key] for key in KEYS if key in hidden}
    found.setdefault("disableResolveMessage", False)
    return found


@blueprint.get("/contact-points", strict_slashes=False)
@endpoint(
    VIEWER,
    "List the integrations of all contact points",
    tags=TAGS,
    query=ByName,
    answers={200: ContactPoint(many=True)},
)
def list_contact_points() -> Response:
    """Every integration of every contact point, by name and uid, without secrets."""
    view = admin().view()
    rows = view.contact_points
    if name := request.args.get("name"):
        rows = [row for row in rows if row["name"] == name]
    return tagged([shown(row) for row in points.in_order(rows)], view.number)


@blueprint.get("/contact-points/export")
@endpoint(
    VIEWER,
    "Export contact points",
    tags=TAGS,
    query=ExportedContactPoints,
    answers={200: MEDIA_TYPES},
)
def export_all_contact_points() -> Response:
    """Contact points as a file: Grafana's own formats, or any dialect."""
    return export_contact_points(request.args.get("name", ""), decrypt())


@blueprint.post("/contact-points", strict_slashes=False)
@endpoint(
    EDITOR,
    "Add an integration",
    tags=TAGS,
    body=ContactPointBody,
    answers={202: ContactPoint},
)
def create_contact_point() -> Response:
    """Add an integration to the contact point of that name, or make a new one of it."""
    body, origin = json_body(), provenance()
    row, stored = change(
        lambda document: points.create(
            document, body, origin, admin().languages.check_row, files()
        ),
        "create contact point",
        said_name(body),
    )
    return tagged(shown(row), stored.number, 202)


@blueprint.put("/contact-points/<uid>")
@endpoint(
    EDITOR,
    "Change an integration",
    tags=TAGS,
    body=ContactPointBody,
    answers={202: Message},
)
def replace_contact_point(uid: str) -> Response:
    """Change one integration. ``[REDACTED]`` keeps a secret; another name moves it, and policies
    follow when it was the last of its contact point.
    """
    body, origin = json_body(), provenance()
    _, stored = change(
        lambda document: points.replace(
            document, uid, body, origin, admin().languages.check_row, files()
        ),
        "update contact point",
        said_name(body),
    )
    return tagged({"message": "contactpoint updated"}, stored.number, 202)


@blueprint.delete("/contact-points/<uid>")
@endpoint(
    EDITOR,
    "Delete an integration",
    tags=TAGS,
    answers={202: Message},
)
def delete_contact_point(uid: str) -> Response:
    """Delete one integration; refused when it is the last one of a contact point in use."""
    _, stored = change(
        lambda document: points.remove(document, uid, files()), "delete contact point", uid
    )
    return tagged({"message": "contactpoint deleted"}, stored.number, 202)


def said_name(body: Any) -> str:
    """The name that a body says, for the audit log."""
    if not isinstance(body, dict):
        return ""
    names = (value for key, value in body.items() if key.lower() == "name")
    return next((name[:200] for name in names if isinstance(name, str)), "")
