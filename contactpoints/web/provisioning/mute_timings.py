"""Mute timings in Grafana's provisioning API."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import exporting, mute_timings
from contactpoints.admin.refusals import MissingError
from contactpoints.web.asking import (
    admin,
    change,
    files,
    flag,
    json_body,
    nothing,
    provenance,
    tagged,
)
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning import blueprint
from contactpoints.web.provisioning.contact_points import said_name
from contactpoints.web.provisioning.exports import (
    MEDIA_TYPES,
    asked_format,
    export_dialect,
    exported,
)
from contactpoints.web.schemas.provisioning import Exported, MuteTiming, MuteTimingBody, OfVersion

TAGS = ("Mute timings",)
EXPORT = "/export"


@blueprint.get("/mute-timings", strict_slashes=False)
@endpoint(VIEWER, "List mute timings", tags=TAGS, answers={200: MuteTiming(many=True)})
def list_mute_timings() -> Response:
    """Every mute timing, by name."""
    view = admin().view()
    items = sorted(view.mute_timings, key=lambda item: str(item["name"]))
    return tagged([mute_timings.shown(item) for item in items], view.number)


@blueprint.get("/mute-timings/export")
@endpoint(VIEWER, "Export mute timings", tags=TAGS, query=Exported, answers={200: MEDIA_TYPES})
def export_mute_timings() -> Response:
    """All mute timings as a file."""
    return _export(list(admin().view().mute_timings))


@blueprint.get("/mute-timings/<name:name>")
@endpoint(
    VIEWER, "Show or export a mute timing", tags=TAGS, query=Exported, answers={200: MuteTiming}
)
def show_mute_timing(name: str) -> Response:
    """One mute timing; with ``/export`` behind its name, as a file."""
    view = admin().view()
    known = {item["name"]: item for item in view.mute_timings}
    if name not in known and name.endswith(EXPORT):
        name = name.removesuffix(EXPORT)
        if name not in known:
            raise MissingError(
                f"Time interval '{name}' not found", mute_timings.PREFIX + "notFound"
            )
        return _export([known[name]])
    item = mute_timings.find(view.mute_timings, name)
    return tagged(mute_timings.shown(item), view.number)


@blueprint.post("/mute-timings", strict_slashes=False)
@endpoint(EDITOR, "Make a mute timing", tags=TAGS, body=MuteTimingBody, answers={201: MuteTiming})
def create_mute_timing() -> Response:
    """Make a mute timing of a new name."""
    body, origin = json_body(), provenance()
    item, stored = change(
        lambda document: mute_timings.create(
            document, body, origin, admin().languages.check_mute_timing, files()
        ),
        "create mute timing",
        said_name(body),
    )
    return tagged(mute_timings.shown(item), stored.number, 201)


@blueprint.put("/mute-timings/<name:name>")
@endpoint(EDITOR, "Change a mute timing", tags=TAGS, body=MuteTimingBody, answers={202: MuteTiming})
def replace_mute_timing(name: str) -> Response:
    """Change a mute timing. With another name in the body, policies follow."""
    body, origin = json_body(), provenance()
    item, stored = change(
        lambda document: mute_timings.replace(
            document, name, body, origin, admin().languages.check_mute_timing, files()
        ),
        "update mute timing",
        name,
    )
    return tagged(mute_timings.shown(item), stored.number, 202)


@blueprint.delete("/mute-timings/<name:name>")
@endpoint(EDITOR, "Delete a mute timing", tags=TAGS, query=OfVersion, answers={204: None})
def delete_mute_timing(name: str) -> Response:
    """Delete a mute timing, whether it is there or not; refused while a policy uses it."""
    origin, version = provenance(), request.args.get("version", "")
    _, stored = change(
        lambda document: mute_timings.remove(document, name, origin, version, files()),
        "delete mute timing",
        name,
    )
    return nothing(stored.number)


def _export(items: list[dict[str, object]]) -> Response:
    format_ = asked_format()
    if format_ not in exporting.FORMATS:
        return export_dialect({"muteTimings": items}, format_)
    return exported(exporting.mute_timings(items, format_, download=flag("download")))
