"""What Alertmanager calls the objects of alertmanager.yml, for keys that stand twice in one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from alertmanager_configs.duplicates import name_duplicates, object_type
from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.versions import Version
from contactpoints.base import Integration
from contactpoints.fields import Field
from contactpoints.groups import Part, Parts
from contactpoints.http_settings import HttpConfig
from translators.alertmanager_globals import known_globals
from translators.alertmanager_receivers import known_receivers, known_settings, object_type_of


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

    for problem in name_duplicates(document.duplicates, type_of):
        steps = [problem.path[: end + 1] for end in range(len(problem.path))]
        unknown = [path for path in steps if _is_unknown(path, version)]
        if not unknown:
            yield problem
        elif unknown[0] == problem.path:
            go_type = type_of(problem.path[:-1])
            message = f"field {problem.path[-1]} not found in type {go_type}"
            yield problem._replace(message=message)


def _is_unknown(path: Path, version: Version) -> bool:
    """Whether Alertmanager does not know the key that ``path`` ends with: it looks at nothing
    below, and says of a second one only that it is unknown too.
    """
    *above, key = path
    if above == ["global"]:
        return key not in known_globals(version) and key != "resolve_timeout"
    if above[:1] != ["receivers"]:
        return False
    known: Collection[object] = (key,)
    if len(above) == 2:
        known = ("name", "labels", *known_receivers(version))
    elif len(above) == 4:
        declared = known_receivers(version).get(str(above[2]))
        known = ("send_resolved", *_settings(declared, version)) if declared else ()
    return key not in known


def _settings(declared: type[Integration], version: Version) -> Mapping[str, tuple[Field, bool]]:
    return known_settings(declared, version)  # type: ignore[arg-type]  # a class is hashable


def _type_below(declared: type[Integration], path: Path, problems: Problems) -> str | None:
    """The type of the object at ``path`` within the settings of an integration."""
    if not path:
        return object_type_of(declared, problems)
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
