"""What Grafana's clients ask of a Grafana beside its alerting: who it is, and empty lists."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, request

from contactpoints.access.roles import ADMIN, EDITOR, PUBLIC, VIEWER, Role
from contactpoints.admin.controls import Control, controls_of
from contactpoints.admin.refusals import InvalidError
from contactpoints.integrations import by_lower_type
from contactpoints.storage.audits import Entry, record
from contactpoints.web import service
from contactpoints.web.answers import answer
from contactpoints.web.asking import admin
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import actor, who
from contactpoints.web.schemas.grafana import (
    Build,
    GrafanaHealth,
    Organisation,
    OrganisationOfUser,
    PageOfOrganisations,
    Plugin,
    User,
)
from contactpoints.web.schemas.shapes import Message

blueprint = Blueprint("grafana", __name__)

TAGS = ("Grafana's neighbours",)
VERSION = "12.3.0"
"""The Grafana whose API this is: clients look at it to know what they may ask."""

ORG, NAME = 1, "Main Org."
ROLES = {VIEWER: "Viewer", EDITOR: "Editor", ADMIN: "Admin"}
ELEMENTS = {
    "line": "input",
    "text": "textarea",
    "secret": "input",
    "flag": "checkbox",
    "choice": "select",
    "number": "input",
    "lines": "string_array",
    "map": "key_value_map",
    "tree": "textarea",
    "group": "subform",
}
LISTS = ("/api/auth/keys", "/api/search", "/api/search/", "/api/datasources")
RULES = "/api/v1/provisioning/alert-rules"


@blueprint.get("/api/health")
@endpoint(PUBLIC, "Say which Grafana's API this is", tags=TAGS, answers={200: GrafanaHealth})
def grafana_health() -> Response:
    """That it is well, and the version of Grafana whose API it speaks."""
    return answer({"commit": "", "database": "ok", "version": VERSION})


@blueprint.get("/api/frontend/settings")
@endpoint(VIEWER, "Show the build", tags=TAGS, answers={200: Build})
def frontend_settings() -> Response:
    """The version, where Grafana's clients look for it."""
    build = {"version": VERSION, "commit": "", "edition": "Open Source", "env": "production"}
    return answer({"buildInfo": build, "defaultDatasource": "", "datasources": {}})


@blueprint.get("/api/org")
@blueprint.get("/api/orgs/<int:number>")
@endpoint(VIEWER, "Show the organisation", tags=TAGS, answers={200: Organisation})
def organisation(number: int = ORG) -> Response:
    """The only organisation there is."""
    return answer({"id": ORG, "name": NAME})


@blueprint.get("/api/orgs")
@endpoint(
    VIEWER,
    "List the organisations",
    tags=TAGS,
    query=PageOfOrganisations,
    answers={200: Organisation(many=True)},
)
def all_organisations() -> Response:
    """The only organisation; pages are counted from 0, and those behind the first are empty."""
    is_first = request.args.get("page", "0").strip() in ("", "0")
    return answer([{"id": ORG, "name": NAME}] if is_first else [])


@blueprint.get("/api/user")
@endpoint(VIEWER, "Show who asks", tags=TAGS, answers={200: User})
def user() -> Response:
    """Who asks, as Grafana says it."""
    identity = who()
    return answer(
        {
            "id": 1,
            "login": identity.name,
            "name": identity.name,
            "email": "",
            "orgId": ORG,
            "isGrafanaAdmin": identity.may(ADMIN),
        }
    )


@blueprint.get("/api/user/orgs")
@endpoint(
    VIEWER,
    "List the organisations of who asks",
    tags=TAGS,
    answers={200: OrganisationOfUser(many=True)},
)
def organisations() -> Response:
    """The only organisation, with the role of who asks."""
    return answer([{"orgId": ORG, "name": NAME, "role": _role(who().role)}])


@blueprint.post("/api/user/using/<int:number>")
@endpoint(VIEWER, "Choose an organisation", tags=TAGS, answers={200: Message})
def use_organisation(number: int) -> Response:
    """Nothing changes: there is one organisation. Ansible's modules ask for it."""
    return answer({"message": "Active organization changed"})


