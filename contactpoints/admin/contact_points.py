"""Contact points: add, change and remove their integrations in the stored document.

A row is one integration (Grafana's EmbeddedContactPoint); the rows of one name, in their order, are
one contact point. Nothing here knows HTTP or the database: the document is changed in place.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contactpoints.admin import provenance as origin
from contactpoints.admin.decoding import (
    decoded,
    fingerprint,
    without_nulls,
    wrong,
)
from contactpoints.admin.provenance import NO_FILES, Files
from contactpoints.admin.redaction import nested, put, restored
from contactpoints.admin.references import rename_contact_point, use_of_contact_points
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from contactpoints.integrations import by_lower_type
from contactpoints.setup import did_you_mean

Row = dict[str, Any]
Document = dict[str, Any]
Check = Callable[[Mapping[str, Any]], Iterable[dict[str, str]]]
"""What is wrong with one row alone; see :meth:`Languages.check_row`."""

UID = re.compile(r"[A-Za-z0-9\-_]{1,40}")
ALPHABET = string.ascii_lowercase + string.digits
INVALID = "alerting.notifications.contact-points.invalid"
EXISTS = "alerting.notifications.contact-points.uidExists"
USED = "alerting.notifications.contact-points.referenced"
MISSING = "alerting.notifications.contact-points.notFound"
NAMED = 10  # policies that a message names

KINDS = {
    "uid": "text",
    "name": "text",
    "type": "text",
    "settings": "object",
    "secureSettings": "object",
    "disableResolveMessage": "flag",
}


def decode(body: Any) -> Row:
    """The row that a body means; secrets that stand apart are put where they belong.

    :raises InvalidError: for a wrong type, or when name, type or settings are missing.
    """
    row = decoded(body, KINDS)
    name, kind = row.get("name", ""), row.get("type", "")
    errors = []
    if not name.strip():
        errors.append(wrong("name", "no name is set"))
    declared = by_lower_type().get(kind.lower())
    if not kind:
        errors.append(wrong("type", "no type is set"))
    elif declared is None:
        known = sorted({each.type for each in by_lower_type().values()})
        meant = did_you_mean(kind, known)
        errors.append(wrong("type", f"unknown integration type: {kind[:60]}{meant}"))
    if "settings" not in row:
        errors.append(wrong("settings", "no settings are set"))
    if (uid := row.get("uid")) and not UID.fullmatch(uid):
        errors.append(wrong("uid", "must be 1 to 40 letters, digits, hyphens and underscores"))
    if errors or declared is None:
        raise invalid(errors)
    settings = nested(without_nulls(row["settings"]), declared.type)
    for key, value in without_nulls(row.get("secureSettings", {})).items():
        put(settings, key, value)
    return {
        "uid": uid or "",
        "name": name,
        "type": declared.type,
        "settings": settings,
        "disableResolveMessage": row.get("disableResolveMessage", False),
    }


def invalid(errors: list[dict[str, str]], about: str = "") -> InvalidError:
    """The refusal of a row that is not valid, in Grafana's words."""
    said = "; ".join(f"{each['path']}: {each['message']}" for each in errors[:3])
    more = f" and {len(errors) - 3} more" if len(errors) > 3 else ""
    return InvalidError(f"invalid object specification: {about}{said}{more}", INVALID, errors)


def create(
    document: Document, body: Any, provenance: str, check: Check, files: Files = NO_FILES
) -> Row:
    """Add an integration to its contact point, which is made when it is not there. Gives the row.

    :raises Refused: when it is not valid, the uid is taken, or the contact point is a file's.
    """
    row = origin.put(decode(body), provenance)
    rows = document.setdefault("contactPoints", [])
    taken = {each["uid"]: each for each in rows}
    if not row["uid"]:
        row["uid"] = new_uid(taken.keys() | files.uids)
    elif row["uid"] in taken or row["uid"] in files.uids:
        owner = taken[row["uid"]]["name"] if row["uid"] in taken else "of a configuration file"
        raise ConflictError(
            f"receiver configuration with UID '{row['uid']}' already exist in contact point "
            f"'{owner}'. Please use unique identifiers for receivers across all contact points.",
            EXISTS,
        )
    _check(row, check, files)
    rows.append(row)
    return row


