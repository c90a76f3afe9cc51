"""Secrets on their way: the ones the input does not have, and how the ones it has are written.

Alertmanager's API shows ``<secret>`` where a secret was, Grafana's ``[REDACTED]``; a Grafana file
says ``${NAME}`` and Terraform ``var.name`` for what only the machine that reads them knows. None of
these is a value, so none is written to another dialect as if it were one: there stands what that
dialect has for "not here" (a variable or a file), or nothing, and a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

from alertmanager_configs.problems import Path, Problems
from contactpoints.base import Integration
from contactpoints.fields import (
    GRAFANA_REDACTED,
    REDACTED,
    Expression,
    FromFile,
    Interpolated,
)
from contactpoints.setup import Setup
from translators.kubernetes.references import FromSecret, KnownSecret
from translators.variables import Piece, Reference, pieces_of, variable_name

if TYPE_CHECKING:
    from translators.dialect import Dialect

Mode = Literal["inline", "env", "file", "redact"]
MODES: tuple[Mode, ...] = get_args(Mode)

PLACEHOLDERS = (GRAFANA_REDACTED, REDACTED)
FOLDER = (
    "/run/secrets"  # where Docker puts them: https://docs.docker.com/compose/how-tos/use-secrets/
)
IN_FILES = frozenset(
    ["username", "password", "credentials", "bearer_token", "client_secret", "ca", "cert", "key"]
)
"""The secrets of Alertmanager's ``http_config`` and ``tls_config`` that have a twin ``…_file``."""


class Missing(Interpolated):
    """Stands for a value that the input does not have; as text it is :data:`REDACTED`."""

    pieces: tuple[Piece, ...]
    why: str
    place: Path
    """Where it stood in the document."""

    @classmethod
    def of(cls, why: str, pieces: tuple[Piece, ...] = (), place: Path = ()) -> Missing:
        made = cls(REDACTED)
        made.why, made.pieces, made.place = why, pieces, place
        return made


def in_a_file(value: FromFile) -> Missing:
    """What stands for a value in a file that cannot be read from there."""
    return Missing.of(f"it stands in the file {value.path}")


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


def without_unknown(setup: Setup, source: Dialect, target: Dialect) -> Setup:
    """``setup``, which ``source`` has read, with :class:`Missing` for every value that ``target``
    cannot know.
    """

    def change(integration: Integration, path: Path, leaf: Any) -> Any:
        made = unknown(leaf)
        if isinstance(made, Missing):
            field = integration.fields[str(path[0])]
            made.place = (*integration.path, *source.place_of(field, path[1:]))
        return made

    def unknown(leaf: Any) -> Any:
        if is_placeholder(leaf):
            return Missing.of("missing secret: the input does not have it")
        if isinstance(leaf, FromSecret | KnownSecret) and target.takes_secrets:
            return leaf
        if isinstance(leaf, FromSecret):
            return Missing.of(leaf.why, (Reference(variable_name(leaf.name, leaf.key)),))
        if isinstance(leaf, KnownSecret):
            return str(leaf)
        if isinstance(leaf, Interpolated):
            pieces, names = pieces_of(leaf)
            reader = "Terraform" if isinstance(leaf, Expression) else "the machine that reads it"
            return Missing.of(f"only {reader} knows {names or 'its value'}", pieces)
        if isinstance(leaf, FromFile) and not target.takes_files:
            return in_a_file(leaf)
        return leaf

    for _, integration in setup.integrations():
        values = integration.values
        is_plain = all(map(_is_plain, values.values()))
        if is_plain and not integration.inherited and not integration.extra:
            continue  # what nearly all are
        mark = partial(change, integration)
        integration.values = rebuilt(values, (), mark)
        if integration.inherited:
            integration.inherited = rebuilt(dict(integration.inherited), (), mark)
        for key in [key for key, item in integration.extra.items() if is_placeholder(item)]:
            del integration.extra[key]
    return setup


def _is_plain(value: Any) -> bool:
    return value.__class__ is str and not is_placeholder(value)


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
