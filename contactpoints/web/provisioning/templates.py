"""Templates in Grafana's provisioning API."""

from __future__ import annotations

from flask import Blueprint, Response, request

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import templates
from contactpoints.admin.decoding import decoded
from contactpoints.web.asking import admin, change, files, json_body, nothing, provenance, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning import blueprint
from contactpoints.web.schemas.provisioning import (
    CopyBody,
    OfVersion,
    Template,
    TemplateBody,
    Uses,
)

TAGS = ("Templates",)


@blueprint.get("/templates", strict_slashes=False)
@endpoint(VIEWER, "List templates", tags=TAGS, answers={200: Template(many=True)})
def list_templates() -> Response:
    """Every group of templates, by name."""
    view = admin().view()
    items = sorted(view.templates, key=lambda item: str(item["name"]))
    return tagged([templates.shown(item) for item in items], view.number)


@blueprint.get("/templates/<name:name>")
@endpoint(VIEWER, "Show a template", tags=TAGS, answers={200: Template})
def show_template(name: str) -> Response:
    """One group of templates."""
    view = admin().view()
    item = templates.get(view.templates, name)
    return tagged(templates.shown(item), view.number)


@blueprint.put("/templates/<name:name>")
@endpoint(
    EDITOR, "Make or replace a template", tags=TAGS, body=TemplateBody, answers={202: Template}
)
def put_template(name: str) -> Response:
    """Store a group of templates, new or in place of the one of that name."""
    body, origin = json_body(), provenance()
    row, stored = change(
        lambda document: templates.upsert(
            document, name, body, origin, admin().languages.check_template, files()
        ),
        "update template",
        name,
    )
    return tagged(templates.shown(row), stored.number, 202)


@blueprint.delete("/templates/<name:name>")
@endpoint(EDITOR, "Delete a template", tags=TAGS, query=OfVersion, answers={204: None})
def delete_template(name: str) -> Response:
    """Delete a group of templates, whether it is there or not."""
    origin, version = provenance(), request.args.get("version", "")
    _, stored = change(
        lambda document: templates.remove(document, name, origin, version, files()),
        "delete template",
        name,
    )
    return nothing(stored.number)


own = Blueprint("templates", __name__, url_prefix="/api/v1/templates")


@own.post("/<name:name>/copy")
@endpoint(EDITOR, "Copy a template", tags=TAGS, body=CopyBody, answers={201: Template})
def copy_template(name: str) -> Response:
    """Store a group of templates again under another name; the templates in it get new names."""
    body = decoded(json_body(), {"name": "text"})
    item = templates.get(admin().view().templates, name)
    new, text, origin = body.get("name", ""), str(item["template"]), provenance()
    row, stored = change(
        lambda document: templates.copy(document, name, new, text, origin, files()),
        "copied a template",
        name,
    )
    return tagged(templates.shown(row), stored.number, 201)


@own.get("/<name:name>/uses")
@endpoint(VIEWER, "Show who uses a template", tags=TAGS, answers={200: Uses})
def show_uses(name: str) -> Response:
    """The contact points whose settings call a template of the group."""
    view = admin().view()
    item = templates.get(view.templates, name)
    used = templates.use_of_templates(view.contact_points)
    defined = sorted(set(templates.defined_in(str(item["template"]))))
    points = templates.users_of(defined, used)
    return tagged({"name": name, "templates": defined, "contactPoints": points}, view.number)
