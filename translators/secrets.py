"""Secrets on their way: the ones the input does not have, and how the ones it has are written.

Alertmanager's API shows ``<secret>`` where a secret was, Grafana's ``[REDACTED]``; a Grafana file
says ``${NAME}`` and Terraform ``var.name`` for what only the machine that reads them knows. None of
these is a value, so none is written to another dialect as if it were one: there stands what that
dialect has for "not here" (a variable or a file), or nothing, and a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from alertmanager_configs.problems import Path, Problems
from contactpoints.base import Integration
from contactpoints.fields import (
    GRAFANA_REDACTED,
    REDACTED,
    Expression,
    Field,
    FromFile,
    Interpolated,
    Text,
)
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import ContactPoint, Setup
from translators.crossing import label_of
from translators.losses import Report, What
from translators.variables import Piece, Reference, pieces_of, references, variable_name

if TYPE_CHECKING:
    from translators.dialect import Dialect

Mode = Literal["inline", "env", "file", "redact"]
MODES: tuple[Mode, ...] = get_args(Mode)

PLACEHOLDERS = (GRAFANA_REDACTED, REDACTED)
FOLDER = (
    "/run/secrets"  # where Docker puts them: https://docs.docker.com/compose/how-tos/use-secrets/
)
IN_FILES = frozenset(["password", "credentials", "bearer_token", "client_secret", "key"])
"""The secrets of Alertmanager's ``http_config`` and ``tls_config`` that have a twin ``…_file``."""


class Missing(Interpolated):
    """Stands for a value that the input does not have; as text it is :data:`REDACTED`."""

    pieces: tuple[Piece, ...]
    why: str

    @classmethod
    def of(cls, why: str, pieces: tuple[Piece, ...] = ()) -> Missing:
        made = cls(REDACTED)
        made.why, made.pieces = why, pieces
        return made


@dataclass(frozen=True)
class InFile:
    """A decision: the value stands in this file, which the key's twin ``…_file`` names."""

    path: str


REMOVED: Any = object()
"""A decision: the value is left out."""


def is_placeholder(value: Any) -> bool:
    """Whether a value is what an API shows in a secret's place."""
    return isinstance(value, str) and value in PLACEHOLDERS


def warn_of_missing(setup: Setup, problems: Problems) -> None:
    """Warn of every secret that the text shows only a placeholder for."""
    if setup.document is None or not any(word in setup.document.text for word in PLACEHOLDERS):
        return
    for _, integration in setup.integrations():
        for name, value in integration.values.items():
            key = integration.fields[name].spelling(integration.family).name
            for path, leaf in leaves(value):
                if is_placeholder(leaf):
                    place = (*integration.path, key, *path)
                    problems.warn(place, f"missing secret: {leaf} is not a value")


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is not a collection, with the way to it."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else None
    )
    if pairs is None:
        yield path, value
        return
    for key, item in pairs:
        yield from leaves(item, (*path, key))


def without_unknown(setup: Setup, target: Dialect) -> Setup:
    """``setup`` with :class:`Missing` for every value that ``target`` cannot know."""

    def change(path: Path, leaf: Any) -> Any:
        if is_placeholder(leaf):
            return Missing.of("missing secret: the input does not have it")
        if isinstance(leaf, Interpolated):
            pieces, names = pieces_of(leaf)
            reader = "Terraform" if isinstance(leaf, Expression) else "the machine that reads it"
            return Missing.of(f"only {reader} knows {names or 'its value'}", pieces)
        if isinstance(leaf, FromFile) and not target.takes_files:
            return Missing.of(f"it stands in the file {leaf.path}")
        return leaf

    for _, integration in setup.integrations():
        integration.values = rebuilt(integration.values, (), change)
        if integration.inherited:
            integration.inherited = rebuilt(dict(integration.inherited), (), change)
        for key in [key for key, item in integration.extra.items() if is_placeholder(item)]:
            del integration.extra[key]
    return setup


def rebuilt(value: Any, path: Path, change: Callable[[Path, Any], Any]) -> Any:
    """``value`` with every leaf changed; what is made of REMOVED ones is left out."""
    if isinstance(value, dict):
        found: dict[Any, Any] = {}
        for key, item in value.items():
            new = rebuilt(item, (*path, key), change)
            if isinstance(new, InFile):
                found[f"{key}_file"] = new.path
            elif new is not REMOVED:
                found[key] = new
        return found
    if isinstance(value, list):
        made = [rebuilt(item, (*path, index), change) for index, item in enumerate(value)]
        return [item for item in made if item is not REMOVED]
    return change(path, value)


@dataclass
class Vault:
    """The secrets that are not written into the text, by the name that stands for each."""

    values: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str, value: str | None = None) -> str:
        """A name for a secret: the same one for the same value, one of its own for one that is not
        known.
        """
        if value is not None and value in self.names:
            return self.names[value]
        name, turn = wanted, 1
        while name in self.taken:
            turn += 1
            name = f"{wanted}_{turn}"
        self.taken.add(name)
        if value is not None:
            self.values[name] = value
            self.names[value] = name
        return name


