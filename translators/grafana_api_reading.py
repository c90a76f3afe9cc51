"""From the JSON of Grafana's API to a setup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from alertmanager_configs.inhibition import read_inhibit_rules
from alertmanager_configs.loading import Document, Quoted
from alertmanager_configs.mute_timings import read_mute_timing
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import as_bool
from contactpoints.base import Integration
from contactpoints.copying import copied
from contactpoints.fields import GRAFANA_REDACTED
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.setup import ContactPoint, Setup, TemplateFile, did_you_mean
from translators.grafana_routes import ENVELOPE, read_policy
from translators.grafana_types import is_bool, read_integration

KEYS = {
    "contactPoints": ("contactPoints", "contact-points", "contact_points"),
    "policies": ("policies", "notificationPolicies", "notification_policies"),
    "muteTimings": ("muteTimings", "mute-timings", "mute_timings", "muteTimes"),
    "templates": ("templates",),
}
"""The parts of an object that holds several, and the ways to spell them."""

LEGACY = "alertmanager_config"
CONFIGS = "grafana_managed_receiver_configs"
TEXTS = "template_files"
ROW = ("uid", "name", "type", "settings", "disableResolveMessage")
SECURE = ("secureSettings", "secureFields")
TIMING = ("name", "time_intervals")
TEMPLATE = ("name", "template")
INTERVALS = ("time_intervals", "mute_time_intervals")


def part_of(key: str) -> str:
    """The part of an object that a key means; "" for none."""
    return next((part for part, keys in KEYS.items() if key in keys), "")


class Reading:
    """One document on its way in. :meth:`run` gives the setup.

    ``Setup.kept`` has the "shape" of the document, the "rest" of its entries (what is not read of
    them) by their paths, and what of it is "reported" to other dialects.
    """

    def __init__(self, document: Document, dialect: str, problems: Problems) -> None:
        self.document, self.problems = document, problems
        self.setup = Setup("grafana", dialect, document=document)
        self.rest: dict[Path, dict[str, Any]] = {}
        self.reported: list[tuple[tuple[str, ...], Path]] = []

    def run(self, shape: str) -> Setup:
        self.setup.kept = {"shape": shape, "rest": self.rest, "reported": self.reported}
        data: Any = self.document.data
        parts: dict[str, Callable[[Any, Path], None]] = {
            "contactPoints": self.contact_points,
            "policies": self.policies,
            "muteTimings": self.mute_timings,
            "templates": self.templates,
            "legacy": self.legacy,
        }
        if shape in parts:
            parts[shape](data, ())
        elif f"{shape}s" in parts:  # one entry alone
            parts[f"{shape}s"]([data], ())
        elif not isinstance(data, dict):
            self.problems.error((), "neither a list nor an object of Grafana's API", "type")
        else:
            for key, value in data.items():
                if part := part_of(key):
                    parts[part](value, (key,))
                else:
                    self.keep({key: value}, ())
        return self.setup

    def keep(self, found: Mapping[str, Any], path: Path, where: tuple[str, ...] = ()) -> None:
        """Keep what is not read of the entry at ``path``. What the server itself adds is not
        reported.
        """
        if found:
            self.rest.setdefault(path, {}).update(found)
        for key in found:
            if key not in ENVELOPE and key not in ("provenance", "version", "kind"):
                self.reported.append(((*where, key), (*path, key)))

    def entries(self, value: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
        """The objects of a list, with their paths; null is an empty list."""
        if value is not None and not isinstance(value, list):
            self.problems.error(path, "must be a list", "type")
            return
        for index, entry in enumerate(value or ()):
            if isinstance(entry, dict):
                yield entry, (*path, index)
            elif entry is not None:
                self.problems.error((*path, index), "must be an object", "type")

    def named(
        self, entry: Mapping[str, Any], path: Path, known: tuple[str, ...], where: str
    ) -> dict[str, Any]:
        """The entry's known keys, in whatever case they are written, as Go finds them; the others
        are kept.
        """
        by_lower = {key.lower(): key for key in known}
        found: dict[str, Any] = {}
        for key, value in entry.items():
            if (name := by_lower.get(key.lower())) is not None and value is not None:
                found[name] = value
        rest = {key: value for key, value in entry.items() if key.lower() not in by_lower}
        self.keep(rest, path, (where, str(found.get("name") or "")))
        if not isinstance(found.get("name"), str) or not found["name"].strip():
            self.problems.error(path, "no name is set")
            found["name"] = ""
        found["name"] = str(found["name"])
        return found

    def contact_points(self, value: Any, path: Path) -> None:
        for entry, place in self.entries(value, path):
            self.row(entry, place)

    def row(self, entry: Mapping[str, Any], path: Path, point: ContactPoint | None = None) -> None:
        """One EmbeddedContactPoint: an integration, with the name of its contact point."""
        row = self.named(entry, path, (*ROW, *SECURE), "contact point")
        if point is None:
            point = self.setup.contact_point(row["name"])
        if point is None:
            point = ContactPoint(row["name"], path=path)
            self.setup.contact_points.append(point)
        if (made := self.integration(row, path)) is not None:
            point.integrations.append(made)

    def integration(self, row: dict[str, Any], path: Path) -> Integration | None:
        settings = row.get("settings")
        kind = row.get("type")
        if not isinstance(kind, str) or not kind:
            self.problems.error(path, "no type is set")
            return None
        declared = by_lower_type().get(kind.lower())
        if declared is None:
            known = did_you_mean(kind, integrations())
            self.problems.error((*path, "type"), f"unknown integration type: {kind}{known}")
            return None
        if not isinstance(settings, dict):
            self.problems.error(path, "no settings are set")
            return None
        flag = row.get("disableResolveMessage")
        is_flag = is_bool(flag, (*path, "disableResolveMessage"), self.problems)
        return read_integration(
            self.with_secure(row, settings, path),
            (*path, "settings"),
            self.problems,
            declared=declared,
            quiet=is_flag and as_bool(flag),
            uid=str(row.get("uid") or ""),
        )

    def with_secure(
        self, row: Mapping[str, Any], settings: Mapping[str, Any], path: Path
    ) -> dict[str, Any]:
        """The settings with the secrets that stand apart: their values, or a placeholder for those
        that are only said to be there.
        """
        found: dict[str, Any] = copied(settings)
        secure: list[str] = []
        for key, value in (row.get("secureSettings") or {}).items():
            put(found, key, value)
            secure.append(key)
        for key, is_set in (row.get("secureFields") or {}).items():
            if as_bool(is_set) and not isinstance(get(found, key), str):
                put(found, key, Quoted(GRAFANA_REDACTED))
        if secure:
            self.rest.setdefault(path, {})["secureSettings"] = secure
        return found

    def policies(self, value: Any, path: Path) -> None:
        if not isinstance(value, dict):
            self.problems.error(path, "must be an object", "type")
            return
        self.keep({key: value[key] for key in value if key in ENVELOPE}, path)
        self.setup.policy = read_policy(value, path, self.problems)

    def mute_timings(self, value: Any, path: Path) -> None:
        for entry, place in self.entries(value, path):
            known = {key: item for key, item in entry.items() if key in TIMING}
            self.keep(
                {key: item for key, item in entry.items() if key not in TIMING},
                place,
                ("mute timing", str(entry.get("name") or "")),
            )
            self.setup.mute_timings.append(read_mute_timing(known, place, self.problems))

    def templates(self, value: Any, path: Path) -> None:
        for entry, place in self.entries(value, path):
            row = self.named(entry, place, TEMPLATE, "template")
            if not isinstance(text := row.get("template"), str) or not text.strip():
                self.problems.error(place, "no template is set")
                continue
            self.setup.templates.append(TemplateFile(row["name"], str(text), place))

    def legacy(self, data: Mapping[str, Any], path: Path) -> None:
        """The older API's document: an Alertmanager's configuration with Grafana's integrations."""
        for key, value in data.items():
            if key == TEXTS and isinstance(value, dict):
                for name, text in value.items():
                    self.setup.templates.append(TemplateFile(name, str(text or ""), (key, name)))
            elif key != LEGACY:
                self.keep({key: value}, ())
        path = (LEGACY,)
        for key, value in data[LEGACY].items():
            place = (*path, key)
            if key == "route":
                if value is not None:
                    self.policies(value, place)
            elif key == "receivers":
                for entry, at in self.entries(value, place):
                    self.receiver(entry, at)
            elif key in INTERVALS:
                self.mute_timings(value, place)
            elif key == "inhibit_rules":
                self.setup.inhibitions = read_inhibit_rules(value, place, self.problems)
            elif key == "templates":
                self.rest.setdefault(path, {})[key] = value  # names of the texts above
            else:
                self.keep({key: value}, path)

    def receiver(self, entry: Mapping[str, Any], path: Path) -> None:
        row = self.named(entry, path, ("name", CONFIGS), "receiver")
        point = ContactPoint(row["name"], path=path)
        self.setup.contact_points.append(point)
        for config, place in self.entries(row.get(CONFIGS), (*path, CONFIGS)):
            self.row({**config, "name": Quoted(point.name)}, place, point)
            if config.get("name") not in (None, point.name):
                self.rest.setdefault(place, {})["name"] = config["name"]


def put(settings: dict[str, Any], key: str, value: Any) -> None:
    """Put a value where a dotted key says (``tlsConfig.caCertificate``)."""
    *steps, last = key.split(".")
    for step in steps:
        inner = settings.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        settings = inner
    settings[last] = value


def get(settings: Any, key: str) -> Any:
    """What stands where a dotted key says."""
    for step in key.split("."):
        settings = settings.get(step) if isinstance(settings, dict) else None
    return settings


def take(settings: dict[str, Any], key: str) -> Any:
    """Take it out, with the objects that are empty without it."""
    first, _, rest = key.partition(".")
    if not rest:
        return settings.pop(first, None)
    inner = settings.get(first)
    if not isinstance(inner, dict):
        return None
    value = take(inner, rest)
    if not inner:
        del settings[first]
    return value
