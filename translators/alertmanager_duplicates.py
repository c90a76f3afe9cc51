"""What Alertmanager calls the objects of alertmanager.yml, for keys that stand twice in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alertmanager_configs.duplicates import name_duplicates, object_type
from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.versions import Version
from contactpoints.base import Integration
from contactpoints.fields import Field
from contactpoints.groups import Part, Parts
from contactpoints.http_settings import HttpConfig
from translators.alertmanager_known import known_receivers, known_settings, object_type_of


def named_duplicates(document: Document, version: Version) -> Iterable[Problem]:
    """The keys of ``document`` that stand twice, in the words of ``version``."""
    problems = Problems(version)

    def type_of(path: Path) -> str | None:
        if len(path) < 4 or path[0] != "receivers":
            return object_type(path)
        declared = known_receivers(version).get(str(path[2]))
        if declared is None:
            return None
        return _type_below(declared, path[4:], problems)

    in_maps = [each for each in document.merged if type_of(each.path[:-1]) is None]
    return name_duplicates([*document.duplicates, *in_maps], type_of)


def settle_duplicates(problems: Problems) -> None:
    """Say of an unknown key that stands twice what Alertmanager says: twice that it is unknown, and
    nothing of what is below it.
    """
    unknown = {
        problem.path: problem.message
        for problem in problems.errors
        if problem.at_key and " not found in type " in problem.message
    }
    kept = []
    repeated = []
    for problem in problems.errors:
        if problem.at_key and " already set in " in problem.message:
            steps = [problem.path[: end + 1] for end in range(len(problem.path))]
            above = next((path for path in steps if path in unknown), None)
            if above == problem.path:
                problem = problem._replace(message=unknown[above])
            if above in (None, problem.path):
                repeated.append(problem)
        else:
            kept.append(problem)
    problems.errors[:] = kept + repeated  # of one line, what is wrong with a value comes first


def _settings(declared: type[Integration], version: Version) -> Mapping[str, tuple[Field, bool]]:
    return known_settings(declared, version)  # type: ignore[arg-type]  # a class is hashable


def _type_below(declared: type[Integration], path: Path, problems: Problems) -> str | None:
    """The type of the object at ``path`` within the settings of an integration."""
    if not path:
        return object_type_of(declared, problems.version)  # type: ignore[arg-type]  # hashable
    fields = _settings(declared, problems.version)
    field, _ = fields.get(str(path[0]), (None, False))
    steps = path[1:]
    while isinstance(field, Part) and not isinstance(field, HttpConfig):
        if isinstance(field, Parts):
            steps = steps[1:]
        if not steps:
            return field.object_type(problems)
        by_name = {part.spelling("alertmanager").name: part for part in field.parts.values()}
        field, steps = by_name.get(str(steps[0])), steps[1:]
    return object_type(path) if isinstance(field, HttpConfig) else None
