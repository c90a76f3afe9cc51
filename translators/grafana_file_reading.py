"""From Grafana's provisioning files to a setup.

Source: pkg/services/provisioning/alerting of Grafana 13: a value of a wrong type stops it, a key
that it does not know does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from alertmanager_configs.loading import Document
from alertmanager_configs.mute_timings import MuteTiming, read_mute_timing
from alertmanager_configs.problems import Path, Problems
from contactpoints.base import Integration
from contactpoints.fields import Interpolated
from contactpoints.integrations import by_lower_type, integrations
from contactpoints.interpolation import everywhere, marked, plain
from contactpoints.setup import ContactPoint, Setup, TemplateFile, did_you_mean
from translators.grafana_orgs import FIRST, SECTIONS, orgs_in
from translators.grafana_routes import read_policy
from translators.grafana_types import kind_of, read_integration

RULES = "alert rules are not part of an Alertmanager's configuration"
DELETED = "it tells Grafana what to delete, which a whole configuration says by leaving it out"
KEPT = {
    "groups": RULES,
    "deleteRules": RULES,
    "deleteContactPoints": DELETED,
    "resetPolicies": DELETED,
    "deleteMuteTimes": DELETED,
    "deleteTemplates": DELETED,
}
DELETE_BY = {"deleteContactPoints": "uid", "deleteMuteTimes": "name", "deleteTemplates": "name"}
FLAGS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("", "0", "f", "F", "false", "FALSE", "False"), False),
}
"""What Go's strconv.ParseBool takes, in quotes or not; and nothing at all."""

ORG = "organisation"
"""What :attr:`Setup.kept` calls the one that a file is for, when it is not the first."""

QUIET = "disableResolveMessage"

UNKNOWN = "field {} not found in type"


