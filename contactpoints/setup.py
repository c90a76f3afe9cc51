"""Setup: everything that a configuration says, whatever dialect it was written in."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.inhibition import InhibitRule
from alertmanager_configs.loading import Document
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route
from contactpoints.base import Integration
from contactpoints.spelling import Family


@dataclass(slots=True)
class ContactPoint:
    """A named list of integrations; Alertmanager's receiver. ``labels`` since its 0.33."""

    name: str
    integrations: list[Integration] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    path: Path = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def having(self, integrations: list[Integration]) -> ContactPoint:
        """The same contact point with other integrations."""
        return ContactPoint(self.name, integrations, self.labels, self.path, self.extra)

    def integration_keys(self) -> list[str]:
        """What the service calls each integration: its uid, else its type and a number."""
        found: list[str] = []
        counts: dict[str, int] = {}
        for integration in self.integrations:
            number = counts.get(integration.type, 0)
            counts[integration.type] = number + 1
            own = integration.uid and integration.uid not in found
            found.append(integration.uid if own else f"{integration.type}[{number}]")
        return found


@dataclass(slots=True)
class TemplateFile:
    """A group of named Go templates.

    ``pattern`` is the glob of alertmanager.yml that found it; ``text`` is ``None`` when nothing was
    found there.
    """

    name: str
    text: str | None = None
    path: Path = ()
    pattern: str = ""


@dataclass(slots=True)
class Setup:
    """The hub between the dialects, and what the service runs on.

    ``family`` is the one whose defaults the integrations mean. ``kept`` holds what the dialect that
    was read says and no other has, as it stood: a translation to the same dialect writes it again,
    any other reports it.
    """

    family: Family
    dialect: str = ""
    contact_points: list[ContactPoint] = field(default_factory=list)
    policy: Route | None = None
    mute_timings: list[MuteTiming] = field(default_factory=list)
    inhibitions: list[InhibitRule] = field(default_factory=list)
    templates: list[TemplateFile] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    document: Document | None = None

    def contact_point(self, name: str) -> ContactPoint | None:
        """The contact point called ``name``, exactly."""
        return next((point for point in self.contact_points if point.name == name), None)

    def integrations(self) -> Iterator[tuple[ContactPoint, Integration]]:
        """Every integration with its contact point, in order."""
        for point in self.contact_points:
            for integration in point.integrations:
                yield point, integration


def near(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that ``name`` may have meant, nearest first."""
    by_lower = {word.lower(): word for word in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=most, cutoff=0.5)
    return [by_lower[word] for word in found]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to put behind "unknown …", or nothing when no name is near."""
    words = near(name, known)
    return f"; did you mean {' or '.join(repr(word) for word in words)}?" if words else ""
