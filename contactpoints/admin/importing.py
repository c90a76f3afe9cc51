"""Importing: an Alertmanager's configuration becomes native contact points of the stored setup.

Grafana's import keeps upstream integrations as they are, beside its own; here they are translated,
and what that loses is said. Each import has an identifier, under which it is replaced and removed
as a whole. Source of headers, names and answers: Grafana's /api/convert/api/v1/alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contactpoints.admin import provenance as origin
from contactpoints.admin.contact_points import new_uid, refuse_used
from contactpoints.admin.provenance import IMPORTED, NO_FILES, Files
from contactpoints.admin.references import INTERVALS, routes
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError

Document = dict[str, Any]

IDENTIFIER = re.compile(r"[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?")
DEFAULT = "imported"
PARTS = ("contactPoints", "muteTimings", "templates")
KEPT = "imports"  # the part of the document that says what came with which import
MATCHER = re.compile(r"\s*([^=!~\s]+)\s*=\s*(.*?)\s*")


@dataclass
class Import:
    """What an import did: how much came in, which names had to change, and what is to be known."""

    stats: dict[str, Any] = field(default_factory=dict)
    receivers: dict[str, str] = field(default_factory=dict)
    time_intervals: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def checked_identifier(text: str) -> str:
    """An import's identifier. :raises InvalidError: when it is no name of a DNS subdomain."""
    if not IDENTIFIER.fullmatch(text):
        raise InvalidError(
            "the identifier must be at most 40 small letters, digits, dots and hyphens, with a "
            "letter or digit at both ends"
        )
    return text


