"""View: everything there is, files and stored setup together, in the shapes of Grafana's API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contactpoints.admin.keeper import Stored
from contactpoints.admin.languages import Parts
from contactpoints.admin.references import routes
from contactpoints.integrations import integrations
from contactpoints.setup import Setup

Row = Mapping[str, Any]


@dataclass(frozen=True, repr=False)  # rows hold secrets
class View:
    """What runs, as people and programs see it. Nobody changes anything in it.

    What is from a file comes first, with provenance "file"; what it stands before is not here.
    ``number`` is the version of the stored setup, ``generation`` counts readings of the files.
    """

    number: int
    generation: int
    contact_points: list[dict[str, Any]]
    """One row for each integration."""
    policies: dict[str, Any] | None
    mute_timings: list[dict[str, Any]]
    templates: list[dict[str, Any]]
    inhibit_rules: list[dict[str, Any]]
    setup: Setup
    problems: list[str] = field(default_factory=list)
    keys: Mapping[str, str] = field(default_factory=dict)
    """The key of the running integration for each uid."""
    losses: Mapping[str, list[str]] = field(default_factory=dict)
    """What the API's shape cannot say of integrations of files, by uid."""
    unsaid: Mapping[str, str] = field(default_factory=dict)
    """Why it cannot say them at all: their rows have no settings."""

    @cached_property
    def used_by(self) -> Mapping[str, int]:
        """How many policies name each contact point that one names."""
        found = (route.get("receiver") for _, route in routes(self.policies))
        return Counter(name for name in found if name)

    @cached_property
    def by_name(self) -> Mapping[str, list[dict[str, Any]]]:
        """The rows of every contact point, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.contact_points:
            found.setdefault(str(row["name"]), []).append(row)
        return found

    def search(self, text: str = "", kind: str = "") -> list[str]:
        """The names of contact points in which every word of ``text`` is found, in the name or in
        the type or label of an integration, whatever their case; ``kind`` is a type that one of the
        integrations must have.
        """
        words = text.casefold().split()
        kind = kind.casefold()
        found = []
        for name, rows in self.by_name.items():
            types = {str(row["type"]).casefold() for row in rows}
            if kind and kind not in types:
                continue
            said = " ".join((name.casefold(), *types, *(_labels().get(each, "") for each in types)))
            if all(word in said for word in words):
                found.append(name)
        return found


def view_of(
    stored: Stored, files: Parts, generation: int, setup: Setup, problems: list[str]
) -> View:
    """The parts of files over those that are stored."""
    document = stored.document

    def over(mine: list[dict[str, Any]], part: str) -> list[dict[str, Any]]:
        names = {entry.get("name") for entry in mine}
        return [*mine, *(e for e in document.get(part) or () if e.get("name") not in names)]

    rows = over(files.contact_points, "contactPoints")
    keys = dict(files.keys)
    counts: Counter[tuple[str, str]] = Counter()
    seen: set[tuple[str, str]] = set()
    for row in rows[len(files.contact_points) :]:
        name, kind, uid = row["name"], row["type"], row.get("uid") or ""
        number = counts[name, kind]
        counts[name, kind] += 1
        keys.setdefault(uid, uid if uid and (name, uid) not in seen else f"{kind}[{number}]")
        seen.add((name, uid))
    policies = files.policies if files.policies is not None else document.get("policies")
    return View(
        stored.number,
        generation,
        rows,
        policies,
        over(files.mute_timings, "muteTimings"),
        over(files.templates, "templates"),
        [*files.inhibit_rules, *(document.get("inhibitRules") or ())],
        setup,
        problems,
        keys,
        files.losses,
        files.unsaid,
    )


def _labels() -> Mapping[str, str]:
    """What people call each type, in lower case."""
    if not _known:
        _known.update(
            (name.casefold(), declared.label.casefold())
            for name, declared in integrations().items()
        )
    return _known


_known: dict[str, str] = {}
