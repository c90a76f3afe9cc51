"""The page of other Alertmanagers: added by their address, and looked at no more."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.roles import ADMIN
from contactpoints.admin.alertmanagers import OURS
from contactpoints.admin.refusals import Refused
from contactpoints.web.asking import admin, change
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page, to

LABELS = {"name": "Name", "url": "Address", "username": "User", "password": "Password"}


@blueprint.get("/contact-points/alertmanagers")
@endpoint(ADMIN, "Other Alertmanagers", tags=["Pages"])
def alertmanagers() -> Response:
    """Those there are, and a form for another one."""
    return listed({})


@blueprint.post("/contact-points/alertmanagers")
@endpoint(ADMIN, "Add an Alertmanager", tags=["Pages"], answers={303: None})
def add_alertmanager() -> Response:
    """Then its receivers are shown, or why they cannot be."""
    given = {key: request.form.get(key, "") for key in LABELS}
    entry = {key: text if key == "password" else text.strip() for key, text in given.items()}
    name = entry["name"]
    try:
        change(
            lambda document: admin().external.put(document, entry),
            "added an Alertmanager",
            name[:200],
        )
    except Refused as error:
        return listed(given, error)
    return to("elsewhere", alertmanager=name)


@blueprint.post("/contact-points/alertmanagers/delete")
@endpoint(ADMIN, "Remove an Alertmanager", tags=["Pages"], answers={303: None})
def remove_alertmanager() -> Response:
    """Look at it no more; it stays as it is."""
    name = request.form.get("name", "")
    change(
        lambda document: admin().external.remove(document, name),
        "removed an Alertmanager",
        name[:200],
    )
    return to("alertmanagers")


def listed(given: dict[str, str], error: Refused | None = None) -> Response:
    """The page; what was typed stays in the form, but for the password."""
    wrong = [] if error is None else error.problems
    problems = [
        {
            "label": LABELS.get(each["path"], ""),
            "id": f"f-{each['path']}" if each["path"] in LABELS else "",
            "message": each["message"],
        }
        for each in wrong
    ]
    others = [each for each in admin().external.all() if each.name != OURS]
    return page(
        "alertmanagers.html",
        error.status if error else 200,
        others=others,
        given=given,
        problems=problems,
    )
