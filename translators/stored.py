"""Stored documents, in the shapes of Grafana's provisioning API, and the setups they mean."""

from __future__ import annotations

import copy
import json
import marshal
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from alertmanager_configs.inhibition import read_inhibit_rules
from alertmanager_configs.loading import Document, Quoted
from alertmanager_configs.mute_timings import read_mute_timing
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.routes import Route
from contactpoints.base import Integration
from contactpoints.fields import GRAFANA_REDACTED, FromFile, Interpolated
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from translators.grafana_api_reading import ROW, TIMING, Reading
from translators.grafana_routes import read_policy

DIALECT = "grafana-api"
BESIDE = ("provenance", "uid", "version")  # what the service keeps beside an entry
HALVES = dict.fromkeys(range(55296, 57344), "�")
"""Halves of characters, which JSON can say and nothing else can hold: Go puts U+FFFD there."""


class Unread(str):
    """A value that stands in a file and is not read: people see "[REDACTED]", and a document that
    is written in another dialect still names the file.
    """

    __slots__ = ("value",)

    value: FromFile | Interpolated

    @classmethod
    def of(cls, value: FromFile | Interpolated) -> Unread:
        made = cls(GRAFANA_REDACTED)
        made.value = value
        return made


class Documents:
    """Reads documents. An entry that was there the last time is not read again: most of a setup
    stays the same when it changes.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Integration] = {}
        self._policies: tuple[Any, Route | None] = (None, None)

    def beside(self) -> Documents:
        """Another reader, for other documents than the one that this one reads again and again."""
        made = Documents()
        made._known = self._known
        return made

    def read(self, document: Mapping[str, Any], *, fresh: bool = False) -> Setup:
        """The setup that ``document`` means; ``fresh`` when it is going to be changed.

        :raises SetupError: with everything that is wrong in it.
        """
        problems = Problems()
        setup = Setup("grafana", DIALECT, document=Document(None, ""))
        setup.kept = {"shape": "together", "rest": {}, "reported": []}
        self._contact_points(document, setup, problems, {} if fresh else self._known)
        if (policies := document.get("policies")) is not None:
            kept, policy = self._policies
            if fresh or policy is None or kept != policies:
                policy = read_policy(as_loaded(policies), ("policies",), problems)
                self._policies = (None, None) if fresh or problems else (policies, policy)
            setup.policy = policy
        for index, entry in enumerate(document.get("muteTimings") or ()):
            place: Path = ("muteTimings", index)
            known = {key: value for key, value in entry.items() if key in TIMING}
            setup.mute_timings.append(read_mute_timing(as_loaded(known), place, problems))
        for index, entry in enumerate(document.get("templates") or ()):
            place = ("templates", index)
            setup.templates.append(TemplateFile(entry["name"], entry["template"], place))
        rules = [_without(entry, BESIDE) for entry in document.get("inhibitRules") or ()]
        if rules:
            setup.inhibitions = read_inhibit_rules(as_loaded(rules), ("inhibitRules",), problems)
        problems.raise_if_any()
        return setup

    def _contact_points(
        self,
        document: Mapping[str, Any],
        setup: Setup,
        problems: Problems,
        known: Mapping[bytes, Integration],
    ) -> None:
        points: dict[str, ContactPoint] = {}
        read: dict[bytes, Integration] = {}
        for index, row in enumerate(document.get("contactPoints") or ()):
            place: Path = ("contactPoints", index)
            name = row.get("name")
            if not isinstance(name, str) or not name:
                problems.error(place, "no name is set")
                continue
            point = points.get(name)
            if point is None:
                point = points[name] = ContactPoint(name, path=place)
                setup.contact_points.append(point)
            text = as_bytes(row)
            made = known.get(text)
            if made is None:
                made = read_row(row, place, problems)
            elif made.path[1] != index:
                made = copy.copy(made)
                made.path = (*place, "settings")
            if made is None:
                continue
            read[text] = made
            point.integrations.append(made)
        if known is self._known and not problems:
            self._known = read


def read_row(row: Mapping[str, Any], place: Path, problems: Problems) -> Integration | None:
    """The integration that an EmbeddedContactPoint means; ``None`` and problems when it is none."""
    reading = Reading(Document(None, ""), DIALECT, problems)
    found = reading.named(as_loaded(row), place, ROW, "contact point")
    return reading.integration(found, place)


def as_bytes(row: Any) -> bytes:
    """The same for rows that say the same, in the same order."""
    try:
        return marshal.dumps(row, 2)  # without references: those depend on who else holds a text
    except ValueError:  # a text of a kind of its own
        return json.dumps(row).encode()


def without_common(
    a: Mapping[str, Any], b: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Two documents without the contact points that say the same in both: comparing what those mean
    would be most of the work. Where templates differ, equal texts may mean something else.
    """
    if (a.get("templates") or []) != (b.get("templates") or []):
        return a, b
    mine, others = (_by_name(each) for each in (a, b))
    same = {name for name, rows in mine.items() if others.get(name) == rows}

    def less(document: Mapping[str, Any]) -> Mapping[str, Any]:
        rows = document.get("contactPoints") or ()
        return {**document, "contactPoints": [row for row in rows if row["name"] not in same]}

    return less(a), less(b)


def _by_name(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in document.get("contactPoints") or ():
        found.setdefault(row["name"], []).append(row)
    return found


def as_loaded(value: Any) -> Any:
    """A decoded JSON value as a document holds one: text is quoted, numbers and bools plain, and
    what is :class:`Unread` is what it stands for.
    """
    if isinstance(value, Unread):
        return value.value
    if isinstance(value, str):
        return Quoted(value if value.isascii() else value.translate(HALVES))
    if isinstance(value, dict):
        return {key: as_loaded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_loaded(item) for item in value]
    return value if value is None else json.dumps(value)


def _without(entry: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}


@lru_cache(4096)
def template_problem(text: str, name: str = "") -> str:
    """Why a text is no template of Grafana's; empty when it is one. It is parsed, not compiled."""
    from translators.gotemplate.environment import parse_functions
    from translators.gotemplate.errors import TemplateError
    from translators.gotemplate.parser import parse

    try:
        parse(text, parse_functions("grafana"), name)
    except TemplateError as error:
        return str(error)
    return ""


def located(problems: list[Problem], skip: int = 0) -> list[dict[str, str]]:
    """Problems as an API says them, without the first ``skip`` steps of their paths."""
    return [
        {"path": ".".join(map(str, each.path[skip:])), "message": each.message} for each in problems
    ]
