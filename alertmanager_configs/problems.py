"""What is wrong with a configuration, and where: problems are collected while reading, never
thrown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

from .versions import LATEST, Version

Path = tuple[str | int, ...]
"""The way from the top of a document to a value: mapping keys and list positions."""

Kind = Literal["syntax", "type", "value", "whole", "warning"]

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Problem(NamedTuple):
    """One thing that is wrong.

    `kind` says which stage finds it in Alertmanager: "syntax" (not YAML), "type" (an unknown or
    repeated key, a value of the wrong type), "value" (the check of one object), "whole" (a check
    over the whole file), or "warning". `line` and `column` count from 1; 0 means not located.
    `at_key` tells that the key itself is wrong, not its value.
    """

    message: str
    path: Path = ()
    line: int = 0
    column: int = 0
    kind: Kind = "value"
    at_key: bool = False
    unreached: bool = False


class Located(Protocol):
    """What can tell the place of a path: a loaded document."""

    @property
    def data(self) -> object: ...

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]: ...


class Problems:
    """The collector that is handed down while a document is read; `version` is the Alertmanager
    whose rules hold.

    Readers record in the order in which Alertmanager decodes: an object's children in document
    order, then its own checks. `first` relies on that.
    """

    __slots__ = ("_sections", "errors", "type_errors", "version", "warnings")

    def __init__(self, version: Version = LATEST) -> None:
        self.version = version
        self.type_errors = 0
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self._sections: dict[object, int] = {}

    def __bool__(self) -> bool:
        return bool(self.errors)

    def error(
        self, path: Path, message: str, kind: Kind = "value", *, since: int | None = None
    ) -> None:
        """Record what makes the configuration invalid.

        `since` is what `type_errors` was before the object was read whose check has failed.
        """
        self.type_errors += kind == "type"
        unreached = since is not None and self.type_errors > since
        self.errors.append(Problem(message, path, kind=kind, unreached=unreached))

    def warn(self, path: Path, message: str) -> None:
        """Record what a reader should know although the configuration is valid."""
        self.warnings.append(Problem(message, path, kind="warning"))

    def take_back_value(self) -> list[Problem]:
        """Forget the error that was recorded last when it is about a value, and give it: for what
        Alertmanager looks at later."""
        return [self.errors.pop()] if self.errors and self.errors[-1].kind == "value" else []

    def unknown_key(self, path: Path, type_name: str) -> None:
        """Record a key that the object does not have; `type_name` as Alertmanager calls the
        object."""
        self.type_errors += 1
        message = f"field {path[-1]} not found in type {type_name}"
        self.errors.append(Problem(message, path, kind="type", at_key=True))

    def extend(self, found: Iterable[Problem]) -> None:
        """Take over problems that were found elsewhere, the duplicates of a document for
        example."""
        for problem in found:
            self.type_errors += problem.kind == "type"
            (self.warnings if problem.kind == "warning" else self.errors).append(problem)

    def locate(self, document: Located) -> None:
        """Fill in line and column of everything recorded so far; costs nothing when nothing was."""
        data = document.data
        if isinstance(data, dict):
            self._sections = {key: position for position, key in enumerate(data)}
        for found in (self.errors, self.warnings):
            for position, problem in enumerate(found):
                if not problem.line:
                    line, column = document.place(problem.path, problem.at_key)
                    found[position] = problem._replace(line=line, column=column)

    def first(self) -> Problem | None:
        """The error that amtool would print: it stops at the first one, in this order.

        Syntax, then checks of single objects section by section as the document has them (once
        `locate` has seen it), then wrong types, which the YAML decoder only collects, then checks
        over the whole file.
        """
        ranked = sorted(self.errors, key=self._rank)
        return ranked[0] if ranked else None

    def _rank(self, problem: Problem) -> tuple[int, int]:
        stage = _UNREACHED if problem.unreached else _STAGES[problem.kind]
        if problem.kind == "type":
            return stage, problem.line
        section = problem.path[0] if problem.path else None
        in_sections = problem.kind == "value"
        return stage, self._sections.get(section, len(self._sections)) if in_sections else 0

    def raise_if_any(self, name: str = "") -> None:
        """Raise all errors as one `SetupError`, if there are any."""
        if self.errors:
            raise SetupError(self.errors, name)


_STAGES: dict[Kind, int] = {"syntax": 0, "value": 1, "type": 2, "whole": 3, "warning": 5}
_UNREACHED = 4


class SetupError(Exception):
    """A configuration that cannot be used: every problem, and the name of the file.

    Its text has one line a problem: `name:line:column: path: message`.
    """

    def __init__(self, problems: Sequence[Problem], name: str = "") -> None:
        self.problems = list(problems)
        self.name = name
        super().__init__("\n".join(describe(problem, name) for problem in self.problems))

    @classmethod
    def together(cls, errors: Sequence[SetupError]) -> SetupError:
        """One error for several files, each line with the name of its file."""
        if len(errors) == 1:
            return errors[0]
        made = cls([problem for error in errors for problem in error.problems])
        made.args = ("\n".join(map(str, errors)),)
        return made

    def __reduce__(self) -> tuple[type[SetupError], tuple[list[Problem], str]]:
        return type(self), (self.problems, self.name)


def describe(problem: Problem, name: str = "") -> str:
    """One line for people: where, what."""
    place = [name] if name else []
    if problem.line:
        place += [str(problem.line), str(problem.column)]
    parts = [":".join(place), format_path(problem.path), problem.message]
    return ": ".join(part for part in parts if part)


def format_path(path: Path) -> str:
    """`("route", "routes", 2, "match", "a.b")` as `route.routes[2].match["a.b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            text += f'["{quoted}"]'
    return text
