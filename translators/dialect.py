"""Dialect: one written form of a setup. Each file in ``dialects/`` is one, found by the folder's
listing.
"""

from __future__ import annotations

import importlib
import pkgutil
import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

from alertmanager_configs.loading import Document, load
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.versions import Version
from contactpoints.base import Integration
from contactpoints.fields import GRAFANA_REDACTED, REDACTED, Field, Interpolated
from contactpoints.groups import Part
from contactpoints.setup import Setup, did_you_mean
from contactpoints.spelling import Family
from translators import dialects
from translators.losses import Report
from translators.secrets import Mode
from translators.variables import Piece

Find = Callable[[str], Iterable[tuple[str, str]]]
"""Finds the template files of a glob: their names and texts."""


class UnknownDialectError(ValueError):
    """A dialect's name that is none; the text names near ones."""


@dataclass(frozen=True)
class Writing:
    """What a dialect wrote: the text, and files that stand beside it (templates), by name."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)


class Dialect(ABC):
    """Reads one form of text into a setup and writes a setup of its family back."""

    name: ClassVar[str]
    family: ClassVar[Family]
    about: ClassVar[str]
    secrets: ClassVar[Mode] = "inline"
    """How secrets are written when nobody says."""
    takes_files: ClassVar[bool] = True
    """Whether a text can name a file that a value stands in (:class:`FromFile`)."""
    takes_secrets: ClassVar[bool] = False
    """Whether a text can name a Secret of Kubernetes that a value stands in."""
    reads_files_at_once: ClassVar[bool] = False
    """Whether such files must be there already when the text is checked."""
    values_file: ClassVar[str] = "secrets.env"
    """The file that holds the values of variables."""

    def claims(self, text: str) -> bool:
        """Whether the text is this dialect's, when it is not simply YAML."""
        return False

    def load(self, text: str | bytes, name: str) -> Document:
        """The document that a text is. :raises SetupError: with the place, when it is none."""
        return load(text, name)

    def place_of(self, field: Field, path: Path) -> Path:
        """The way from an integration's settings to what is at ``path`` in a setting's value."""
        if path and isinstance(field, Part) and (part := field.parts.get(str(path[-1]))):
            return (field.spelling(self.family).name, *path[:-1], part.spelling(self.family).name)
        return (field.spelling(self.family).name, *path)

    def variable(self, pieces: tuple[Piece, ...]) -> Interpolated | None:
        """A text with variables in it; ``None`` when the dialect has no variables."""
        return None

    def lacks(self, declared: type[Integration]) -> bool:
        """Whether this dialect has no such integration, although its family does."""
        return False

    def redacted(self, name: str) -> str:
        """What stands in a secret's place when it must not be shown."""
        return REDACTED if self.family == "alertmanager" else GRAFANA_REDACTED

    def write_values(self, values: Mapping[str, str]) -> str:
        """The text of :attr:`values_file`: for a shell, or an ``env_file``."""
        return "".join(f"{name.upper()}={shlex.quote(value)}\n" for name, value in values.items())

    @abstractmethod
    def recognises(self, document: Document) -> bool:
        """Whether the document looks like this dialect."""

    def name_duplicates(self, document: Document, version: Version) -> Iterable[Problem]:
        """The keys that stand twice, in the words of the program that reads this dialect."""
        return document.duplicates

    @abstractmethod
    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        """The setup that ``document`` says. All that is wrong with it goes to ``problems``."""

    def report_kept(self, setup: Setup, report: Report) -> None:
        """Report what only this dialect says, for a translation to another one."""
        for key in setup.kept:
            report.lose((key,), "dropped", f"only {self.name} has it", (key,))

    @abstractmethod
    def write(self, setup: Setup, report: Report) -> Writing:
        """``setup``, which is of this dialect's family, in canonical form. What has no place goes
        to ``report``.
        """


@cache
def modules() -> Mapping[str, str]:
    """The modules in ``dialects/``, by the name of the dialect in each."""
    found = sorted(module.name for module in pkgutil.iter_modules(dialects.__path__))
    return {name.replace("_", "-"): f"{dialects.__name__}.{name}" for name in found}


@cache
def loaded(name: str) -> Dialect:
    """The dialect in the module for ``name``; a dialect is imported when it is used."""
    module = importlib.import_module(modules()[name])
    (found,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Dialect)
        and value.__module__ == module.__name__
    )
    return found()


def all_dialects() -> Mapping[str, Dialect]:
    """Every dialect by name."""
    return {name: loaded(name) for name in modules()}


def dialect(name: str) -> Dialect:
    """The dialect called ``name``. :raises UnknownDialectError: naming near ones."""
    if name in modules():
        return loaded(name)
    hint = did_you_mean(name, modules()) or "; known are " + ", ".join(modules())
    raise UnknownDialectError(f"unknown dialect {name!r}{hint}")


def guess(document: Document) -> Dialect:
    """The dialect that the document looks like. :raises UnknownDialectError: when it looks like
    none.
    """
    for name in modules():
        if loaded(name).recognises(document):
            return loaded(name)
    raise UnknownDialectError(
        "cannot tell which dialect this is; say it with --from: " + ", ".join(modules())
    )
