"""Templates: groups of named Go templates in the stored document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from contactpoints.admin import provenance as origin
from contactpoints.admin.decoding import decoded, fnv64, wrong
from contactpoints.admin.provenance import NO_FILES, Files
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError

Document = dict[str, Any]
Check = Callable[[str, str], Iterable[dict[str, str]]]
"""What is wrong with a group (name, text); see :meth:`Languages.check_template`."""

INVALID = "alerting.notifications.templates.invalidFormat"
STALE = "alerting.notifications.templates.conflict"
EXISTS = "alerting.notifications.templates.nameExists"
MISSING = "alerting.notifications.templates.notFound"
DEFINE = re.compile(r"\{\{-?\s*(?:define|block)\s+(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)")
CALL = re.compile(r"\btemplate\s+(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)")
KINDS = {"name": "text", "template": "text", "version": "text"}


def shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """A group as answers show it, with its version."""
    return {
        **{key: value for key, value in item.items() if key != "version"},
        "version": version(item),
    }


def version(item: Mapping[str, Any]) -> str:
    """FNV-1 of the text, as Grafana numbers them."""
    return fnv64(str(item.get("template") or ""))


def find(items: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """The group called ``name``."""
    return next((item for item in items if item["name"] == name), None)


def get(items: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The group called ``name``. :raises MissingError: when there is none."""
    if (item := find(items, name)) is None:
        raise MissingError(f"template '{name}' not found", MISSING)
    return item


def upsert(
    document: Document,
    name: str,
    body: Any,
    provenance: str,
    check: Check,
    files: Files = NO_FILES,
) -> dict[str, Any]:
    """Store a group under ``name``, new or in place of the old one. Gives it as it is stored.

    :raises Refused: when it does not parse, the version given is not the stored one, or its
        provenance forbids it.
    """
    if name in files.templates:
        raise origin.refuse_file(f"template '{name}'")
    found = decoded(body, KINDS)
    items = document.setdefault("templates", [])
    stored = next((item for item in items if item["name"] == name), None)
    text = wrapped(name, found.get("template", ""))
    if not name.strip():
        raise invalid([wrong("name", "template must have a name")])
    if not found.get("template", "").strip():
        raise invalid([wrong("template", "template must have content")])
    if found.get("version"):
        if stored is None:
            raise MissingError(f"template '{name}' not found", MISSING)
        refuse_stale(stored, found["version"])
    origin.check_relaxed(stored, provenance)
    # As it was sent, first: its lines are those that the sender knows.
    if errors := list(check(name, found["template"])) or list(check(name, text)):
        raise invalid(errors)
    others = {
        defined: item["name"]
        for item in items
        if item is not stored
        for defined in defined_in(str(item.get("template") or ""))
    }
    if clash := [defined for defined in defined_in(text) if defined in others]:
        said = f'template "{clash[0]}" is already defined in group "{others[clash[0]]}"'
        raise invalid([wrong("template", said)])
    row = origin.put({**(stored or {}), "name": name, "template": text}, provenance)
    row.pop("version", None)
    if stored is None:
        items.append(row)
    else:
        items[items.index(stored)] = row
    return row


def copy(
    document: Document, name: str, new: str, text: str, provenance: str, files: Files = NO_FILES
) -> dict[str, Any]:
    """Store the group ``name`` (its text is ``text``) again as ``new``, its templates renamed where
    they would clash: each gets `` copy`` behind its name.

    :raises ConflictError: when there is one called ``new``.
    """
    items = document.setdefault("templates", [])
    if not new.strip():
        raise invalid([wrong("name", "template must have a name")])
    if find(items, new) or new in files.templates:
        raise ConflictError(f"a template called '{new}' is already there", EXISTS)
    taken = {defined for item in items for defined in defined_in(str(item.get("template") or ""))}
    taken |= set(defined_in(text))
    for defined in set(defined_in(text)):
        fresh = new if defined == name and new not in taken else f"{defined} copy"
        number = 1
        while fresh in taken:
            number += 1
            fresh = f"{defined} copy {number}"
        taken.add(fresh)
        text = _renamed(text, defined, fresh)
    row = origin.put({"name": new, "template": text}, provenance)
    items.append(row)
    return row


def remove(
    document: Document, name: str, provenance: str, wanted: str = "", files: Files = NO_FILES
) -> bool:
    """Remove a group; whether there was one. Texts that call its templates stay as they are.

    :raises Refused: when ``wanted`` is not the stored version, or the provenance forbids it.
    """
    if name in files.templates:
        raise origin.refuse_file(f"template '{name}'")
    items = document.setdefault("templates", [])
    stored = next((item for item in items if item["name"] == name), None)
    if stored is None:
        return False
    if wanted:
        refuse_stale(stored, wanted)
    origin.check_relaxed(stored, provenance)
    items.remove(stored)
    return True


def refuse_stale(stored: Mapping[str, Any], wanted: str) -> None:
    """:raises ConflictError: when ``wanted`` is not the version that is stored."""
    if wanted != version(stored):
        raise ConflictError(
            f"Provided version '{wanted[:40]}' of template '{stored['name']}' does not match the "
            f"current version '{version(stored)}'",
            STALE,
        )


def wrapped(name: str, text: str) -> str:
    """The text, in a ``define`` of the group's name when it has none, as Grafana does."""
    if DEFINE.search(text):
        return text
    inner = "\n".join(f"  {line}" for line in text.strip().split("\n"))
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{{{{ define {quoted} }}}}\n{inner}\n{{{{ end }}}}"


def defined_in(text: str) -> Iterator[str]:
    """The names of the templates that a text defines."""
    for match in DEFINE.finditer(text):
        yield match[1][1:-1]


def called_in(value: Any) -> Iterator[str]:
    """The names of the templates that the texts of a structure call."""
    if isinstance(value, str):
        if "template" in value:
            yield from (match[1][1:-1] for match in CALL.finditer(value))
    elif isinstance(value, dict):
        for item in value.values():
            yield from called_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from called_in(item)


def use_of_templates(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """For each template called, the contact points whose settings call it."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name in called_in(row.get("settings")):
            found.setdefault(name, set()).add(row["name"])
    return found


def users_of(names: Iterable[str], used: Mapping[str, Iterable[str]]) -> list[str]:
    """The contact points that call one of the templates, by name; ``used`` is of
    :func:`use_of_templates`.
    """
    return sorted({point for name in names for point in used.get(name, ())})


def invalid(errors: list[dict[str, str]]) -> InvalidError:
    """The refusal of a group, in Grafana's words."""
    return InvalidError(
        f"Invalid format of the submitted template: {errors[0]['message']}", INVALID, errors
    )


def _renamed(text: str, old: str, new: str) -> str:
    def change(match: re.Match[str]) -> str:
        whole, name = match[0], match[1]
        return whole.replace(name, name[0] + new + name[-1]) if name[1:-1] == old else whole

    return CALL.sub(change, DEFINE.sub(change, text))