def _empty() -> Response:
    return answer([])


for number, path in enumerate((*LISTS, RULES)):
    blueprint.add_url_rule(
        path,
        f"empty_{number}",
        endpoint(
            VIEWER,
            f"List what Grafana has at {path.rstrip('/').rpartition('/')[2]}: nothing",
            tags=TAGS,
            answers={200: "an empty list"},
        )(lambda: _empty()),
    )


@blueprint.get("/api/access-control/user/permissions")
@endpoint(VIEWER, "List permissions", tags=TAGS, answers={200: "the permissions, by name"})
def permissions() -> Response:
    """What who asks may do, in the words of Grafana's access control."""
    granted = ["alert.provisioning:read", "alert.notifications:read"]
    if who().may(EDITOR):
        granted += ["alert.provisioning:write", "alert.notifications:write"]
    if who().may(ADMIN):
        granted += ["alert.provisioning.secrets:read", "provisioning:reload"]
    return answer({name: ["*"] for name in granted})


@blueprint.post("/api/admin/provisioning/alerting/reload")
@endpoint(
    ADMIN,
    "Read the configuration files again",
    tags=("Service",),
    answers={202: Message, 400: "what is wrong with the files; nothing changes"},
)
def reload() -> Response:
    """Read all configuration files again, in every process. When anything is wrong in one of them
    nothing changes, and the answer says everything that is wrong.
    """
    try:
        admin().reload()
    except Exception as error:
        raise _refused(error) from None
    by = actor()
    entry = Entry(time.time(), by.name, by.role, by.address, "reloaded the configuration files")
    service().writer.submit(record, entry)
    return answer({"message": "Alerting config reloaded"}, 202)


def _refused(error: Exception) -> InvalidError:
    problems = getattr(error, "problems", None) or ()
    errors = []
    for each in problems:
        place = f"line {each.line}: " if each.line else ""
        errors.append({"path": ".".join(map(str, each.path)), "message": place + each.message})
    lines = str(error).splitlines() or [type(error).__name__]
    return InvalidError(
        f"the files are not valid, and nothing has changed: {lines[0]}",
        "alerting.provisioning.reloadFailed",
        errors,
    )


@blueprint.get("/api/alert-notifiers")
@endpoint(
    VIEWER,
    "List the types of integrations with their settings",
    tags=("Integrations",),
    answers={200: Plugin(many=True)},
)
def alert_notifiers() -> Response:
    """Every type of integration with its settings, as forms need to know them. ``version=2`` puts
    them under the version of the schema, as newer clients want.
    """
    found = [_plugin(type_) for type_ in sorted({each.type for each in by_lower_type().values()})]
    if request.args.get("version") == "2":
        found = [_versioned(each) for each in found]
    return answer(found)


def _plugin(type_: str) -> dict[str, Any]:
    declared = by_lower_type()[type_.lower()]
    said = " ".join((declared.__doc__ or "").partition("http")[0].split())
    return {
        "type": declared.type,
        "name": declared.label,
        "heading": f"{declared.label} settings",
        "description": said,
        "info": declared.notice.text if declared.notice else "",
        "options": [_option(each) for each in controls_of(declared.type)],
    }


def _versioned(plugin: dict[str, Any]) -> dict[str, Any]:
    version = {"version": "v1", "canCreate": True, "options": plugin.pop("options")}
    return {**plugin, "currentVersion": "v1", "versions": [version]}


def _option(control: Control) -> dict[str, Any]:
    return {
        "element": ELEMENTS[control.kind],
        "inputType": "password" if control.kind == "secret" else "text",
        "label": control.label,
        "description": control.help,
        "placeholder": "" if control.default is None else str(control.default),
        "propertyName": control.key,
        "selectOptions": [{"value": each, "label": each} for each in control.choices] or None,
        "showWhen": {"field": "", "is": ""},
        "required": control.is_required,
        "validationRule": "",
        "secure": control.kind == "secret",
        "dependsOn": "",
        "subformOptions": [_option(each) for each in control.parts] or None,
    }


def _role(role: Role) -> str:
    return ROLES.get(role, "None")
