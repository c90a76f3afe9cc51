"""How the secrets of a setup are written: in the text, as variables, in files, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.fields import REDACTED, Field, FromFile, Interpolated, Text
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import ContactPoint, Setup
from translators.alertmanager_globals import inheriting
from translators.bridge import Bridge
from translators.losses import Report, What
from translators.notices import label_of
from translators.secrets import (
    FOLDER,
    IN_FILES,
    REMOVED,
    InFile,
    Missing,
    Mode,
    in_a_file,
    is_placeholder,
    rebuilt,
)
from translators.variables import Piece, Reference, references, variable_name

if TYPE_CHECKING:
    from translators.dialect import Dialect


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
    setup: Setup, target: Dialect, mode: Mode, report: Report, bridge: Bridge | None = None
) -> tuple[Setup, Mapping[str, str]]:
    """``setup`` with its secrets as ``target`` can say them, and the files that hold the values.

    What is not valid without a secret goes through the ``bridge``, if there is one.
    """
    vault, same = Vault(), setup.dialect == target.name
    if mode == "file" and target.takes_secrets:
        mode = "env"  # a Secret of its own is the file
    points = []
    for point in setup.contact_points:
        settled: list[Integration | None] = []
        for index, integration in enumerate(point.integrations):
            if mode == "inline" and all(map(_is_told, integration.values.values())):
                settled.append(integration)  # what nearly all are
                continue
            found = report.apart()
            made: Integration | None = _Settling(
                point, index, target, mode, found, vault, same
            ).run()
            if made is None and bridge and target.family == "alertmanager":
                label = bridge.labels.get(integration.path) or label_of(point, index)
                report.forget(integration.path)
                key = point.integration_keys()[index]
                made = bridge.integration(point.name, key, integration, report, label)
            else:
                report.take(found)
            settled.append(made)
        points.append(point.having([each for each in settled if each is not None]))
    if same and mode != "inline" and isinstance(setup.kept.get("global"), dict):
        shared = settle_global(setup.kept["global"], target, mode, report, vault)
        setup = replace(setup, kept={**setup.kept, "global": shared})
    files: Mapping[str, str] = {}
    if vault.values and mode == "file":
        files = vault.values
    elif vault.values and mode == "env":
        files = {target.values_file: target.write_values(vault.values)}
    return replace(setup, contact_points=points), files


def _is_told(value: Any) -> bool:
    """Whether a value is a text of which nothing is missing."""
    return value.__class__ is str and REDACTED not in value


def settle_global(
    shared: Mapping[str, Any], target: Dialect, mode: Mode, report: Report, vault: Vault
) -> dict[str, Any]:
    """Alertmanager's ``global`` section as it was read, with its secrets hidden."""

    def change(field: Field, hidden: list[Path], path: Path, leaf: Any) -> Any:
        inner = path[1:]
        if not (inner in hidden or (field.is_secret and not inner)):
            return leaf
        if not isinstance(leaf, str) or not leaf or is_placeholder(leaf):
            return leaf
        wanted = variable_name("global", *map(str, path))
        in_file = target.takes_files and (path[-1] in IN_FILES if inner else field.file)
        told, what, why = hide(target, mode, vault, wanted, str(leaf), in_file)
        report.lose(("global", ".".join(map(str, path))), what, why, ("global", *path))
        return told

    fields = {key: field for _, field, key in inheriting()}
    found: dict[str, Any] = {}
    for key, value in shared.items():
        if (field := fields.get(key)) is None:
            found[key] = value
        else:
            hidden = list(field.secrets(value)) if isinstance(value, dict) else []
            found |= rebuilt({key: value}, (), partial(change, field, hidden))
    return found


def hide(
    target: Dialect, mode: Mode, vault: Vault, wanted: str, value: str, in_file: bool
) -> tuple[Any, What, str]:
    """What stands for a secret that must not be in the text, and what a report says of it.

    ``in_file`` tells that the value can stand in a file.
    """
    if mode == "redact":
        return target.redacted(wanted), "changed", "redacted, as was asked for"
    name = vault.name(wanted, value)
    if mode == "env" and (told := target.variable((Reference(name),))) is not None:
        return told, "changed", f"it is written as {told}; {target.values_file} holds the value"
    if in_file:
        file = f"{FOLDER}/{name}"
        why = f"it is read from {file}; the file {name} holds the value"
        return InFile(file) if target.family == "alertmanager" else FromFile(file), "changed", why
    vault.values.pop(name, None)
    ways = {"env": "from a variable", "file": "from a file"}
    return REMOVED, "dropped", f"{target.name} cannot read it {ways[mode]}"


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
        if isinstance(leaf, FromFile) and self.target.reads_files_at_once and self.mode != "file":
            return leaf if self.same else self.missing(field, path, in_a_file(leaf))
        hides = isinstance(leaf, str) and REDACTED in leaf and (secret or not self.same)
        if isinstance(leaf, Missing) or hides:
            return self.missing(field, path, leaf)
        if self.mode == "inline" or not secret or not isinstance(leaf, str) or not leaf:
            return leaf
        return leaf if isinstance(leaf, Interpolated) else self.hide(field, path, leaf)

    def missing(self, field: Field, path: Path, leaf: Any) -> Any:
        """What stands for a value that is not known."""
        why = leaf.why if isinstance(leaf, Missing) else "missing secret: a part of it is not known"
        pieces = leaf.pieces if isinstance(leaf, Missing) else ()
        shown = self.shown(field, path)
        place = leaf.place if isinstance(leaf, Missing) else ()
        if isinstance(field, Text) or path:
            if not any(isinstance(piece, Reference) for piece in pieces):
                pieces = (Reference(self.vault.name(self.name(field, path))),)
            if (told := self.target.variable(pieces)) is not None:
                names = references(pieces, self.written)
                self.lose(shown, "changed", f"{why}; it is written with {names}", place)
                return told
            if self.can_be_in_file(field, path) and len(pieces) == 1:
                file = f"{FOLDER}/{cast(Reference, pieces[0]).name}"
                told_why = f"{why}; it is read from {file}, which you have to write"
                self.lose(shown, "changed", told_why, place)
                return InFile(file)
        self.left_out = True
        self.lose(shown, "dropped", why, place)
        return REMOVED

    def hide(self, field: Field, path: Path, leaf: str) -> Any:
        """What stands for a value that must not be in the text."""
        wanted, in_file = self.name(field, path), self.can_be_in_file(field, path)
        told, what, why = hide(self.target, self.mode, self.vault, wanted, str(leaf), in_file)
        self.left_out = self.left_out or told is REMOVED
        self.lose(self.shown(field, path), what, why)
        return told

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

    def lose(self, setting: str, what: What, why: str, place: Path = ()) -> None:
        where = (self.point.name, label_of(self.point, self.index), *([setting] if setting else []))
        path = (*self.integration.path, *([setting] if setting else []))
        self.report.lose(where, what, why, place or path, is_of_contact_point=True)
