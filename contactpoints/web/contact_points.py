"""Contact points as people think of them: grouped by name, searched, tested; with who uses them,
how their deliveries go, and where each integration works.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import contact_points as points
from contactpoints.admin.decoding import BAD_REQUEST, decoded, wrong
from contactpoints.admin.references import use_of_contact_points
from contactpoints.admin.refusals import InvalidError, MissingError
from contactpoints.admin.status import ContactPointStatus, IntegrationStatus
from contactpoints.admin.testing import (
    SECONDS,
    endpoints_for,
    endpoints_of_rows,
    send_all,
    with_stored_secrets,
)
from contactpoints.admin.view import View
from contactpoints.delivery.directory import Endpoint
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.support import support_of
from contactpoints.web.answers import answer, at
from contactpoints.web.asking import admin, change, files, json_body, tagged
from contactpoints.web.delivery_status import attempt_of, seen
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning.contact_points import shown as shown_row
from contactpoints.web.receiver_tests import read_alert, read_timeout
from contactpoints.web.schemas.contact_points import (
    Grouped,
    GroupedPage,
    Search,
    TestBody,
    Tested,
)
from contactpoints.web.schemas.shapes import Message
from contactpoints.web.setups import number_of

blueprint = Blueprint("contact_points", __name__, url_prefix="/api/v1/contact-points")

TAGS = ("Contact points",)
MOST = 1000
USE = ("used", "unused")


@blueprint.get("", strict_slashes=False)
@endpoint(VIEWER, "Search contact points", tags=TAGS, query=Search, answers={200: GroupedPage})
def search() -> Response:
    """Contact points by name. ``search`` finds words in names and types, ``type`` those with an
    integration of that type, ``use`` those that policies use, or that none uses.
    """
    view = admin().view()
    use = request.args.get("use", "")
    names = sorted(view.search(request.args.get("search", ""), request.args.get("type", "")))
    if use in USE:
        names = [name for name in names if bool(view.used_by.get(name)) == (use == "used")]
    limit, offset = min(number_of("limit", 100), MOST), number_of("offset", 0)
    page = names[offset : offset + limit]
    used = use_of_contact_points(view.policies)
    view, found = seen(page)
    shown = [grouped(view, each, used) for each in found]
    return tagged(
        {"items": shown, "total": len(names), "limit": limit, "offset": offset}, view.number
    )


@blueprint.post("/test")
@endpoint(
    EDITOR,
    "Test integrations that need not be stored",
    tags=TAGS,
    body=TestBody,
    answers={200: Tested},
)
def test_unsaved() -> Response:
    """Send an alert once through the ``integrations`` given. Secrets that are left out, or
    redacted, are those of the stored integration of the same uid.
    """
    body = decoded(json_body(), {"integrations": "list", "alert": "object", "name": "text"})
    stored = {row["uid"]: row for row in admin().view().contact_points}
    rows = []
    for index, given in enumerate(body.get("integrations") or ()):
        if not isinstance(given, dict):
            raise InvalidError(
                BAD_REQUEST, errors=[wrong(f"integrations[{index}]", "must be an object")]
            )
        named = given if given.get("name") else {**given, "name": body.get("name") or "test"}
        row = points.decode(named)
        row = with_stored_secrets(row, {}, stored.get(row["uid"]))
        if problems := list(admin().languages.check_row(row)):
            raise points.invalid(problems)
        rows.append(row)
    if not rows:
        raise InvalidError(BAD_REQUEST, errors=[wrong("integrations", "must hold at least one")])
    return _sent(endpoints_of_rows(admin(), rows), body.get("alert"))


@blueprint.post("/<name:name>/test")
@endpoint(EDITOR, "Test a contact point", tags=TAGS, body=TestBody, answers={200: Tested})
def test_stored(name: str) -> Response:
    """Send an alert once through every integration of a contact point, or through the one of which
    ``uid`` is given. Without ``alert`` it is Grafana's test alert.
    """
    body = decoded(json_body(), {"alert": "object", "uid": "text"})
    view = admin().view()
    if name not in view.by_name:
        raise MissingError(f"contact point '{name}' not found", points.MISSING)
    uid = body.get("uid", "")
    found = endpoints_for(admin(), name, view.keys.get(uid, uid))
    if not found:
        raise MissingError(
            f"contact point '{name}' has no integration '{uid[:60]}'", points.MISSING
        )
    return _sent(found, body.get("alert"))


@blueprint.get("/<name:name>")
@endpoint(VIEWER, "Show a contact point", tags=TAGS, answers={200: Grouped})
def show(name: str) -> Response:
    """One contact point."""
    view, found = seen([name])
    if not found:
        raise MissingError(f"contact point '{name}' not found", points.MISSING)
    return tagged(grouped(view, found[0], use_of_contact_points(view.policies)), view.number)


@blueprint.delete("/<name:name>")
@endpoint(EDITOR, "Delete a contact point", tags=TAGS, answers={200: Message})
def delete(name: str) -> Response:
    """Delete a contact point with all its integrations; refused while a policy uses it, and the
    answer says which.
    """
    count, stored = change(
        lambda document: points.remove_whole(document, name, files()),
        "deleted a contact point",
        name,
    )
    said = {"message": f"contact point '{name}' is deleted", "integrations": count}
    return tagged(said, stored.number)


def grouped(
    view: View, status: ContactPointStatus, used: Mapping[str, list[str]]
) -> dict[str, Any]:
    """A contact point with everything that is known of it, but its secrets."""
    rows = view.by_name[status.name]
    users = used.get(status.name, [])
    return {
        "name": status.name,
        "provenance": status.provenance,
        "editable": status.provenance != "file",
        "usedBy": {"count": len(users), "policies": users},
        "version": points.version(rows),
        "integrations": [
            integration(view, row, its) for row, its in zip(rows, status.integrations, strict=True)
        ],
    }


def integration(view: View, row: dict[str, Any], status: IntegrationStatus) -> dict[str, Any]:
    """One integration of a contact point."""
    declared = by_lower_type().get(row["type"].lower()) or integrations()[row["type"]]
    support = support_of(declared)
    return {
        **shown_row(row),
        "label": support.label,
        "status": attempt_of(status),
        "support": {
            "grafana": support.grafana,
            "alertmanager": support.alertmanager,
            "since": support.since,
            "note": support.note,
        },
        "losses": list(view.losses.get(status.uid, ())),
    }


def _sent(endpoints: list[Endpoint], alert: Any) -> Response:
    told = read_alert(alert)
    seconds = read_timeout() if request.headers.get("Request-Timeout") else SECONDS
    outcomes = send_all(endpoints, told, seconds)
    results = [
        {
            "integration": each.key,
            "type": each.integration.type,
            "status": "failed" if outcome.error else "ok",
            "duration": round(outcome.duration, 3),
            "startedAt": at(outcome.started),
            **(
                {"error": str(outcome.error), "reason": outcome.error.reason}
                if outcome.error
                else {}
            ),
            "notes": list(outcome.notes),
        }
        for each, outcome in zip(endpoints, outcomes, strict=True)
    ]
    return answer(
        {
            "status": "failed" if any(each.error for each in outcomes) else "ok",
            "alert": {"labels": dict(told.labels), "annotations": dict(told.annotations)},
            "results": results,
        }
    )
