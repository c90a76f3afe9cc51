"""Several files that are one setup: a folder of Grafana's, of Terraform's, of Kubernetes'."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path as Way
from alertmanager_configs.problems import Problem, Problems, SetupError, describe
from alertmanager_configs.versions import LATEST, Version
from contactpoints.setup import Setup
from translators import Reading, UnknownDialectError, beside, open_text, read_text
from translators.dialect import Find
from translators.grafana_orgs import in_order, without_others
from translators.inputs import Input

SEPARATORS: Mapping[str, str] = {
    "terraform": "\n",
    "kubernetes": "\n---\n",
    "victoriametrics": "\n---\n",
}
"""What stands between the files where several are read as one text."""
UNKNOWN = "?"
TOGETHER = ("grafana-file", "grafana-api")
"""The dialects in which every file adds to the others."""


@dataclass(slots=True)
class SeveralFiles(Document):
    """The documents of several files as one. Lines count on from file to file; :meth:`origin` says
    which file a line is in.
    """

    starts: Sequence[tuple[int, str]] = ()
    find_place: Callable[[Way, bool], tuple[int, int]] | None = None

    def place(self, path: Way, at_key: bool = False) -> tuple[int, int]:
        assert self.find_place is not None  # it is given wherever one is made
        return self.find_place(path, at_key)

    def origin(self, line: int) -> tuple[str, int]:
        """The file that a line is in, and its number there."""
        number = bisect_left(self.starts, (line,)) - 1
        start, name = self.starts[max(number, 0)]
        return name, line - start


def read_several(
    inputs: Sequence[Input],
    *,
    read: str = "",
    templates: Path | None = None,
    version: Version = LATEST,
    org: str = "",
) -> tuple[Reading, list[str]]:
    """What all files say together, and the names of those in folders that no dialect has; of
    Grafana's files only what is for ``org``, when it is given.

    :raises SetupError: with all that is wrong in any of them.
    :raises UnknownDialectError: when a file that was named is of no dialect that is known.
    """

    def find_for(each: Input) -> Find:
        return beside(templates or each.folder)

    if len(inputs) == 1:
        (one,) = inputs
        reading = read_text(
            one.text, read=read, name=one.name, find=find_for(one), version=version, org=org
        )
        reading.problems.raise_if_any(one.name)
        return reading, []
    known, skipped = sorted_out(inputs, read)
    names = {name for _, name in known}
    if len(names) != 1:
        said = f"{', '.join(sorted(names))}" if names else "none that is known"
        raise SetupError([Problem(f"several files must be of one dialect; these are of {said}")])
    (name,) = names
    files = [each for each, _ in known]
    if len(files) == 1:
        return (
            read_several(files, read=name, templates=templates, version=version, org=org)[0],
            skipped,
        )
    if name in SEPARATORS:
        find = find_for(files[0])
        return _as_one_text(files, name, SEPARATORS[name], find, version), skipped
    if name not in TOGETHER:
        raise SetupError([Problem(f"one file is a whole setup in {name}; give one at a time")])
    readings = [
        read_text(
            each.text, read=name, name=each.name, find=find_for(each), version=version, org=org
        )
        for each in files
    ]
    return _together(files, readings, org), skipped


def sorted_out(
    inputs: Sequence[Input], read: str, *, strict: bool = True
) -> tuple[list[tuple[Input, str]], list[str]]:
    """Every file with its dialect, and the names of those in folders that are of none.

    :raises UnknownDialectError: when a file that was named is of none.
    :raises SetupError: when one is not even a document; both only when ``strict``, else the file
        stays with a dialect without a name.
    """
    from translators.kubernetes.objects import values_in  # needed for several files alone

    known, skipped = [], []
    named = ""
    for each in inputs:
        try:
            name = read or open_text(each.text, "", each.name)[0].name
            named += each.text.decode(errors="replace") if name == "kubernetes" else ""
        except UnknownDialectError:
            name = UNKNOWN
        except SetupError:
            if strict:
                raise
            name = ""
        known.append((each, name))
    found = []
    for each, name in known:
        if name != UNKNOWN:
            found.append((each, name))
        elif any(said and said in named for said in values_in(each.text)):
            found.append((each, "kubernetes"))
        elif each.is_found:
            skipped.append(each.name)
        elif strict:
            raise UnknownDialectError(f"{each.name}: of no dialect that is known")
        else:
            found.append((each, ""))
    return found, skipped


def in_groups(paths: Iterable[str | Path]) -> Sequence[Sequence[Input]]:
    """The files, those together that mean something only together: objects of Kubernetes.

    :raises OSError: when one cannot be read.
    """
    inputs = [Input(str(path), Path(path).read_bytes(), Path(path).parent) for path in paths]
    if len(inputs) == 1:
        return [inputs]
    groups: dict[Any, list[Input]] = {}
    for number, (each, name) in enumerate(sorted_out(inputs, "", strict=False)[0]):
        groups.setdefault(name if name == "kubernetes" else number, []).append(each)
    return list(groups.values())


def _as_one_text(
    files: Sequence[Input], name: str, separator: str, find: Find, version: Version
) -> Reading:
    texts = [each.text.decode("utf-8-sig", "replace") for each in files]
    starts, line = [], 0
    for each, text in zip(files, texts, strict=True):
        starts.append((line, each.name))
        line += text.count("\n") + separator.count("\n")
    whole = separator.join(texts)
    try:
        reading = read_text(whole, read=name, find=find, version=version)
    except SetupError as error:
        located = SeveralFiles(None, whole, starts=starts)
        raise SetupError([_named(each, located) for each in error.problems]) from None
    document = SeveralFiles(
        reading.document.data, whole, starts=starts, find_place=reading.document.place
    )
    if reading.problems:
        raise SetupError([_named(each, document) for each in reading.problems.errors])
    return Reading(reading.setup, reading.dialect, document, reading.problems)


def _named(problem: Problem, document: SeveralFiles) -> Problem:
    """A problem that says itself which file it is in."""
    name, line = document.origin(problem.line)
    return Problem(describe(problem._replace(line=line), name))


def _together(files: Sequence[Input], readings: Sequence[Reading], org: str) -> Reading:
    wrong = [
        Problem(describe(problem, each.name))
        for each, reading in zip(files, readings, strict=True)
        for problem in reading.problems.errors
    ]
    first = readings[0]
    whole = Setup(first.setup.family, first.setup.dialect)
    orgs = in_order(org for reading in readings for org in reading.orgs)
    is_one_org = len(orgs) < 2 or org  # else nothing comes of it but the names
    starts, line = [], 0
    for number, (each, reading) in enumerate(zip(files, readings, strict=True)):
        starts.append((line, each.name))
        line += reading.document.text.count("\n") + 1
        _moved(reading.setup, number)
        if is_one_org:
            kept = without_others(reading.setup.kept, org, orgs) if org else reading.setup.kept
            wrong += _add(whole, replace(reading.setup, kept=kept), each.name)
    if wrong:
        raise SetupError(wrong)

    def place(path: Way, at_key: bool) -> tuple[int, int]:
        number = path[0] if path and isinstance(path[0], int) else None
        if number is None:
            having = (i for i, r in enumerate(readings) if _has(r.document.data, path))
            number, path = next(having, 0), (0, *path)
        found, column = readings[number].document.place(path[1:], at_key)
        return starts[number][0] + found, column

    text = "\n".join(reading.document.text for reading in readings)
    document = SeveralFiles(None, text, starts=starts, find_place=place)
    whole.document = document
    return Reading(whole, first.dialect, document, Problems(), orgs)


def _has(data: Any, path: Way) -> bool:
    return bool(path) and isinstance(data, dict) and path[0] in data


def _moved(setup: Setup, number: int) -> None:
    """Begin the path of everything with the number of its file."""
    things: list[Any] = [
        *setup.contact_points,
        *(integration for _, integration in setup.integrations()),
        *(setup.policy.walk() if setup.policy else ()),
        *setup.mute_timings,
        *(interval for timing in setup.mute_timings for interval in timing.time_intervals),
        *setup.inhibitions,
        *setup.templates,
    ]
    for each in things:
        each.path = (number, *each.path)


def _add(whole: Setup, setup: Setup, name: str) -> list[Problem]:
    """Add what one file says. A contact point may stand in several: its integrations add up."""
    for point in setup.contact_points:
        known = whole.contact_point(point.name)
        if known is None:
            whole.contact_points.append(point)
        else:
            known.integrations += point.integrations
    for key, value in setup.kept.items():
        before = whole.kept.get(key)
        both = isinstance(before, list) and isinstance(value, list)
        whole.kept[key] = [*before, *value] if both else value  # type: ignore[misc]
    whole.mute_timings += setup.mute_timings
    whole.inhibitions += setup.inhibitions
    whole.templates += setup.templates
    if setup.policy is not None and whole.policy is not None:
        return [Problem(f"{name}: there is a policy tree in an earlier file already")]
    whole.policy = whole.policy or setup.policy
    return []
