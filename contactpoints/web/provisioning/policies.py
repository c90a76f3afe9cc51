"""The policy tree in Grafana's provisioning API."""

from __future__ import annotations

from flask import Response

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import exporting, policies
from contactpoints.web.asking import admin, change, files, flag, json_body, provenance, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning import blueprint
from contactpoints.web.provisioning.exports import (
    MEDIA_TYPES,
    asked_format,
    export_dialect,
    exported,
)
from contactpoints.web.schemas.provisioning import Exported, Route
from contactpoints.web.schemas.shapes import Message

TAGS = ("Notification policies",)


@blueprint.get("/policies", strict_slashes=False)
@endpoint(VIEWER, "Show the policy tree", tags=TAGS, answers={200: Route})
def show_policies() -> Response:
    """The notification policy tree; Grafana's default one when none is stored."""
    view = admin().view()
    return tagged(policies.shown(view.policies), view.number)


@blueprint.put("/policies", strict_slashes=False)
@endpoint(EDITOR, "Replace the policy tree", tags=TAGS, body=Route, answers={202: Message})
def replace_policies() -> Response:
    """Put another tree in place of the whole tree."""
    body, origin = json_body(), provenance()
    _, stored = change(
        lambda document: policies.replace(document, body, origin, files()), "update policies"
    )
    return tagged({"message": "policies updated"}, stored.number, 202)


@blueprint.delete("/policies", strict_slashes=False)
@endpoint(EDITOR, "Reset the policy tree", tags=TAGS, answers={202: Route})
def reset_policies() -> Response:
    """Forget the stored tree; answers the default one."""
    origin = provenance()
    default, stored = change(
        lambda document: policies.reset(document, origin, files()), "reset policies"
    )
    return tagged(default, stored.number, 202)


@blueprint.get("/policies/export")
@endpoint(VIEWER, "Export the policy tree", tags=TAGS, query=Exported, answers={200: MEDIA_TYPES})
def export_policies() -> Response:
    """The policy tree as a file."""
    view, format_ = admin().view(), asked_format()
    tree = policies.shown(view.policies)
    if format_ not in exporting.FORMATS:
        return export_dialect({"policies": tree}, format_)
    return exported(exporting.policies(tree, format_, download=flag("download")))
