"""alertmanager.yml, as Alertmanager 0.34 reads it.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from alertmanager_configs.inhibition import read_inhibit_rules, write_inhibit_rule
from alertmanager_configs.labels import default_mode
from alertmanager_configs.loading import Document, load
from alertmanager_configs.mute_timings import (
    MuteTiming,
    check_names,
    read_mute_timings,
    write_mute_timing,
)
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.quoting import go_quote
from alertmanager_configs.reading import read_mapping, read_texts
from alertmanager_configs.route_checks import (
    check_continue,
    check_receivers,
    check_root,
    check_time_intervals,
)
from alertmanager_configs.routes import read_route, write_route
from alertmanager_configs.versions import Version
from alertmanager_configs.writing import as_written, dump
from contactpoints.file_names import plain_names
from contactpoints.setup import Setup, TemplateFile
from translators.alertmanager_duplicates import named_duplicates, settle_duplicates
from translators.alertmanager_globals import Globals, factor_out, read_globals
from translators.alertmanager_needs import complete, without_incomplete
from translators.alertmanager_process import check_event_recorder, check_tracing
from translators.alertmanager_receivers import TYPE, read_receivers, write_receiver
from translators.alertmanager_versions import for_version
from translators.alertmanager_whole import Nulls, check_whole
from translators.alertmanager_words import say_as_then
from translators.dialect import Dialect, Find, Writing
from translators.losses import Report
from translators.yaml_starts import is_mapping

KEPT = {"tracing": check_tracing, "event_recorder": check_event_recorder}
SINCE: dict[str, Version] = {
    "mute_time_intervals": (0, 22, 0),
    "time_intervals": (0, 24, 0),
    "tracing": (0, 30, 0),
    "event_recorder": (0, 33, 0),
}
OTHER_YAML = re.compile(r"\ufeff?(?:[ \t]*(?:#.*)?\r?\n)*%YAML +(?!1\.1\b)")
"""The beginning of a file that says it is not YAML 1.1: Alertmanager's library refuses it."""
TOP = re.compile(r"^(?:route|receivers):", re.M)
OTHERS = re.compile(r"^(?:apiVersion|kind|alertmanager_config|template_files|contactPoints):", re.M)
TAKEN_OVER = ("alertmanager", "mimir")  # the dialects that have the same lists
INTERVALS = (DEPRECATED := "mute_time_intervals", "time_intervals")


