"""A whole configuration read with nothing but this layer: receivers are only names here."""

from __future__ import annotations

from alertmanager_configs.duplicates import name_duplicates
from alertmanager_configs.inhibition import InhibitRule, read_inhibit_rules
from alertmanager_configs.labels import default_mode
from alertmanager_configs.loading import load
from alertmanager_configs.mute_timings import MuteTiming, check_names, read_mute_timings
from alertmanager_configs.problems import Problems, SetupError
from alertmanager_configs.quoting import go_quote
from alertmanager_configs.reading import read_items, read_mapping, read_text
from alertmanager_configs.route_checks import (
    check_continue,
    check_receivers,
    check_root,
    check_time_intervals,
)
from alertmanager_configs.routes import Route, read_route
from alertmanager_configs.versions import LATEST, Version


class Checked:
    """What was read, and the problems on the way."""

    def __init__(self, text: str, version: Version = LATEST) -> None:
        mode = default_mode(version)
        self.problems = Problems()
        self.route: Route | None = None
        self.inhibit_rules: list[InhibitRule] = []
        self.timings: dict[bool, list[MuteTiming]] = {True: [], False: []}
        self.receivers: list[str] = []
        try:
            document = load(text)
        except SetupError as error:
            self.problems.extend(error.problems)
            return
        self.problems.extend(name_duplicates(document.duplicates))
        if document.data is None:
            self.problems.error((), "no route provided in config", "whole")
            return
        for key, value in read_mapping(document.data, (), self.problems, "config.plain").items():
            if key == "route" and value is not None:
                self.route = read_route(value, (key,), self.problems, True, mode, version)
            elif key == "receivers":
                self._read_receivers(value)
            elif key == "inhibit_rules":
                self.inhibit_rules = read_inhibit_rules(value, (key,), self.problems, mode, version)
            elif key in ("time_intervals", "mute_time_intervals"):
                old = key == "mute_time_intervals"
                self.timings[old] = read_mute_timings(value, (key,), self.problems, old, version)
            elif key != "route":
                self.problems.unknown_key((key,), "config.plain")
        self._check()
        self.problems.locate(document)

    def _read_receivers(self, value: object) -> None:
        problems = self.problems
        items = read_items(value, ("receivers",), problems, "[]config.Receiver")  # type: ignore[arg-type]
        for place, item in enumerate(items):
            path = ("receivers", place)
            before = problems.type_errors
            receiver = read_mapping(item, path, problems, "config.plain")
            for key in receiver:
                if key != "name":
                    problems.unknown_key((*path, key), "config.plain")
            name = read_text(receiver.get("name"), (*path, "name"), problems)
            if not name:
                problems.error(path, "missing name in receiver", since=before)
            self.receivers.append(name)

    def _check(self) -> None:
        for place, name in enumerate(self.receivers):
            if name in self.receivers[:place]:
                message = f"notification config name {go_quote(name)} is not unique"
                self.problems.error(("receivers", place), message, "whole")
        if self.route is None:
            self.problems.error((), "no routes provided", "whole")
            return
        check_root(self.route, self.problems)
        check_receivers(self.route, self.receivers, self.problems)
        names = check_names(self.timings[True], self.timings[False], self.problems)
        check_time_intervals(self.route, names, self.problems)
        check_continue(self.route, self.problems)

    def verdict(self) -> str | None:
        """What amtool would print after FAILED, None for success."""
        first = self.problems.first()
        if first is None:
            return None
        if first.kind != "type":
            return first.message
        lines = [
            f"  line {problem.line}: {problem.message}"
            for problem in sorted(self.problems.errors, key=lambda problem: problem.line)
            if problem.kind == "type"
        ]
        return "\n".join(["yaml: unmarshal errors:", *lines])
