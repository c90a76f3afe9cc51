"""Combining: files over the stored setup, and what would be missing of the two together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from contactpoints.delivery.directory import Directory
from contactpoints.setup import Setup

Reference = tuple[str, str]  # what kind of thing, and its name


class Checked(NamedTuple):
    """A document that may be stored, with what will run then."""

    document: Mapping[str, Any]
    files: Setup
    whole: Setup
    directory: Directory

    def is_of(self, document: Mapping[str, Any], files: Setup) -> bool:
        """Whether it is this very document, over these files."""
        return self.document is document and self.files is files


def together(files: Setup, stored: Setup) -> Setup:
    """Files over the stored setup: what has the same name is the file's, and so is the policy tree
    when there is one in a file.
    """

    def both(mine: Iterable[Any], others: Iterable[Any]) -> list[Any]:
        found = list(mine)
        names = {each.name for each in found}
        return found + [each for each in others if each.name not in names]

    return replace(
        files,
        dialect=files.dialect or stored.dialect,
        family=files.family if files.policy else stored.family,
        contact_points=both(files.contact_points, stored.contact_points),
        policy=files.policy or stored.policy,
        mute_timings=both(files.mute_timings, stored.mute_timings),
        templates=both(files.templates, stored.templates),
        inhibitions=[*files.inhibitions, *stored.inhibitions],
    )


def dangling(setup: Setup, document: Mapping[str, Any]) -> set[Reference]:
    """What is named somewhere and is nowhere."""
    points = {point.name for point in setup.contact_points}
    timings = {timing.name for timing in setup.mute_timings}
    used: set[Reference] = set()
    for route in setup.policy.walk() if setup.policy else ():
        if route.receiver and route.receiver not in points:
            used.add(("receiver", route.receiver))
        for name in (*route.mute_time_intervals, *route.active_time_intervals):
            if name not in timings:
                used.add(("time interval", name))
    return used


def fallbacks(document: Mapping[str, Any]) -> list[str]:
    """The stored fallbacks in the form of the environment's, which come after and win."""
    return [f"{name}={other}" for name, other in (document.get("fallbacks") or {}).items()]