class Alertmanager(Dialect):
    name = "alertmanager"
    family = "alertmanager"
    about = "Alertmanager's configuration file, alertmanager.yml"

    def load(self, text: str | bytes, name: str) -> Document:
        return load(text, name, as_alertmanager=True)

    def claims(self, text: str) -> bool:
        return is_mapping(text) and bool(TOP.search(text)) and not OTHERS.search(text)

    def recognises(self, document: Document) -> bool:
        data = document.data
        return (
            isinstance(data, dict)
            and ("route" in data or "receivers" in data)
            and "kind" not in data
        )

    def name_duplicates(self, document: Document, version: Version) -> Iterable[Problem]:
        return named_duplicates(document, version)

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        setup = Setup("alertmanager", self.name, document=document)
        data = document.data
        if OTHER_YAML.match(document.text):
            problems.error((), "yaml: found incompatible YAML document", "syntax")
        if data is None:
            problems.error((), "no route provided in config", "whole")
            return setup
        data = read_mapping(data, (), problems, TYPE)
        version = problems.version
        mode = default_mode(version)
        nulls: Nulls = {}
        globals_ = read_globals(data.get("global"), problems)
        for key, value in data.items():
            if SINCE.get(key, version) > version:
                problems.unknown_key((key,), TYPE)
                setup.kept[key] = value
            elif key == "global" or key in KEPT:
                if value is not None:
                    setup.kept[key] = value
                    KEPT.get(key, _no_check)(value, (key,), problems)
            elif key == "route":
                if value is not None:
                    setup.policy = read_route(value, (key,), problems, True, mode, version)
            elif key == "receivers":
                setup.contact_points, nulls = read_receivers(value, globals_, problems)
            elif key == "inhibit_rules":
                setup.inhibitions = read_inhibit_rules(value, (key,), problems, mode, version)
            elif key in INTERVALS:
                old = key == DEPRECATED
                setup.mute_timings += read_mute_timings(value, (key,), problems, old, version)
            elif key == "templates":
                _read_templates(setup, value, find, problems)
            else:
                problems.unknown_key((key,), TYPE)
                setup.kept[key] = value
        globals_.check(problems)
        _check(setup, nulls, globals_, problems)
        settle_duplicates(problems)
        say_as_then(problems)
        return setup

    def report_kept(self, setup: Setup, report: Report) -> None:
        for key in setup.kept:
            if key != "global":
                report.lose((key,), "dropped", "it is about Alertmanager's own process", (key,))
        if "resolve_timeout" in (setup.kept.get("global") or {}):
            report.lose(
                ("global", "resolve_timeout"),
                "dropped",
                "alerts that come with an end do not need it, and others have no place for it",
                ("global", "resolve_timeout"),
            )

    def write(self, setup: Setup, report: Report) -> Writing:
        setup = for_version(without_incomplete(setup, report), report)
        setup = complete(setup, report)
        written: dict[str, Any] = {}
        kept = setup.kept if setup.dialect == self.name else {}
        if setup.dialect == self.name:
            points, shared = setup.contact_points, as_written(kept.get("global"))
        else:
            points, shared = factor_out(setup.contact_points, report.version)
        if shared:
            written["global"] = shared
        written |= {key: as_written(kept[key]) for key in KEPT if key in kept}
        names, files = _template_files(setup)
        if names:
            written["templates"] = names
        if setup.policy is not None:
            written["route"] = write_route(setup.policy)
        if setup.inhibitions:
            written["inhibit_rules"] = [write_inhibit_rule(rule) for rule in setup.inhibitions]
        written["receivers"] = [write_receiver(point) for point in points]
        for key in INTERVALS:
            if timings := [each for each in setup.mute_timings if _list_of(setup, each) == key]:
                written[key] = [
                    write_mute_timing(timing) if timing.name else None for timing in timings
                ]
        for name in files:
            report.lose(
                ("templates", name),
                "changed",
                "its text stands in a file of its own beside this one",
            )
        return Writing(dump(written), files)


def _no_check(value: Any, path: Path, problems: Problems) -> None:
    """For what has been read elsewhere."""


def _read_templates(setup: Setup, value: Any, find: Find, problems: Problems) -> None:
    for index, pattern in enumerate(read_texts(value, ("templates",), problems)):
        path: Path = ("templates", index)
        found = [TemplateFile(name, text, path, pattern) for name, text in find(pattern)]
        setup.templates += found or [TemplateFile(pattern, None, path, pattern)]


def _check(setup: Setup, nulls: Nulls, globals_: Globals, problems: Problems) -> None:
    """The checks over the whole file, in Alertmanager's order."""
    seen: set[str] = set()
    for point in setup.contact_points:
        if point.name in seen:
            problems.error(
                (*point.path, "name"),
                f"notification config name {go_quote(point.name)} is not unique",
                "whole",
            )
        seen.add(point.name)
        check_whole(point, nulls, globals_, problems)
    if setup.policy is None:
        problems.error((), "no routes provided", "whole")
        return
    check_root(setup.policy, problems)
    old, new = (
        [each for each in setup.mute_timings if _list_of(setup, each) == key] for key in INTERVALS
    )
    known = check_names(old, new, problems)
    check_receivers(setup.policy, seen, problems)
    check_time_intervals(setup.policy, known, problems)
    check_continue(setup.policy, problems)


def _list_of(setup: Setup, timing: MuteTiming) -> str:
    """Which of the two lists a mute timing stands in."""
    old = setup.dialect in TAKEN_OVER and timing.path[:1] == (DEPRECATED,)
    return DEPRECATED if old else "time_intervals"


def _template_files(setup: Setup) -> tuple[list[str], dict[str, str]]:
    """The ``templates`` list, and the files to write beside it when the texts stood inside the
    other dialect.
    """
    plain = plain_names((file.name for file in setup.templates if not file.pattern), ".tmpl")
    files = {}
    names: dict[str, None] = {}
    for file in setup.templates:
        name = file.pattern or plain[file.name]
        names[name] = None
        if not file.pattern and file.text is not None:
            files[name] = file.text
    return list(names), files
