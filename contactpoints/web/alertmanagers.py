"""Alertmanagers: our own, and others whose receivers are shown and never changed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from contactpoints.access.roles import ADMIN, VIEWER
from contactpoints.admin.alertmanagers import OURS, PART, SECRETS
from contactpoints.admin.decoding import without_nulls
from contactpoints.admin.external import Look
from contactpoints.admin.redaction import REDACTED
from contactpoints.admin.refusals import InvalidError, MissingError
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.support import support_of
from contactpoints.web.answers import answer
from contactpoints.web.asking import admin, change, json_body, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanagers import (
    Alertmanager,
    AlertmanagerBody,
    AlertmanagerFiles,
    Looked,
)

blueprint = Blueprint("alertmanagers", __name__, url_prefix="/api/v1/alertmanagers")

TAGS = ("Alertmanagers",)


@blueprint.get("", strict_slashes=False)
@endpoint(VIEWER, "List Alertmanagers", tags=TAGS, answers={200: Alertmanager(many=True)})
def list_alertmanagers() -> Response:
    """Our own first, called ``grafana``, then the others by name."""
    view = admin().view()
    return tagged([shown(each.name) for each in admin().external.all()], view.number)


@blueprint.get("/files")
@endpoint(
    ADMIN,
    "List the files that an Alertmanager may be read from",
    tags=TAGS,
    answers={200: AlertmanagerFiles},
)
def list_files() -> Response:
    """The configuration files that the environment names."""
    return answer({"files": admin().external.files()})


@blueprint.post("", strict_slashes=False)
@endpoint(
    ADMIN, "Add an Alertmanager", tags=TAGS, body=AlertmanagerBody, answers={201: Alertmanager}
)
def add_alertmanager() -> Response:
    """Add another Alertmanager, by its address or by its configuration file."""
    entry = entry_of(json_body())
    _, stored = change(
        lambda document: admin().external.put(document, entry),
        "added an Alertmanager",
        str(entry.get("name", ""))[:200],
    )
    return tagged(shown(str(entry["name"])), stored.number, 201)


@blueprint.get("/<name:name>/receivers")
@endpoint(
    VIEWER,
    "Show the receivers of an Alertmanager",
    tags=TAGS,
    answers={200: Looked, 502: "it does not answer"},
)
def show_receivers(name: str) -> Response:
    """The receivers with their integrations, and whether each works with Grafana and with
    Alertmanager. Nothing secret is among it.
    """
    look = ours() if name == OURS else admin().external.look(name)
    return answer(
        {
            "name": name,
            "receivers": look.receivers,
            "problems": look.problems,
            "version": look.version,
            "cluster": look.cluster,
        }
    )


@blueprint.get("/<name:name>")
@endpoint(VIEWER, "Show an Alertmanager", tags=TAGS, answers={200: Alertmanager})
def show_alertmanager(name: str) -> Response:
    """Where an Alertmanager is; secrets are hidden."""
    return tagged(shown(name), admin().view().number)


@blueprint.put("/<name:name>")
@endpoint(
    ADMIN, "Change an Alertmanager", tags=TAGS, body=AlertmanagerBody, answers={200: Alertmanager}
)
def change_alertmanager(name: str) -> Response:
    """Change where an Alertmanager is. ``[REDACTED]`` keeps a secret of the same address."""
    entry = {"name": name, **entry_of(json_body())}
    _, stored = change(
        lambda document: admin().external.put(document, entry, name),
        "changed an Alertmanager",
        name,
    )
    return tagged(shown(str(entry["name"])), stored.number)


@blueprint.delete("/<name:name>")
@endpoint(ADMIN, "Remove an Alertmanager", tags=TAGS, answers={204: None})
def remove_alertmanager(name: str) -> Response:
    """Look at it no more."""
    change(
        lambda document: admin().external.remove(document, name), "removed an Alertmanager", name
    )
    return Response(status=204)


def entry_of(body: Any) -> dict[str, Any]:
    """The Alertmanager of a body. :raises InvalidError: when it is no object."""
    if not isinstance(body, dict):
        raise InvalidError("bad request data")
    found: dict[str, Any] = without_nulls(body)
    return found


def shown(name: str) -> dict[str, Any]:
    """An Alertmanager as it is shown. :raises MissingError: when there is none."""
    if name == OURS:
        return {"name": OURS, "kind": OURS}
    for each in admin().keeper.current().document.get(PART) or ():
        if each["name"] == name:
            kind = "url" if each.get("url") else "file"
            hidden = {key: REDACTED for key in SECRETS if each.get(key)}
            return {**each, **hidden, "kind": kind}
    raise MissingError(f"there is no Alertmanager {name!r}")


def ours() -> Look:
    """Our own contact points, as a look at them shows them."""
    receivers = []
    for name, rows in admin().view().by_name.items():
        found = []
        for row in rows:
            support = support_of(
                by_lower_type().get(row["type"].lower()) or integrations()[row["type"]]
            )
            found.append(
                {
                    "type": row["type"],
                    "label": support.label,
                    "summary": "",
                    "sendResolved": not row.get("disableResolveMessage"),
                    "grafana": support.grafana,
                    "alertmanager": support.alertmanager,
                    "since": support.since,
                    "note": support.note,
                }
            )
        receivers.append({"name": name, "integrations": found})
    return Look(receivers, list(admin().view().problems))
