"""What is remembered of each object that was read, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.inhibition import InhibitRule
from alertmanager_configs.matchers import Matcher
from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route
from contactpoints.setup import ContactPoint
from translators.kubernetes.names import Api
from translators.kubernetes.objects import Object
from translators.kubernetes.unshaping import Unknown


@dataclass
class Kept:
    """One object of the text that was read: what of it is in no other place of the setup.

    ``prefix`` was put before its names, and a matcher of its namespace was put to the routes and
    the sides of inhibition rules at the paths in ``enforced``.
    """

    object: Object
    unknown: Unknown = field(default_factory=Unknown)
    has_route: bool = False
    continues: Any = None
    holds_values: bool = False
    prefix: str = ""
    enforced: dict[Path, Matcher] = field(default_factory=dict)

    @property
    def api(self) -> Api | None:
        return self.object.api

    @property
    def spec_path(self) -> Path:
        return (*self.object.path, "spec")

    @property
    def operators_prefix(self) -> str:
        """What the operator puts before the object's names."""
        api = self.api
        if api is None:
            return ""
        said = api.prefix.format(namespace=self.object.namespace, name=self.object.name)
        return said if self.object.namespace else said[1:]


@dataclass
class Said:
    """What one object says."""

    kept: Kept
    points: list[ContactPoint] = field(default_factory=list)
    timings: list[MuteTiming] = field(default_factory=list)
    inhibitions: list[InhibitRule] = field(default_factory=list)
    route: Route | None = None
