"""Applying: a whole setup, said in any dialect, takes the place of the stored one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from contactpoints.admin import provenance as origin
from contactpoints.admin.contact_points import UID, new_uid
from contactpoints.admin.provenance import NO_FILES, Files
from contactpoints.admin.redaction import restored
from contactpoints.admin.refusals import InvalidError
from contactpoints.copying import copied

Document = dict[str, Any]
Row = dict[str, Any]
LISTS = ("muteTimings", "templates", "inhibitRules")
IGNORED = ("provenance", "version", "uid")  # what does not make an item another one


def put(
    document: Document,
    parts: Mapping[str, Any],
    provenance: str,
    *,
    merge: bool = False,
    files: Files = NO_FILES,
) -> None:
    """Put ``parts`` in place of what is stored. A part that the text does not have stays as it is;
    with ``merge`` so does every item that it does not name. Uids and redacted secrets are taken
    from the stored integration of the same uid, else of the same place in its contact point.

    What stands in a configuration file is left out: it is as the file says.
    """
    if "contactPoints" in parts:
        document["contactPoints"] = _rows(
            document, parts["contactPoints"], provenance, merge, files
        )
    for part in LISTS:
        if part in parts:
            document[part] = _items(
                document.get(part) or [], parts[part], part, provenance, merge, files
            )
    tree = parts.get("policies")
    if tree and files.policies is None:
        stored = document.get("policies") or {}
        if _plain(tree) != _plain(stored):
            document["policies"] = origin.put(copied(tree), provenance)


def _rows(
    document: Document, given: Iterable[Row], provenance: str, merge: bool, files: Files
) -> list[Row]:
    stored: list[Row] = list(document.get("contactPoints") or ())
    by_uid = {row["uid"]: row for row in stored}
    by_place = {place: row for row, place in _places(stored)}
    given = [row for row in given if row["name"] not in files.contact_points]
    rows: list[Row] = []
    used: set[str] = set(files.uids)
    own = {row["uid"] for row in given if row.get("uid") in by_uid}
    for row, place in _places(given):
        old = by_uid.get(row.get("uid") or "")
        if old is None and (there := by_place.get(place)) and there["uid"] not in own:
            old = there
        uid = old["uid"] if old else row.get("uid") or ""
        if uid in used or not UID.fullmatch(uid):
            uid = new_uid(used | by_uid.keys())
        used.add(uid)
        settings = copied(row.get("settings") or {})
        same_type = old is not None and old["type"] == row["type"]
        known = old["settings"] if old and same_type else {}
        restored(settings, row["type"], known, anywhere=True)
        made = {**row, "uid": uid, "settings": settings}
        made.setdefault("disableResolveMessage", False)
        is_same = old is not None and _plain(old) == _plain(made)
        rows.append(origin.put(made, origin.of(old) if is_same else provenance))
    if not merge:
        return rows
    names = {row["name"] for row in rows}
    return [*(row for row in stored if row["name"] not in names and row["uid"] not in used), *rows]


def _places(rows: Iterable[Row]) -> Iterable[tuple[Row, tuple[str, str, int]]]:
    """Each row with its place: contact point, type, and which of that type it is."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        key = (row["name"], row["type"])
        yield row, (*key, counts[key])
        counts[key] += 1


def _items(
    stored: list[Row], given: Iterable[Row], part: str, provenance: str, merge: bool, files: Files
) -> list[Row]:
    if part == "inhibitRules":
        fresh = [copied(rule) for rule in given]
        return [*stored, *(rule for rule in fresh if rule not in stored)] if merge else fresh
    held = files.mute_timings if part == "muteTimings" else files.templates
    by_name = {item["name"]: item for item in stored}
    found: list[Row] = []
    for item in given:
        if item["name"] in held:
            continue
        if not item["name"]:
            raise InvalidError(f"an entry of {part} has no name")
        old = by_name.get(item["name"])
        is_same = old is not None and _plain(old) == _plain(item)
        found.append(origin.put(copied(item), origin.of(old) if is_same else provenance))
    if not merge:
        return found
    names = {item["name"] for item in found}
    return [*(item for item in stored if item["name"] not in names), *found]


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in IGNORED}
