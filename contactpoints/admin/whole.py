"""Whole: a contact point with all its integrations is saved at once, as a form says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contactpoints.admin.contact_points import (
    INVALID,
    USED,
    Check,
    Document,
    Row,
    create,
    remove,
    replace,
    version,
)
from contactpoints.admin.decoding import wrong
from contactpoints.admin.provenance import NO_FILES, NONE, Files
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError

CHANGED = "alerting.notifications.conflict"


def save(
    document: Document,
    was: str,
    rows: Sequence[dict[str, Any]],
    check: Check,
    files: Files = NO_FILES,
    *,
    seen: str = "",
) -> list[Row]:
    """Let the contact point called ``was`` ("" for a new one) be just ``rows``, in their order and
    under their name; policies follow a new name. ``seen`` is the version that its editor saw.

    Rows with the uid of one that is there change it, others are new, and what is in no row goes.

    :raises Refused: when something is not valid, taken, a file's, used, or changed meanwhile; then
        the document is to be thrown away.
    """
    if not rows:
        raise InvalidError(
            "a contact point needs at least one integration",
            INVALID,
            [wrong("", "a contact point needs at least one integration")],
        )
    name = str(rows[0]["name"])
    there = document.setdefault("contactPoints", [])
    old = {row["uid"]: row for row in there if row["name"] == was and was}
    if was and not old:
        raise MissingError(f"contact point '{was}' not found")
    if seen and was and version(old.values()) != seen:
        raise ConflictError(f"contact point '{was}' was changed meanwhile: load it anew", CHANGED)
    if name != was and any(row["name"] == name for row in there):
        message = f"there is a contact point '{name}' already"
        raise ConflictError(message, USED, [wrong("name", message)])
    saved = []
    for index, row in enumerate(rows):
        try:
            if row["uid"] not in old:
                fresh = {**row, "uid": "", "name": was or name}
                row = {**row, "uid": create(document, fresh, NONE, check, files)["uid"]}
            saved.append(row)
        except InvalidError as error:
            raise _of(error, index) from None
    kept = {row["uid"] for row in saved}
    for uid in old.keys() - kept:
        remove(document, uid, files)
    for index, row in enumerate(saved):
        try:
            replace(document, row["uid"], row, NONE, check, files)
        except InvalidError as error:
            raise _of(error, index) from None
    return _in_order(document, name, [row["uid"] for row in saved])


def _of(error: InvalidError, index: int) -> InvalidError:
    """The same refusal, whose places begin with the number of the integration."""
    errors = [
        wrong(f"{index}.{each['path']}".rstrip("."), each["message"]) for each in error.errors
    ]
    return InvalidError(error.message, error.message_id, errors)


def _in_order(document: Document, name: str, uids: Sequence[str]) -> list[Row]:
    rows = document["contactPoints"]
    places = [index for index, row in enumerate(rows) if row["name"] == name]
    found = sorted((rows[index] for index in places), key=lambda row: uids.index(row["uid"]))
    for index, row in zip(places, found, strict=True):
        rows[index] = row
    return found