def replace(
    document: Document,
    uid: str,
    body: Any,
    provenance: str,
    check: Check,
    files: Files = NO_FILES,
) -> Row:
    """Change the integration ``uid``; with another name it leaves its contact point, and policies
    follow when nothing of that is left. ``[REDACTED]`` keeps the stored secret.

    :raises Refused: as :func:`create`; when there is none; when its provenance forbids it.
    """
    rows = document.setdefault("contactPoints", [])
    old = find(rows, uid, files)
    origin.check_strict(old, provenance)
    row = origin.put({**decode(body), "uid": uid}, provenance)
    stored = old["settings"] if old["type"] == row["type"] else {}
    restored(row["settings"], row["type"], stored)
    _check(row, check, files)
    position = rows.index(old)
    if row["name"] == old["name"]:
        rows[position] = row
        return row
    is_alone = sum(each["name"] == old["name"] for each in rows) == 1
    joins = any(each["name"] == row["name"] for each in rows)
    if is_alone:
        _rename(document, old["name"], row["name"], files)
    if is_alone and not joins:
        rows[position] = row
    else:
        del rows[position]
        rows.append(row)
    return row


def remove(document: Document, uid: str, files: Files = NO_FILES) -> bool:
    """Remove an integration; whether there was one.

    :raises ConflictError: when it is the last one of a contact point that a policy uses.
    :raises ForbiddenError: when it comes from a file.
    """
    rows = document.setdefault("contactPoints", [])
    if uid in files.uids:
        raise origin.refuse_file(f"contact point with UID '{uid}'")
    row = next((each for each in rows if each["uid"] == uid), None)
    if row is None:
        return False
    if sum(each["name"] == row["name"] for each in rows) == 1:
        refuse_used(document, row["name"], files)
    rows.remove(row)
    return True


def remove_whole(document: Document, name: str, files: Files = NO_FILES) -> int:
    """Remove a contact point with all its integrations; how many they were.

    :raises Refused: as :func:`remove`; MissingError when there is none.
    """
    rows = document.setdefault("contactPoints", [])
    if name in files.contact_points:
        raise origin.refuse_file(f"contact point '{name}'")
    kept = [row for row in rows if row["name"] != name]
    if len(kept) == len(rows):
        raise MissingError(f"contact point '{name}' not found", MISSING)
    refuse_used(document, name, files)
    document["contactPoints"] = kept
    return len(rows) - len(kept)


def refuse_used(document: Mapping[str, Any], name: str, files: Files = NO_FILES) -> None:
    """:raises ConflictError: when a policy or a fallback uses the contact point, naming which."""
    users = use_of_contact_points(document.get("policies")).get(name, [])
    if files.policies is not None:
        users = users + use_of_contact_points(files.policies).get(name, [])
    if name in (document.get("fallbacks") or {}).values():
        users = [*users, "a fallback"]
    if not users:
        return
    more = f" and {len(users) - NAMED} more" if len(users) > NAMED else ""
    raise ConflictError(
        f"contact point '{name}' is currently used by notification policies: "
        f"{', '.join(users[:NAMED])}{more}",
        USED,
        [wrong("policies", user) for user in users],
    )


def find(rows: Iterable[Row], uid: str, files: Files = NO_FILES) -> Row:
    """The stored row of a uid. :raises Refused: when there is none, or it comes from a file."""
    if uid in files.uids:
        raise origin.refuse_file(f"contact point with UID '{uid}'")
    for row in rows:
        if row["uid"] == uid:
            return row
    raise MissingError(f"contact point with uid '{uid[:60]}' not found", MISSING)


def new_uid(taken: Iterable[str]) -> str:
    """A uid that nobody has: 14 small letters and digits, a letter first, as Grafana makes them."""
    while True:
        rest = "".join(secrets.choice(ALPHABET) for _ in range(13))
        if (uid := secrets.choice(string.ascii_lowercase) + rest) not in taken:
            return uid


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows as Grafana lists them: by name, then uid."""
    return sorted(rows, key=lambda row: (row["name"], row.get("uid") or ""))


def version(rows: Iterable[Row]) -> str:
    """The version of a contact point: changes with any of its integrations."""
    return fingerprint(list(rows))


def _check(row: Row, check: Check, files: Files) -> None:
    if row["name"] in files.contact_points:
        raise origin.refuse_file(f"contact point '{row['name']}'")
    if errors := list(check(row)):
        about = f'failed to validate integration "{row["name"]}" (UID {row["uid"]}) '
        raise invalid(errors, f'{about}of type "{row["type"]}": ')


def _rename(document: Document, old: str, new: str, files: Files) -> None:
    if old in use_of_contact_points(files.policies):
        refuse_used({}, old, files)
    rename_contact_point(document.get("policies"), old, new)
    fallbacks = document.get("fallbacks") or {}
    for name, other in list(fallbacks.items()):
        if other == old:
            fallbacks[name] = new
    if old in fallbacks:
        fallbacks[new] = fallbacks.pop(old)
