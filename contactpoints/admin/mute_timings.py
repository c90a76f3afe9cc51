"""Mute timings: named time intervals in the stored document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alertmanager_configs.ranges import MONTHS
from contactpoints.admin import provenance as origin
from contactpoints.admin.contact_points import NAMED
from contactpoints.admin.decoding import decoded, fingerprint, without_nulls, wrong
from contactpoints.admin.provenance import NO_FILES, Files
from contactpoints.admin.references import rename_mute_timing, use_of_mute_timings
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError

Document = dict[str, Any]
Check = Callable[[Mapping[str, Any]], Iterable[dict[str, str]]]
"""What is wrong with a mute timing; see :meth:`Languages.check_mute_timing`."""

PREFIX = "alerting.notifications.time-intervals."
KINDS = {"name": "text", "time_intervals": "list", "version": "text"}
NUMBERS = {name: str(number) for number, name in enumerate(MONTHS, 1)}


def shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """A mute timing as answers show it, with its version."""
    return {
        **{key: value for key, value in item.items() if key != "version"},
        "time_intervals": item.get("time_intervals") or [],
        "version": version(item),
    }


def version(item: Mapping[str, Any]) -> str:
    """Changes with its name or its intervals."""
    return fingerprint([item["name"], item.get("time_intervals") or []])


def find(items: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The mute timing called ``name``. :raises MissingError: when there is none."""
    for item in items:
        if item["name"] == name:
            return item
    raise MissingError(f"Time interval '{name}' not found", PREFIX + "notFound")


def create(
    document: Document, body: Any, provenance: str, check: Check, files: Files = NO_FILES
) -> dict[str, Any]:
    """Store a new one. :raises Refused: when it is not valid or the name is taken."""
    item = origin.put(_decode(body, "", check), provenance)
    items = document.setdefault("muteTimings", [])
    _refuse_taken(item["name"], items, files)
    items.append(item)
    return item


def replace(
    document: Document,
    name: str,
    body: Any,
    provenance: str,
    check: Check,
    files: Files = NO_FILES,
) -> dict[str, Any]:
    """Change the one called ``name``; with another name in the body policies follow.

    :raises Refused: when it is not valid, not there, not of the version given, or its provenance
        forbids it.
    """
    if name in files.mute_timings:
        raise origin.refuse_file(f"mute timing '{name}'")
    items = document.setdefault("muteTimings", [])
    stored = find(items, name)
    wanted = decoded(body, KINDS).get("version", "")
    item = origin.put(_decode(body, name, check), provenance)
    if wanted:
        _refuse_stale(stored, wanted)
    origin.check_relaxed(stored, provenance)
    if item["name"] != name:
        _refuse_taken(item["name"], items, files)
        if name in use_of_mute_timings(files.policies):
            _refuse_used({}, name, files)
        tree = document.get("policies")
        if origin.of(tree) not in (origin.NONE, provenance):
            _refuse_used(document, name, files)
        rename_mute_timing(document.get("policies"), name, item["name"])
    items[items.index(stored)] = item
    return item


def remove(
    document: Document, name: str, provenance: str, wanted: str = "", files: Files = NO_FILES
) -> bool:
    """Remove one; whether there was one. :raises Refused: when a policy uses it, and as above."""
    if name in files.mute_timings:
        raise origin.refuse_file(f"mute timing '{name}'")
    items = document.setdefault("muteTimings", [])
    stored = next((item for item in items if item["name"] == name), None)
    if stored is None:
        return False
    if wanted:
        _refuse_stale(stored, wanted)
    origin.check_relaxed(stored, provenance)
    _refuse_used(document, name, files)
    items.remove(stored)
    return True


def _decode(body: Any, name: str, check: Check) -> dict[str, Any]:
    found = decoded(body, KINDS)
    item = {
        "name": found.get("name") or name,
        "time_intervals": without_nulls(found.get("time_intervals", [])),
    }
    if not item["name"].strip():
        raise _invalid([wrong("name", "a time interval must have a name")])
    if errors := list(check(item)):
        raise _invalid(errors)
    for interval in item["time_intervals"]:
        if months := interval.get("months"):
            interval["months"] = [_numbered(each) for each in months]
    return item


def _numbered(months: str) -> str:
    """A month or a range of them by number, as Grafana gives them back: ``12`` for ``december``."""
    parts = (part.strip().lower() for part in months.split(":"))
    return ":".join(NUMBERS.get(part, part) for part in parts)


def _invalid(errors: list[dict[str, str]]) -> InvalidError:
    first = errors[0]
    said = f"{first['path']}: {first['message']}" if first["path"] else first["message"]
    return InvalidError(
        f"Invalid format of the submitted time interval: {said}", PREFIX + "invalidFormat", errors
    )


def _refuse_taken(name: str, items: Iterable[Mapping[str, Any]], files: Files) -> None:
    if name in files.mute_timings or any(item["name"] == name for item in items):
        raise InvalidError(
            f"Time interval with name '{name}' already exists. Use a different name or update the "
            f"existing one.",
            PREFIX + "nameExists",
        )


def _refuse_stale(stored: Mapping[str, Any], wanted: str) -> None:
    if wanted != version(stored):
        raise ConflictError(
            f"Provided version '{wanted[:40]}' of time interval '{stored['name']}' does not match "
            f"the current version '{version(stored)}'",
            PREFIX + "conflict",
        )


def _refuse_used(document: Mapping[str, Any], name: str, files: Files) -> None:
    users = use_of_mute_timings(document.get("policies")).get(name, [])
    if files.policies is not None:
        users = users + use_of_mute_timings(files.policies).get(name, [])
    if users:
        more = f" and {len(users) - NAMED} more" if len(users) > NAMED else ""
        raise ConflictError(
            f"Time interval '{name}' is used by notification policies: "
            f"{', '.join(users[:NAMED])}{more}",
            PREFIX + "used",
            [wrong("policies", user) for user in users],
        )