def read_matchers(text: str) -> list[list[str]]:
    """``label=value,…`` as matchers. :raises InvalidError: when it is not that."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not (match := MATCHER.fullmatch(part)):
            raise InvalidError(f"merge matchers are label=value with commas, not {part[:60]!r}")
        found.append([match[1], "=", match[2]])
    return found


def put(
    document: Document,
    parts: Mapping[str, Any],
    identifier: str,
    source: Mapping[str, Any],
    *,
    matchers: Iterable[list[str]] = (),
    promote: bool = False,
    files: Files = NO_FILES,
) -> Import:
    """Put ``parts`` in place of what came with this identifier before.

    The policies become the tree where there is none but an imported one, or when ``promote`` says
    so; with ``matchers`` they go before all others of the tree; else they wait for
    :func:`promote_import`. ``source`` is what was posted, to be shown again.

    :raises ConflictError: when a template of that name is there.
    """
    _take_out(document, identifier)
    done = Import()
    rows, timings, groups = (list(parts.get(part) or ()) for part in PARTS)
    taken = {row["name"] for row in document.get("contactPoints") or ()} | files.contact_points
    done.receivers = _new_names((row["name"] for row in rows), taken, identifier)
    held = {item["name"] for item in document.get("muteTimings") or ()} | files.mute_timings
    done.time_intervals = _new_names((item["name"] for item in timings), held, identifier)
    known = {item["name"] for item in document.get("templates") or ()} | files.templates
    if clash := sorted({item["name"] for item in groups} & known):
        raise ConflictError(f"a template called '{clash[0]}' is already there")
    uids = {row["uid"] for row in document.get("contactPoints") or ()} | files.uids
    for row in rows:
        row["name"] = done.receivers.get(row["name"], row["name"])
        if not row.get("uid") or row["uid"] in uids:
            row["uid"] = new_uid(uids)
        uids.add(row["uid"])
    for item in timings:
        item["name"] = done.time_intervals.get(item["name"], item["name"])
    tree = _renamed(parts.get("policies"), done)
    for part, items in zip(PARTS, (rows, timings, groups), strict=True):
        document.setdefault(part, []).extend(origin.put(item, IMPORTED) for item in items)
    rules = list(parts.get("inhibitRules") or ())
    document.setdefault("inhibitRules", []).extend(rules)
    document.setdefault(KEPT, {})[identifier] = {
        "contactPoints": [row["uid"] for row in rows],
        "muteTimings": [item["name"] for item in timings],
        "templates": [item["name"] for item in groups],
        "inhibitRules": rules,
        "policies": tree,
        "source": dict(source),
    }
    added = bool(tree) and _place_tree(document, identifier, list(matchers), promote, files, done)
    done.stats = {
        "added_route": added,
        "added_receivers": len({row["name"] for row in rows}),
        "added_time_intervals": len(timings),
        "added_templates": len(groups),
        "added_inhibition_rules": len(rules),
    }
    return done


def find(document: Mapping[str, Any], identifier: str = "") -> tuple[str, Mapping[str, Any]]:
    """An import by its identifier; without one the one called so by default, or the only one.

    :raises MissingError: when there is none.
    """
    imports = document.get(KEPT) or {}
    only = next(iter(imports), DEFAULT) if len(imports) == 1 else DEFAULT
    wanted = identifier or (DEFAULT if DEFAULT in imports else only)
    if wanted not in imports:
        raise MissingError("there is no imported configuration", "alerting.notFound")
    return wanted, imports[wanted]


def remove(document: Document, identifier: str = "", files: Files = NO_FILES) -> bool:
    """Remove what came with an import; whether there was one.

    :raises ConflictError: when a policy of another origin uses one of its contact points.
    """
    try:
        identifier, kept = find(document, identifier)
    except MissingError:
        return False
    uids = set(kept["contactPoints"])
    names = {row["name"] for row in document.get("contactPoints") or () if row["uid"] in uids}
    _take_out(document, identifier)
    gone = names - {row["name"] for row in document["contactPoints"]}
    for name in sorted(gone):
        refuse_used(document, name, files)
    return True


def promote_import(document: Document, identifier: str, files: Files = NO_FILES) -> None:
    """Let the imported policies be the tree, and everything of the import anybody's to change.

    :raises Refused: when there is no such import, or the tree stands in a file.
    """
    identifier, kept = find(document, identifier)
    if kept.get("policies"):
        if files.policies is not None:
            raise origin.refuse_file("the notification policy tree")
        document["policies"] = dict(kept["policies"])
    uids = set(kept["contactPoints"])
    for row in document.get("contactPoints") or ():
        if row["uid"] in uids:
            origin.put(row, "")
    for part in ("muteTimings", "templates"):
        for item in document.get(part) or ():
            if item["name"] in kept[part]:
                origin.put(item, "")
    document[KEPT].pop(identifier)


def _place_tree(
    document: Document,
    identifier: str,
    matchers: list[list[str]],
    promote: bool,
    files: Files,
    done: Import,
) -> bool:
    tree = dict(document[KEPT][identifier]["policies"])
    stored = document.get("policies")
    if files.policies is not None:
        done.notes.append("the policies are not in use: a configuration file has the policy tree")
        return False
    if matchers and stored and origin.of(stored) != IMPORTED:
        tree["object_matchers"] = sorted(matchers)
        tree["imported"] = identifier
        stored["routes"] = [tree, *(stored.get("routes") or ())]
        return True
    if promote or not stored or origin.of(stored) == IMPORTED:
        document["policies"] = origin.put({**tree, "imported": identifier}, IMPORTED)
        return True
    done.notes.append(
        "the policies are not in use: there is a policy tree; post again with "
        "X-Grafana-Alerting-Merge-Matchers to put them into it, or with "
        "X-Grafana-Alerting-Promote: true to replace it"
    )
    return False


def _take_out(document: Document, identifier: str) -> None:
    kept = (document.get(KEPT) or {}).pop(identifier, None)
    if kept is None:
        return
    uids = set(kept["contactPoints"])
    rows = document.get("contactPoints") or ()
    document["contactPoints"] = [row for row in rows if row["uid"] not in uids]
    for part in ("muteTimings", "templates"):
        names = set(kept[part])
        document[part] = [
            item
            for item in document.get(part) or ()
            if item["name"] not in names or origin.of(item) != IMPORTED
        ]
    for rule in kept["inhibitRules"]:
        if rule in (rules := document.get("inhibitRules") or []):
            rules.remove(rule)
    tree = document.get("policies")
    if tree and tree.get("imported") == identifier and origin.of(tree) == IMPORTED:
        del document["policies"]
    elif tree and tree.get("routes"):
        tree["routes"] = [each for each in tree["routes"] if each.get("imported") != identifier]


def _new_names(names: Iterable[str], taken: Iterable[str], identifier: str) -> dict[str, str]:
    """New names for those that are taken: with the identifier behind, then with numbers."""
    wanted = list(dict.fromkeys(names))
    used = set(taken)
    blocked = used | set(wanted)
    found: dict[str, str] = {}
    for name in wanted:
        if name not in used:
            continue
        fresh = f"{name}_{identifier}"
        number = 0
        while fresh in blocked:
            number += 1
            fresh = f"{name}_{identifier}_{number:02}"
        blocked.add(fresh)
        found[name] = fresh
    return found


def _renamed(tree: dict[str, Any] | None, done: Import) -> dict[str, Any] | None:
    for _, route in routes(tree):
        if (name := route.get("receiver")) in done.receivers:
            route["receiver"] = done.receivers[name]  # type: ignore[index]  # our own copy
        for key in INTERVALS:
            if named := route.get(key):
                names = [done.time_intervals.get(each, each) for each in named]
                route[key] = names  # type: ignore[index]  # our own copy
    return tree
