"""Alertmanagers that are stored: what one may say, and which files may be chosen.

One is ``{"name", "url", "username"?, "password"?, "token"?}`` or ``{"name", "file"}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contactpoints.admin.languages import Wrong
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError

OURS = "grafana"  # what Grafana's API calls its own Alertmanager
PART = "alertmanagers"
SUFFIXES = (".yml", ".yaml", ".json")
KEYS = ("name", "url", "file", "username", "password", "token")
SECRETS = ("password", "token")


def check(entry: Mapping[str, Any], files: Iterable[str]) -> list[Wrong]:
    """What is wrong with an Alertmanager that is to be stored; ``files`` may be chosen."""
    wrong = [
        {"path": key, "message": "must be a text"}
        for key in KEYS
        if entry.get(key) is not None and not isinstance(entry[key], str)
    ]
    wrong += [{"path": key, "message": "is not known"} for key in entry if key not in KEYS]
    if wrong:
        return wrong
    name, url, file = (entry.get(key) or "" for key in ("name", "url", "file"))
    if not name.strip():
        wrong.append({"path": "name", "message": "no name is set"})
    if name == OURS:
        wrong.append({"path": "name", "message": f"{OURS!r} is the service itself"})
    if bool(url) == bool(file):
        wrong.append({"path": "url", "message": "say either a url or a file"})
    elif url and (said := _wrong_url(url)):
        wrong.append({"path": "url", "message": said})
    elif file and file not in files:
        wrong.append({"path": "file", "message": "is not one that the administrator has named"})
    return wrong


def put(
    document: dict[str, Any], entry: Mapping[str, Any], files: Iterable[str], old: str = ""
) -> None:
    """Store an Alertmanager, in the place of the one called ``old``. A secret that is "[REDACTED]"
    stays as it was.

    :raises Refused: when it is not valid, or another one has the name.
    """
    if wrong := check(entry, files):
        raise InvalidError(f"invalid Alertmanager: {wrong[0]['message']}", "", wrong)
    others: list[dict[str, Any]] = document.setdefault(PART, [])
    before = next((each for each in others if each["name"] == old), None)
    if old and before is None:
        raise MissingError(f"there is no Alertmanager {old!r}")
    if any(each["name"] == entry["name"] for each in others if each is not before):
        raise ConflictError(f"there is an Alertmanager {entry['name']!r} already")
    made = {key: entry[key] for key in KEYS if entry.get(key)}
    for key in SECRETS:
        if made.get(key) == "[REDACTED]":
            made.pop(key)
            same = before is not None and before.get("url") == made.get("url")
            if before is not None and same and before.get(key):
                made[key] = before[key]  # never to another address
    if before is None:
        others.append(made)
    else:
        before.clear()
        before.update(made)


def remove(document: dict[str, Any], name: str) -> None:
    """Store it no more. :raises MissingError: when it is not there."""
    kept = [each for each in document.get(PART) or () if each["name"] != name]
    if len(kept) == len(document.get(PART) or ()):
        raise MissingError(f"there is no Alertmanager {name!r}")
    document[PART] = kept


def allowed_files(named: Iterable[str]) -> list[Path]:
    """The files that are named, and those in the folders that are. A link that leads out of its
    folder does not count.
    """
    found: dict[Path, None] = {}
    for each in map(Path, named):
        if each.is_dir():
            root = each.resolve()
            for path in sorted(each.rglob("*")):
                if path.suffix in SUFFIXES and path.is_file() and root in path.resolve().parents:
                    found[path] = None
        elif each.is_file():
            found[each] = None
    return list(found)


def _wrong_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        return "must be an address that begins with http:// or https://"
    if parts.username or parts.password:
        return "say the user and the password apart from the address"
    if parts.query or parts.fragment:
        return "must have no query"
    return ""