def settle(
    setup: Setup, target: Dialect, mode: Mode, report: Report
) -> tuple[Setup, Mapping[str, str]]:
    """``setup`` with its secrets as ``target`` can say them, and the files that hold the values."""
    vault, same = Vault(), setup.dialect == target.name
    points = []
    for point in setup.contact_points:
        settled = [
            _Settling(point, index, target, mode, report, vault, same).run()
            for index in range(len(point.integrations))
        ]
        points.append(replace(point, integrations=[each for each in settled if each is not None]))
    files: Mapping[str, str] = {}
    if vault.values and mode == "file":
        files = vault.values
    elif vault.values and mode == "env":
        files = {target.values_file: target.write_values(vault.values)}
    return replace(setup, contact_points=points), files


class _Settling:
    """One integration on its way to the writer."""

    def __init__(
        self,
        point: ContactPoint,
        index: int,
        target: Dialect,
        mode: Mode,
        report: Report,
        vault: Vault,
        same: bool,
    ) -> None:
        self.point, self.index, self.target = point, index, target
        self.mode, self.report, self.vault = mode, report, vault
        self.same = same
        self.integration = point.integrations[index]
        self.left_out = False

    def run(self) -> Integration | None:
        """The integration; ``None`` when nothing valid is left of it."""
        integration = self.integration
        values = {}
        for name, value in integration.values.items():
            field = integration.fields[name]
            hidden = list(field.secrets(value))
            new = rebuilt(value, (), partial(self.leaf, field, hidden))
            if isinstance(new, InFile):
                new = FromFile(new.path)
            if new is not REMOVED:
                values[name] = new
        integration.values = values
        if self.left_out and self.target.family == "alertmanager":
            wrong = [text for _, text in (*integration.check(), *integration.check_inherited())]
            if wrong:
                self.lose("", "dropped", f"what is left is not valid there: {'; '.join(wrong)}")
                return None
        return integration

    def leaf(self, field: Field, hidden: list[Path], path: Path, leaf: Any) -> Any:
        """What becomes of one value."""
        secret = any(path[: len(way)] == way for way in hidden)
        if self.same and is_placeholder(leaf):
            return leaf
        if isinstance(leaf, Missing) or (secret and isinstance(leaf, str) and REDACTED in leaf):
            return self.missing(field, path, leaf)
        if self.mode == "inline" or not secret or not isinstance(leaf, str) or not leaf:
            return leaf
        return leaf if isinstance(leaf, Interpolated) else self.hide(field, path, leaf)

    def missing(self, field: Field, path: Path, leaf: Any) -> Any:
        """What stands for a value that is not known."""
        why = leaf.why if isinstance(leaf, Missing) else "missing secret: a part of it is not known"
        pieces = leaf.pieces if isinstance(leaf, Missing) else ()
        shown = self.shown(field, path)
        if isinstance(field, Text) or path:
            if not any(isinstance(piece, Reference) for piece in pieces):
                pieces = (Reference(self.vault.name(self.name(field, path))),)
            if (told := self.target.variable(pieces)) is not None:
                names = references(pieces, self.written)
                self.lose(shown, "changed", f"{why}; it is written with {names}")
                return told
            if self.can_be_in_file(field, path) and len(pieces) == 1:
                file = f"{FOLDER}/{cast(Reference, pieces[0]).name}"
                self.lose(
                    shown, "changed", f"{why}; it is read from {file}, which you have to write"
                )
                return InFile(file)
        self.left_out = True
        self.lose(shown, "dropped", why)
        return REMOVED

    def hide(self, field: Field, path: Path, leaf: str) -> Any:
        """What stands for a value that must not be in the text."""
        shown = self.shown(field, path)
        if self.mode == "redact":
            self.lose(shown, "changed", "redacted, as was asked for")
            return self.target.redacted(self.name(field, path))
        name = self.vault.name(self.name(field, path), str(leaf))
        if self.mode == "env":
            told = self.target.variable((Reference(name),))
            if told is not None:
                file = self.target.values_file
                self.lose(shown, "changed", f"it is written as {told}; {file} holds the value")
                return told
        if self.can_be_in_file(field, path):
            file = f"{FOLDER}/{name}"
            self.lose(shown, "changed", f"it is read from {file}; the file {name} holds the value")
            return InFile(file) if self.target.family == "alertmanager" else FromFile(file)
        self.vault.values.pop(name, None)
        self.left_out = True
        ways = {"env": "from a variable", "file": "from a file"}
        self.lose(shown, "dropped", f"{self.target.name} cannot read it {ways[self.mode]}")
        return REMOVED

    def written(self, pieces: tuple[Piece, ...]) -> Interpolated:
        return self.target.variable(pieces) or Interpolated()

    def can_be_in_file(self, field: Field, path: Path) -> bool:
        if not self.target.takes_files:
            return False
        if self.target.family == "grafana":
            return True
        return field.file if not path else isinstance(field, HttpConfig) and path[-1] in IN_FILES

    def name(self, field: Field, path: Path) -> str:
        steps = [str(step) for step in path]
        return variable_name(self.point.name, self.integration.type, field.setting, *steps)

    def shown(self, field: Field, path: Path) -> str:
        return ".".join(map(str, (field.spelling(self.target.family).name, *path)))

    def lose(self, setting: str, what: What, why: str) -> None:
        where = (self.point.name, label_of(self.point, self.index), *([setting] if setting else []))
        path = (*self.integration.path, *([setting] if setting else []))
        self.report.lose(where, what, why, path, is_of_contact_point=True)