class ReadingFile:
    """One file on its way in. :meth:`run` gives the setup.

    ``Setup.kept`` has the keys of the file that are no part of a setup, the policy trees that have
    a name, and the organisation when it is not the first.
    """

    def __init__(self, document: Document, dialect: str, problems: Problems) -> None:
        self.document, self.problems = document, problems
        self.setup = Setup("grafana", dialect, document=document)

    def run(self) -> Setup:
        data = self.document.data
        if not isinstance(data, dict):
            message = "a provisioning file is a mapping that starts with apiVersion: 1"
            self.problems.error((), message, "type")
            return self.setup
        if data.get("apiVersion") != "1":
            self.problems.warn(("apiVersion",), "apiVersion should be 1; Grafana does not look")
        readers: dict[str, Callable[[dict[str, Any], Path], None]] = {
            "contactPoints": self.contact_point,
            "policies": self.policy,
            "muteTimes": self.mute_time,
            "templates": self.template,
        }
        for key, value in data.items():
            if key in readers:
                for path, entry in self.entries(value, (key,)):
                    self.check_organisation(entry.get("orgId"), (*path, "orgId"))
                    readers[key](entry, path)
            elif key != "apiVersion":
                self.setup.kept[key] = value
                self.check_kept(key, value)
        if (orgs := orgs_in(data)) and orgs != [FIRST]:
            self.setup.kept[ORG] = orgs[0]
        return self.setup

    def check_kept(self, key: str, value: Any) -> None:
        if key == "resetPolicies":
            for index, entry in enumerate(self.items(value, (key,))):
                if not isinstance(entry, dict):
                    self.check_organisation(entry, (key, index))
        elif key in DELETE_BY:
            for path, entry in self.entries(value, (key,)):
                self.check_organisation(entry.get("orgId"), (*path, "orgId"))
                named = self.word(entry.get(DELETE_BY[key]), (*path, DELETE_BY[key]))
                if DELETE_BY[key] == "name" and not named:
                    self.problems.error(path, "no name is set")
        elif key not in KEPT:
            near = did_you_mean(key, SECTIONS)
            self.problems.warn((key,), f"unknown key {key!r}: Grafana ignores it{near}")

    def items(self, value: Any, path: Path) -> list[Any]:
        """The items of a list; nothing at all is an empty one."""
        if value is not None and not isinstance(value, list):
            self.problems.error(path, "must be a list", "type")
            return []
        return value or []

    def entries(self, value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The mappings of a list, with their paths."""
        for index, entry in enumerate(self.items(value, path)):
            if isinstance(entry, dict):
                yield (*path, index), entry
            elif entry is not None:
                self.problems.error((*path, index), "must be a mapping", "type")

    def text(self, value: Any, path: Path) -> str:
        """A text as Grafana reads it: any scalar, with variables filled in."""
        if isinstance(value, dict | list):
            self.problems.error(path, f"must be text, not {kind_of(value)}", "type")
            return ""
        return marked(str(value or ""))

    def word(self, value: Any, path: Path) -> str:
        """The same without the white space at its ends."""
        said = self.text(value, path)
        return said if isinstance(said, Interpolated) else said.strip()

    def required(self, entry: Mapping[str, Any], path: Path, key: str) -> str:
        """A text that must be there."""
        before = len(self.problems.errors)
        text = self.word(entry.get(key), (*path, key))
        if not text and len(self.problems.errors) == before:
            self.problems.error(path, f"no {key} is set")
        return text

    def check_organisation(self, value: Any, path: Path) -> None:
        """That it is a number, when it is known here."""
        text = self.text(value, path)
        digits = text.removeprefix("-").removeprefix("+")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
        if text and not is_number and not isinstance(text, Interpolated):
            self.problems.error(path, f"must be the number of an organisation, not {text!r}")

    def keep(self, entry: dict[str, Any], path: Path, section: str, why: str) -> None:
        self.setup.kept.setdefault(section, []).append(entry)
        self.problems.warn(path, f"kept as it is, not read: {why}")

    def contact_point(self, entry: dict[str, Any], path: Path) -> None:
        name = self.required(entry, path, "name")
        point = self.setup.contact_point(name)
        if point is None:
            known = ("orgId", "name", "receivers")
            extra = {key: item for key, item in entry.items() if key not in known}
            point = ContactPoint(name, path=path, extra=extra)
            self.setup.contact_points.append(point)
        for place, receiver in self.entries(entry.get("receivers"), (*path, "receivers")):
            if (made := self.integration(receiver, place)) is not None:
                point.integrations.append(made)

    def integration(self, entry: dict[str, Any], path: Path) -> Integration | None:
        uid = self.required(entry, path, "uid")
        kind = self.required(entry, path, "type")
        settings = entry.get("settings")
        if not settings:
            self.problems.error(path, "no settings are set")
        elif not isinstance(settings, dict):
            self.problems.error((*path, "settings"), "must be a mapping", "type")
        declared = by_lower_type().get(kind.lower())
        if kind and declared is None:
            known = did_you_mean(kind, integrations())
            self.problems.error((*path, "type"), f"unknown integration type: {kind}{known}")
        told = self.text(entry.get(QUIET), (*path, QUIET))
        quiet = not isinstance(told, Interpolated) and self.flag(entry.get(QUIET), (*path, QUIET))
        if declared is None or not isinstance(settings, dict) or not settings:
            return None
        made = read_integration(
            without_empty_lists(everywhere(settings, plain)),
            (*path, "settings"),
            self.problems,
            declared=declared,
            quiet=quiet,
            uid=uid,
        )
        if isinstance(told, Interpolated):
            made.quiet = told
        return made

    def flag(self, value: Any, path: Path) -> bool:
        text = self.text(value, path)
        if value is not None and (text not in FLAGS or not text):
            self.problems.error(path, f"must be true or false: {text!r}", "type")
        return FLAGS.get(text, False)

    def policy(self, entry: dict[str, Any], path: Path) -> None:
        if name := self.word(entry.get("name"), (*path, "name")):
            self.keep(entry, path, "policies", f"it is another tree, with the name {name!r}")
            return
        if self.setup.policy is not None:
            self.problems.warn(self.setup.policy.path, "a later policy tree takes its place")
        self.setup.policy = read_policy(
            without_empty_lists(everywhere(entry, marked)), path, self.problems
        )

    def mute_time(self, entry: dict[str, Any], path: Path) -> None:
        known = {key: value for key, value in entry.items() if key != "orgId"}
        self.setup.mute_timings.append(read_timing(known, path, self.problems))

    def template(self, entry: dict[str, Any], path: Path) -> None:
        found = {}
        for key in ("name", "template"):
            value = entry.get(key)
            if isinstance(value, dict | list):
                self.problems.error((*path, key), f"must be text, not {kind_of(value)}", "type")
                return
            found[key] = str(value or "")
            if not found[key]:
                self.problems.error(path, f"no {key} is set")
        if all(found.values()):
            self.setup.templates.append(TemplateFile(found["name"], found["template"], path))


def read_timing(entry: Mapping[str, Any], path: Path, problems: Problems) -> MuteTiming:
    """A mute timing of Grafana's: keys that it does not know are warned of and kept."""
    found = Problems()
    timing = read_mute_timing(dict(entry), path, found)
    for problem in found.errors:
        if problem.at_key and problem.message.startswith(UNKNOWN.format(problem.path[-1])):
            message = f"unknown key {problem.path[-1]!r}: Grafana ignores it"
            problems.warn(problem.path, message)
        else:
            problems.extend([problem])
    if not timing.name and not any(each.path == path for each in problems.errors):
        problems.error(path, "no name is set")  # not said where a key was unknown
    return timing


def without_empty_lists(value: Any) -> Any:
    """What Grafana makes of a structure in a file: an empty list is nothing."""
    if isinstance(value, dict):
        return {key: without_empty_lists(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_empty_lists(item) for item in value] or None
    return value
