"""Provenance: which way an item came in, and by which it may be changed.

``""`` is a person (or ``X-Disable-Provenance``), ``api`` a program, ``file`` a configuration file,
``converted_prometheus`` an import. Source: Grafana's provisioning API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from contactpoints.admin.refusals import ForbiddenError

NONE, API, FILE, IMPORTED = "", "api", "file", "converted_prometheus"
INVALID = "alerting.notifications.invalidProvenance"


class Shown(Protocol):
    """What runs, files and stored setup together: :class:`contactpoints.admin.view.View`."""

    @property
    def contact_points(self) -> list[dict[str, Any]]: ...
    @property
    def policies(self) -> dict[str, Any] | None: ...
    @property
    def mute_timings(self) -> list[dict[str, Any]]: ...
    @property
    def templates(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Files:
    """What configuration files say, which nobody may change through the API."""

    contact_points: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()
    mute_timings: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    policies: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, view: Shown) -> Files:
        """The part of what runs that comes from files."""
        rows = [row for row in view.contact_points if is_file(row)]
        return cls(
            frozenset(row["name"] for row in rows),
            frozenset(row["uid"] for row in rows if row.get("uid")),
            frozenset(item["name"] for item in view.mute_timings if is_file(item)),
            frozenset(item["name"] for item in view.templates if is_file(item)),
            view.policies if view.policies is not None and is_file(view.policies) else None,
        )


NO_FILES = Files()


def is_file(item: Mapping[str, Any]) -> bool:
    """Whether an item comes from a configuration file."""
    return bool(item.get("provenance") == FILE)


def of(item: Mapping[str, Any] | None) -> str:
    """An item's provenance."""
    return str((item or {}).get("provenance") or NONE)


def put(item: dict[str, Any], provenance: str) -> dict[str, Any]:
    """Mark an item; none is said by absence."""
    item.pop("provenance", None)
    if provenance:
        item["provenance"] = provenance
    return item


def check_relaxed(stored: Mapping[str, Any] | None, wanted: str) -> None:
    """Policies, templates and mute timings: what a program made is no person's to change.

    :raises ForbiddenError: when the change is not granted.
    """
    if stored is not None and of(stored) and not wanted:
        raise ForbiddenError(
            f"Resource with provenance status '{of(stored)}' cannot be managed via API that "
            f"handles resources with provenance status 'none'. You must use appropriate API to "
            f"manage this resource",
            INVALID,
        )


def check_strict(stored: Mapping[str, Any], wanted: str) -> None:
    """Contact points: only whoever made one may change it, unless a person did.

    :raises ForbiddenError: when the change is not granted.
    """
    if of(stored) not in (NONE, wanted):
        raise ForbiddenError(f"cannot change provenance from '{of(stored)}' to '{wanted}'", INVALID)


def refuse_file(what: str) -> ForbiddenError:
    """The refusal to change what a configuration file says."""
    return ForbiddenError(
        f"{what} comes from a configuration file and is read-only here: change the file and reload",
        INVALID,
    )
