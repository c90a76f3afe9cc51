"""The setup as a whole: its versions, what they changed, apply, export."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from alertmanager_configs.problems import SetupError, format_path
from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin.keeper import Stored
from contactpoints.admin.refusals import InvalidError, MissingError
from contactpoints.storage.audits import Entry
from contactpoints.web.answers import answer, at
from contactpoints.web.asking import (
    admin,
    decrypt,
    expected,
    tagged,
)
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import actor
from contactpoints.web.provisioning.exports import (
    MEDIA_TYPES,
    asked_format,
    document_of,
    export_dialect,
)
from contactpoints.web.schemas.setups import (
    Between,
    Changes,
    ExportedSetup,
    Paging,
    Restored,
    Version,
    Versions,
)

blueprint = Blueprint("setups", __name__, url_prefix="/api/v1/setup")

TAGS = ("Setup",)
WORDS = {
    "grafana-json": "grafana-api",
    "yaml": "grafana-file",
    "json": "grafana-api",
    "hcl": "terraform",
}
LARGEST = 2**53


@blueprint.get("/versions")
@endpoint(
    VIEWER, "List the versions of the setup", tags=TAGS, query=Paging, answers={200: Versions}
)
def list_versions() -> Response:
    """The versions that are kept, the latest first: who made them, when, and what for."""
    limit, before = number_of("limit", 20), number_of("before", 0)
    found = admin().keeper.history(limit, before or None)
    current = admin().keeper.current().number
    return tagged(
        {
            "versions": [
                {
                    "number": each.number,
                    "madeAt": at(each.made_at),
                    "author": each.author,
                    "note": each.note,
                    "current": each.number == current,
                }
                for each in found
            ]
        },
        current,
    )


@blueprint.get("/versions/<int:number>")
@endpoint(
    VIEWER, "Show a version of the setup", tags=TAGS, query=ExportedSetup, answers={200: Version}
)
def show_version(number: int) -> Response:
    """One version, secrets hidden, in the dialect that ``format`` names; Grafana's API else."""
    stored = version_of(number)
    document = dict(stored.document)
    said = request.args.get("format")
    try:
        written = admin().languages.write(document, WORDS.get(said or "", said or "grafana-api"))
    except SetupError as error:
        raise not_valid(error) from None
    except ValueError as error:
        raise InvalidError(str(error)) from None
    return answer(
        {
            "number": stored.number,
            "madeAt": at(stored.made_at),
            "author": stored.author,
            "note": stored.note,
            "text": written.text,
        }
    )


@blueprint.get("/versions/<int:number>/differences")
@endpoint(
    VIEWER, "Compare two versions of the setup", tags=TAGS, query=Between, answers={200: Changes}
)
def compare_versions(number: int) -> Response:
    """What a version means otherwise than the one before it, or the one that ``from`` names."""
    version_of(number)
    before = number_of("from", max(0, number - 1))
    version_of(before)
    try:
        changes = admin().keeper.differences(before, number)
    except SetupError as error:
        raise not_valid(error) from None
    return answer({"from": before, "to": number, "changes": changes})


@blueprint.post("/versions/<int:number>/restore")
@endpoint(EDITOR, "Restore a version of the setup", tags=TAGS, answers={200: Restored})
def restore(number: int) -> Response:
    """Let an earlier version be the newest; those between stay in the history."""
    stored = restore_version(number)
    return tagged(
        {"message": f"version {number} is restored", "number": stored.number}, stored.number
    )


def restore_version(number: int) -> Stored:
    """Restore it in the caller's name. :raises MissingError: when it is not kept."""
    version_of(number)
    by = actor()
    action = "restored a version of the setup"
    entry = Entry(time.time(), by.name, by.role, by.address, action, str(number))
    return admin().keeper.restore(number, by.name, expected=expected(), audit=entry)


@blueprint.get("/export")
@endpoint(VIEWER, "Export everything", tags=TAGS, query=ExportedSetup, answers={200: MEDIA_TYPES})
def export_setup() -> Response:
    """Contact points, policies, mute timings, templates and inhibition rules, of files as well as
    stored, in any dialect. ``X-Contactpoints-Losses`` says how much could not be said;
    ``report=true`` answers JSON that says what.
    """
    said = request.args.get("format", "")
    dialect = WORDS.get(asked_format(), asked_format()) if said else "grafana-file"
    names = request.args.getlist("name") or None
    if names:
        known = admin().view().by_name
        if missing := [name for name in names if name not in known]:
            raise MissingError(f"contact point '{missing[0]}' not found")
    return export_dialect(document_of(admin().view()), dialect, decrypt=decrypt(), names=names)


def not_valid(error: SetupError) -> InvalidError:
    """The refusal of a text that is not valid, with every place."""
    errors: list[dict[str, Any]] = [
        {
            "path": format_path(each.path),
            "message": each.message,
            "line": each.line or None,
            "column": each.column or None,
        }
        for each in error.problems[:500]
    ]
    said = errors[0]["message"] if errors else str(error)
    refusal = InvalidError(f"the setup is not valid: {said}", "contactpoints.invalidSetup")
    refusal.errors = errors
    return refusal


def version_of(number: int) -> Stored:
    """A version. :raises MissingError: when it is not kept."""
    if number > LARGEST:
        raise MissingError("there is no such version of the setup")
    return admin().keeper.version(number)


def number_of(name: str, default: int) -> int:
    """A number of the query. :raises BadRequest: for what is none."""
    said = request.args.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise BadRequest(f"{name} must be a number, not {said[:40]!r}")
    return int(said)
