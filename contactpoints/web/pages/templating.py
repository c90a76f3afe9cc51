"""The pages of notification templates: list, edit with a preview, copy, delete."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request
from werkzeug.exceptions import NotFound

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import templates as operations
from contactpoints.admin.languages import Rendering
from contactpoints.admin.provenance import NONE, is_file
from contactpoints.admin.refusals import ConflictError, Refused
from contactpoints.admin.testing import Alert, body_of
from contactpoints.spelling import Family
from contactpoints.storage.history import recent_payloads
from contactpoints.web import service
from contactpoints.web.asking import admin, change, files
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page, to

RECENT = 10  # real notifications that a preview can be drawn with
MOMENT = 1_767_225_600.0  # 2026-01-01: an example's time; a preview stays the same
EXAMPLE = "example"
NEW = '{{ define "my.title" }}\n{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}\n{{ end }}\n'


@blueprint.get("/templates")
@endpoint(VIEWER, "Templates", tags=["Pages"])
def templates() -> Response:
    """Groups of notification templates, what they define, and who uses that."""
    view = admin().view()
    used = operations.use_of_templates(view.contact_points)
    groups = []
    for item in sorted(view.templates, key=lambda item: str(item["name"]).casefold()):
        defined = list(dict.fromkeys(operations.defined_in(str(item.get("template") or ""))))
        users = operations.users_of(defined, used)
        groups.append({"item": item, "defines": defined, "users": users, "is_file": is_file(item)})
    return page("templates.html", groups=groups)


@blueprint.get("/templates/edit")
@endpoint(VIEWER, "The form of a template group", tags=["Pages"])
def edit_template() -> Response:
    """Empty, or with what is stored (``name``)."""
    name = request.args.get("name", "")
    item = of(name) if name else None
    why = ""
    if item is not None and is_file(item):
        why = "It is provisioned by a configuration file, and is changed there."
    elif item is not None and item.get("provenance"):
        why = "It is provisioned through the API, and is changed by whatever made it."
    text = str(item.get("template") or "") if item else NEW
    version = operations.version(item) if item else ""
    return form(name, text, name, version, why=why)


def of(name: str) -> dict[str, Any]:
    """The group called ``name``. :raises NotFound: when there is none."""
    found = operations.find(admin().view().templates, name)
    if found is None:
        raise NotFound(f"There is no template group {name[:60]!r}.")
    return dict(found)


def form(
    name: str, text: str, was: str, version: str, *, why: str = "", error: Refused | None = None
) -> Response:
    """The page with the form."""
    problems = [] if error is None else error.problems
    return page(
        "template.html",
        error.status if error else 200,
        name=name,
        text=text,
        was=was,
        version=version,
        why=why,
        problems=[{"label": "", "id": "", "message": each["message"]} for each in problems],
        recent=recent(),
    )


def recent() -> list[dict[str, Any]]:
    """Notifications that really came, to draw a preview with."""
    with service().database.reading() as connection:
        rows = recent_payloads(connection, RECENT)
    names = ("id", "received_at", "status", "group")
    return [dict(zip(names, row[:4], strict=True)) for row in rows]


@blueprint.post("/templates/edit")
@endpoint(EDITOR, "Save a template group", tags=["Pages"], answers={303: None})
def save_template() -> Response:
    """Under its name; a group of another name is a new one."""
    given = {key: request.form.get(key, "") for key in ("name", "was", "version", "template")}
    name, text = given["name"].strip(), given["template"].replace("\r\n", "\n")
    body = {"template": text, "version": given["version"] if name == given["was"] else ""}
    check, of_files = admin().languages.check_template, files()

    def edit(document: dict[str, Any]) -> None:
        if name != given["was"] and operations.find(document.get("templates") or (), name):
            raise ConflictError(f"there is a template group '{name}' already")
        operations.upsert(document, name, body, NONE, check, of_files)

    try:
        change(edit, "change template" if given["was"] == name else "add template", name)
    except Refused as error:
        return form(given["name"], text, given["was"], given["version"], error=error)
    return to("templates")


@blueprint.post("/templates/preview")
@endpoint(VIEWER, "Draw a template group", tags=["Pages"])
def preview() -> Response:
    """Every template of the group, drawn with an example or with a notification that came; what is
    wrong, at its place; and the Jinja2 that it becomes.
    """
    name = request.form.get("name", "") or "preview"
    text = request.form.get("template", "").replace("\r\n", "\n")[:200_000]
    is_upstream = request.form.get("family") == "alertmanager"
    family: Family = "alertmanager" if is_upstream else "grafana"
    others = {
        str(item["name"]): str(item.get("template") or "")
        for item in admin().view().templates
        if item["name"] not in (name, request.form.get("was", ""))
    }
    wrapped = operations.wrapped(name, text) if text.strip() else text
    languages = admin().languages
    payload = payload_of(request.form.get("with", EXAMPLE), request.form.get("status", "firing"))
    drawn: list[Rendering] = languages.render(wrapped, name, others, payload, family=family)
    code = (
        "" if any(each.is_invalid for each in drawn) else languages.compiled(wrapped, name, family)
    )
    return page("_preview.html", drawn=drawn, code=code)


def payload_of(which: str, status: str) -> dict[str, Any]:
    """The payload to draw with: of a notification by its number, or the example's."""
    if which.isdecimal() and len(which) < 19:
        with service().database.reading() as connection:
            rows = recent_payloads(connection, 1, number=int(which))
        if rows:
            return dict(json.loads(rows[0][4]))
    alert = Alert.of({"severity": "critical"}, {"description": "An example of an alert"})
    return dict(json.loads(body_of(alert, "example", MOMENT, resolved=status == "resolved")))


@blueprint.post("/templates/copy")
@endpoint(EDITOR, "Copy a template group", tags=["Pages"], answers={303: None})
def copy_template() -> Response:
    """Under a free name; templates in it get new names as well."""
    name = request.form.get("name", "")
    text = str(of(name).get("template") or "")
    taken = {item["name"] for item in admin().view().templates}
    new = next(
        each
        for each in (f"{name} copy", *(f"{name} copy {number}" for number in range(2, 1000)))
        if each not in taken
    )
    of_files = files()
    change(
        lambda document: operations.copy(document, name, new, text, NONE, of_files),
        "copy template",
        name,
    )
    return to("edit_template", name=new)


@blueprint.post("/templates/delete")
@endpoint(EDITOR, "Delete a template group", tags=["Pages"], answers={303: None})
def delete_template() -> Response:
    """Refused while a contact point uses what it defines."""
    name = request.form.get("name", "")
    used = operations.use_of_templates(admin().view().contact_points)
    defined = operations.defined_in(str(of(name).get("template") or ""))
    users = operations.users_of(defined, used)
    if users:
        raise ConflictError(f"template group '{name}' is used by {', '.join(users[:10])}")
    of_files = files()
    change(
        lambda document: operations.remove(document, name, NONE, "", of_files),
        "delete template",
        name,
    )
    return to("templates")
