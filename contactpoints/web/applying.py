"""Applying over HTTP: a whole setup in any dialect, or what would change by it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from alertmanager_configs.problems import SetupError
from contactpoints.access.roles import EDITOR
from contactpoints.admin import applying
from contactpoints.admin.decoding import BAD_REQUEST, decoded, texts_by_name, wrong
from contactpoints.admin.languages import Taken
from contactpoints.admin.refusals import InvalidError
from contactpoints.copying import copied
from contactpoints.web.asking import admin, change, expected, files, json_body, provenance, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.setups import Applied, SetupText
from contactpoints.web.setups import TAGS, WORDS, not_valid

blueprint = Blueprint("applying", __name__, url_prefix="/api/v1/setup")

APPLY = {
    "text": "text",
    "from": "text",
    "files": "object",
    "dryRun": "flag",
    "merge": "flag",
    "strict": "flag",
}


@blueprint.post("/apply")
@endpoint(EDITOR, "Apply a whole setup", tags=TAGS, body=SetupText, answers={200: Applied})
def apply() -> Response:
    """Put what a text in any dialect says in place of the stored setup. Parts that it does not have
    stay; with ``merge`` so does every item that it does not name. ``dryRun`` only says what would
    change, and what the text says that cannot be kept.
    """
    body = decoded(json_body(), APPLY)
    taken = take(body)
    if body.get("strict") and any(each.get("what") == "dropped" for each in taken.report):
        raise InvalidError(
            "something would be lost",
            "contactpoints.lossy",
            [wrong(".".join(each["where"]), each["why"]) for each in taken.report],
        )
    origin = provenance()

    def edit(document: dict[str, Any]) -> None:
        applying.put(document, taken.document, origin, merge=bool(body.get("merge")), files=files())

    keeper = admin().keeper
    before = keeper.current()
    if body.get("dryRun"):
        expected()
        document = copied(before.document)
        edit(document)
        number = before.number
        check(document)
    else:
        _, stored = change(edit, "applied a setup", taken.dialect)
        document, number = dict(stored.document), stored.number
    said = {
        "changes": admin().languages.diff(before.document, document),
        "applied": number != before.number,
        "version": number,
        "dialect": taken.dialect,
        "report": taken.report,
    }
    return tagged(said, number)


def check(document: dict[str, Any]) -> None:
    """Whether a document could be stored. :raises Refused: when it could not."""
    keeper = admin().keeper
    try:
        keeper.check(document, admin().languages.read(document))
    except SetupError as error:
        raise not_valid(error) from None


def take(body: dict[str, Any]) -> Taken:
    """What the text of a body says. :raises InvalidError: with everything that is wrong in it."""
    if not body.get("text", "").strip():
        raise InvalidError(BAD_REQUEST, errors=[wrong("text", "is missing")])
    others = texts_by_name(body.get("files", {}), "files")
    read = WORDS.get(body.get("from", ""), body.get("from", ""))
    try:
        return admin().languages.take(body["text"], read=read, files=others)
    except SetupError as error:
        raise not_valid(error) from None
    except ValueError as error:
        raise InvalidError(str(error)) from None
    except RecursionError:
        raise InvalidError("this is nested too deeply") from None
