"""One integration with its secrets as a dialect can say them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.fields import REDACTED, Field, FromFile, Interpolated, Text
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import ContactPoint
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
from translators.vault import Vault, hide

if TYPE_CHECKING:
    from translators.dialect import Dialect


class Settling:
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
        is_alertmanager = self.target.family == "alertmanager"  # whose writer looks at the rest
        if self.left_out if is_alertmanager else not (self.left_out or self.same):
            late = integration.check_inherited() if integration.family == "alertmanager" else ()
            wrong = [text for _, text in (*integration.check(), *late)]
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
            return leaf if self.same else self.missing(field, path, in_a_file(leaf), secret)
        if isinstance(leaf, FromFile) and path and self.target.family == "alertmanager":
            return leaf if self.same else self.missing(field, path, in_a_file(leaf), secret)
        hides = isinstance(leaf, str) and REDACTED in leaf and (secret or not self.same)
        if isinstance(leaf, Missing) or hides:
            return self.missing(field, path, leaf, secret)
        if self.mode == "inline" or not secret or not isinstance(leaf, str) or not leaf:
            return leaf
        return leaf if isinstance(leaf, Interpolated) else self.hide(field, path, leaf)

    def missing(self, field: Field, path: Path, leaf: Any, secret: bool) -> Any:
        """What stands for a value that is not known; a ``secret`` is not seen anyway."""
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
            if secret and self.mode == "redact":
                told_why = f"{why}; redacted, as was asked for"
                self.lose(shown, "changed", told_why, place, is_redaction=True)
                return self.target.redacted(self.name(field, path))
        self.left_out = True
        self.lose(shown, "dropped", why, place)
        return REMOVED

    def hide(self, field: Field, path: Path, leaf: str) -> Any:
        """What stands for a value that must not be in the text."""
        wanted, in_file = self.name(field, path), self.can_be_in_file(field, path)
        told, what, why = hide(self.target, self.mode, self.vault, wanted, str(leaf), in_file)
        self.left_out = self.left_out or told is REMOVED
        self.lose(self.shown(field, path), what, why, is_redaction=self.mode == "redact")
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

    def lose(
        self, setting: str, what: What, why: str, place: Path = (), *, is_redaction: bool = False
    ) -> None:
        where = (self.point.name, label_of(self.point, self.index), *([setting] if setting else []))
        path = (*self.integration.path, *([setting] if setting else []))
        self.report.lose(
            where, what, why, place or path, is_of_contact_point=True, is_redaction=is_redaction
        )
