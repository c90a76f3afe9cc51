"""The pages of contact points: the list, exporting, and deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import NotFound

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import contact_points as operations
from contactpoints.admin.alertmanagers import OURS
from contactpoints.admin.provenance import is_file
from contactpoints.admin.references import use_of_contact_points
from contactpoints.admin.refusals import Refused
from contactpoints.admin.status import ContactPointStatus
from contactpoints.admin.view import View
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.storage.last_attempts import LastAttempt
from contactpoints.support import support_of
from contactpoints.web.asking import admin, change, files
from contactpoints.web.delivery_status import seen
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page, to

SHOWN = 20  # contact points on a page
SUMMARIES = ("addresses", "recipient", "chatid", "kafkaTopic", "topic", "room_id", "project")
"""The settings that say in a word where something goes; none of them is a secret."""


@blueprint.get("/contact-points")
@endpoint(VIEWER, "Contact points", tags=["Pages"])
def contact_points() -> Response:
    """Contact points, searched by name and type, with what uses them and how they deliver."""
    given = {name: request.args.get(name, "") for name in ("search", "type", "only")}
    view = admin().view()
    names = sorted(view.search(given["search"], given["type"]), key=str.casefold)
    if given["only"] == "unused":
        names = [name for name in names if not view.used_by.get(name)]
    elif given["only"] == "provisioned":
        names = [name for name in names if view.by_name[name][0].get("provenance")]
    number = request.args.get("page", "1")
    last = max(1, -(-len(names) // SHOWN))
    at = min(last, max(1, int(number))) if number.isdecimal() and len(number) < 7 else 1
    shown = names[(at - 1) * SHOWN : at * SHOWN]
    view, found = seen(shown)
    return page(
        "contact_points.html",
        points=[card(each, view) for each in found],
        alertmanagers=admin().external.all(),
        alertmanager=OURS,
        total=len(names),
        all=len(view.by_name),
        at=at,
        last=last,
        query=urlencode({name: text for name, text in given.items() if text}),
        types=sorted({str(row["type"]) for row in view.contact_points}, key=str.lower),
        given=given,
        problems=view.problems,
    )


def card(status: ContactPointStatus, view: View) -> dict[str, Any]:
    """What the list says of one contact point."""
    rows = view.by_name.get(status.name, [])
    return {
        "name": status.name,
        "used": status.used_by,
        "provenance": status.provenance,
        "is_file": bool(rows) and is_file(rows[0]),
        "integrations": [
            line(row, each.last) for row, each in zip(rows, status.integrations, strict=False)
        ],
    }


def line(row: Mapping[str, Any], last: LastAttempt | None) -> dict[str, Any]:
    """What the list says of one integration."""
    kind = str(row["type"])
    declared = by_lower_type().get(kind.lower()) or integrations().get(kind)
    said = support_of(declared) if declared else None
    settings = row.get("settings") or {}
    summary = next((str(settings[key]) for key in SUMMARIES if settings.get(key)), "")
    return {
        "label": declared.label if declared else kind,
        "summary": summary[:120],
        "deprecated": declared.notice.text if declared and declared.notice else "",
        "is_native": bool(said and said.since),
        "support": "Alertmanager" if said and said.since else "Alertmanager through this service",
        "is_quiet": bool(row.get("disableResolveMessage")),
        "last": last,
    }


@blueprint.get("/contact-points/elsewhere")
@endpoint(VIEWER, "Receivers of another Alertmanager", tags=["Pages"])
def elsewhere() -> Response:
    """What another Alertmanager has: shown, and changed where it is."""
    name = request.args.get("alertmanager", OURS)
    if name == OURS:
        return to("contact_points")
    look, problem = None, ""
    try:
        look = admin().external.look(name)
    except Refused as error:
        problem = error.message
    return page(
        "elsewhere.html",
        look=look,
        problem=problem,
        alertmanagers=admin().external.all(),
        alertmanager=name,
    )


@blueprint.get("/contact-points/delete")
@endpoint(EDITOR, "Ask before deleting", tags=["Pages"])
def ask_to_delete() -> Response:
    """Whether it is meant; or why it cannot be."""
    name = request.args.get("name", "")
    view = admin().view()
    if name not in view.by_name:
        raise NotFound(f"There is no contact point {name[:60]!r}.")
    return page(
        "delete.html",
        name=name,
        users=use_of_contact_points(view.policies).get(name, []),
        is_file=is_file(view.by_name[name][0]),
    )


@blueprint.post("/contact-points/delete")
@endpoint(EDITOR, "Delete a contact point", tags=["Pages"], answers={303: None})
def delete() -> Response:
    """Refused while a policy uses it."""
    name = request.form.get("name", "")
    of_files = files()
    change(
        lambda document: operations.remove_whole(document, name, of_files),
        "delete contact point",
        name,
    )
    return to("contact_points")


def labels(types: Sequence[str]) -> list[tuple[str, str]]:
    """Types with what people call them, in the order of that."""
    found = [(kind, by_lower_type()[kind.lower()].label) for kind in types]
    return sorted(found, key=lambda pair: pair[1].lower())
