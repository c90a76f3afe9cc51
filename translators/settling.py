"""How the secrets of a setup are written: in the text, as variables, in files, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.fields import REDACTED, Field
from contactpoints.setup import Setup
from translators.alertmanager_globals import inheriting
from translators.bridge import Bridge
from translators.integration_settling import Settling
from translators.losses import Report
from translators.notices import label_of
from translators.secrets import (
    IN_FILES,
    Mode,
    is_placeholder,
    rebuilt,
)
from translators.variables import variable_name
from translators.vault import Vault, hide

if TYPE_CHECKING:
    from translators.dialect import Dialect


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
            made: Integration | None = Settling(
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
        where = ("global", ".".join(map(str, path)))
        report.lose(where, what, why, ("global", *path), is_redaction=mode == "redact")
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
