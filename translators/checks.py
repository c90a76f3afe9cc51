"""What is wrong or doubtful with a file: everything that reading finds, and what only the whole
shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alertmanager_configs.problems import Problem, Problems, SetupError, describe
from alertmanager_configs.routes import Route
from alertmanager_configs.versions import LATEST, Version
from contactpoints.setup import Setup
from translators import Reading, UnknownDialectError, read_text
from translators.dialect import Find
from translators.gotemplate import TemplateErrors, TemplateSet
from translators.refused_templates import refused_template
from translators.refused_templates import template_texts as template_texts

GRAFANA = 13
NOT_GRAFANAS = ("hipchat", "sensu")
"""Integrations that Grafana had and this service has, which Grafana's newest version refuses."""
GRAFANAS_OWN = ("grafana-file", "grafana-api")


@dataclass(frozen=True)
class Verdict:
    """What ``check`` says of one file."""

    file: str
    dialect: str
    errors: Sequence[Problem]
    warnings: Sequence[Problem]

    @property
    def valid(self) -> bool:
        return not self.errors

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "file": self.file,
            "dialect": self.dialect,
            "valid": self.valid,
            "errors": [_as_dict(problem) for problem in self.errors],
            "warnings": [_as_dict(problem) for problem in self.warnings],
        }

    def __str__(self) -> str:
        lines = [
            f"{self.file}: {'valid' if self.valid else 'INVALID'}"
            + (f" ({self.dialect})" if self.dialect else "")
        ]
        lines += [f"  {describe(problem)}" for problem in self.errors]
        lines += [f"  warning: {describe(problem)}" for problem in self.warnings]
        return "\n".join(lines) + "\n"


def _as_dict(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line or None,
        "column": problem.column or None,
        "path": ".".join(map(str, problem.path)),
        "message": problem.message,
    }


def check(
    text: str | bytes,
    *,
    name: str,
    read: str = "",
    find: Find | None = None,
    version: Version = LATEST,
) -> Verdict:
    """The verdict on one text, by the rules of a version of Alertmanager where it is one of its
    family.
    """
    try:
        reading = read_text(text, read=read, name=name, find=find, version=version)
        readings = [reading]
        if len(reading.orgs) > 1:  # each is a setup of its own
            readings = [
                read_text(text, read=read, name=name, find=find, version=version, org=org)
                for org in reading.orgs
            ]
    except SetupError as error:
        return Verdict(name, read, error.problems, [])
    except UnknownDialectError as error:
        return Verdict(name, read, [Problem(str(error))], [])
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for each in readings:
        problems = _problems(each)
        first = problems.first()
        found = sorted(problems.errors, key=lambda problem: problem is not first)
        errors += [problem for problem in found if problem not in errors]
        warnings += [problem for problem in problems.warnings if problem not in warnings]
    return Verdict(name, reading.dialect.name, errors, warnings)


def _problems(reading: Reading) -> Problems:
    """All that is wrong or doubtful with one setup."""
    problems = reading.problems
    check_templates(reading, problems)
    check_services(reading.setup, problems)
    check_use(reading.setup, problems)
    problems.locate(reading.document)
    return problems


def check_templates(reading: Reading, problems: Problems, *, we_send: bool = False) -> None:
    """Every template file and every template in a setting parses.

    Alertmanager and Grafana take a file with a broken template in a setting, and fail when they
    send. Where it is us who send with it (``we_send``), it is an error.
    """
    setup = reading.setup
    sources = {file.name: file.text for file in setup.templates if file.text is not None}
    paths = {file.name: file.path for file in setup.templates}
    try:
        templates = TemplateSet(sources, family=setup.family)
    except TemplateErrors as found:
        for error in found.errors:
            problems.error(paths.get(error.name, ()), str(error), "whole")
        templates = TemplateSet({}, family=setup.family)
    for _, integration in setup.integrations():
        for name, field, path, text in template_texts(integration):
            for error in templates.check(text, html=field.html, name=name):
                if said := refused_template(integration, path, error, problems.version):
                    problems.error(path, said)
                elif we_send:
                    problems.error(path, str(error))
                else:
                    problems.warn(path, str(error))


def check_services(setup: Setup, problems: Problems) -> None:
    """Services that are gone or going."""
    for _, integration in setup.integrations():
        if integration.notice:
            problems.warn(integration.path, integration.notice.text)
        if integration.type in NOT_GRAFANAS and setup.dialect in GRAFANAS_OWN:
            told = f"Grafana {GRAFANA} has no integration of type {integration.type!r} any more"
            problems.warn(integration.path, f"{told} and refuses the file; this service takes it")


def check_use(setup: Setup, problems: Problems) -> None:
    """Contact points that no policy uses, and routes that no alert can reach."""
    if setup.policy is None:
        return
    used = set()
    stack: list[Route] = [setup.policy]
    while stack:
        route = stack.pop()
        used.add(route.receiver)
        for index, child in enumerate(route.routes):
            if not child.continue_ and not (child.match or child.match_re or child.matchers):
                for later in route.routes[index + 1 :]:
                    problems.warn(
                        later.path, "no alert gets here: the route before it takes everything"
                    )
                break
        stack += route.routes
    for point in setup.contact_points:
        if point.name not in used:
            problems.warn(point.path, f"no policy uses contact point {point.name!r}")
    defined = {point.name for point in setup.contact_points}
    if setup.family == "grafana":
        for name in sorted(used - defined - {""}):
            problems.warn(setup.policy.path, f"contact point {name!r} is not in this file")


def show(verdicts: Sequence[Verdict], form: str) -> str:
    """The verdicts as text or JSON."""
    if form == "json":
        return (
            json.dumps([verdict.as_dict() for verdict in verdicts], indent=2, ensure_ascii=False)
            + "\n"
        )
    return "".join(map(str, verdicts))
