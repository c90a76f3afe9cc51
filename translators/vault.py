"""The vault: secrets that are not written into a text, and what stands there for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contactpoints.fields import FromFile
from translators.losses import What
from translators.secrets import FOLDER, REMOVED, InFile, Mode
from translators.variables import Reference

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
