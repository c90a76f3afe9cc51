"""Objects made a setup.

A single object keeps its own names. Its operator makes more of it: every receiver and interval gets
the object's name before its own, the top route (and every inhibition rule) matches the alerts of
the object's namespace only, and the top route always continues. That is not read in, but reported;
of several objects it is read in, as it is what keeps them apart.
"""

from __future__ import annotations

from typing import Any

from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.quoting import go_quote
from alertmanager_configs.route_checks import check_receivers, check_time_intervals
from alertmanager_configs.scalars import as_bool
from contactpoints.base import Integration
from contactpoints.integrations import by_receiver_key
from contactpoints.setup import ContactPoint, Setup
from translators.kubernetes.kept import Kept, Said
from translators.kubernetes.names import shape_of
from translators.kubernetes.objects import Objects, Secrets, objects_of
from translators.kubernetes.operators import join
from translators.kubernetes.policies import Policies
from translators.kubernetes.references import restored
from translators.kubernetes.unshaping import Unshaping


def read_objects(document: Document, dialect: str, problems: Problems) -> Setup:
    """The setup that all objects of a document make together."""
    setup = Setup("alertmanager", dialect, document=document)
    kept = [Kept(each) for each in objects_of(document)]
    setup.kept["objects"] = kept
    secrets = Secrets()
    for each in kept:
        each.holds_values = secrets.add(each.object)
    ours = [_Reading(each, problems, secrets) for each in kept if each.api]
    if not ours:
        problems.error((), "no AlertmanagerConfig or VMAlertmanagerConfig is in it", "type")
    for one in ours:
        one.run()
    join(setup, [one.said for one in ours], problems)
    if isinstance(document, Objects):
        _respell(problems, document)
    return setup


class _Reading:
    """One object on its way in."""

    def __init__(self, kept: Kept, problems: Problems, secrets: Secrets) -> None:
        assert kept.api
        self.kept, self.api, self.problems = kept, kept.api, problems
        self.values = Unshaping(problems, kept.unknown, secrets, kept.object.namespace)
        self.policies = Policies(self.api, self.values)
        self.said = Said(kept)

    def run(self) -> None:
        api, values, path = self.api, self.values, self.kept.spec_path
        if not self.kept.object.name:
            self.problems.error((*path[:-1], "metadata"), "missing required field 'name'", "type")
        rules = api.key("inhibit_rules")
        intervals = (api.intervals, *(() if api.is_camel else ("mute_time_intervals",)))
        for said, item in values.mapping(self.kept.object.data.get("spec"), path).items():
            place = (*path, said)
            if said == "route":
                self.read_route(item, place)
            elif said == "receivers":
                items = enumerate(values.items(item, place))
                self.said.points = [self.receiver(each, (*place, index)) for index, each in items]
            elif said == rules:
                items = enumerate(values.items(item, place))
                self.said.inhibitions = [
                    self.policies.inhibit_rule(each, (*place, index)) for index, each in items
                ]
            elif said in intervals:
                items = enumerate(values.items(item, place))
                self.said.timings += [
                    self.policies.mute_timing(each, (*place, index)) for index, each in items
                ]
            else:
                values.unknown_key(place, item, ("route", "receivers", rules, api.intervals))
        self.check()

    def read_route(self, raw: Any, path: Path) -> None:
        if raw is None:
            return
        self.said.route = self.policies.route(raw, path)
        self.kept.has_route = True
        if isinstance(raw, dict):
            self.kept.continues = raw.get("continue")
        self.said.route.continue_ = False  # the operator makes it true for every object

    def receiver(self, raw: Any, path: Path) -> ContactPoint:
        point = ContactPoint("", path=path)
        known = {self.api.key(key): declared for key, declared in by_receiver_key().items()}
        for said, item in self.values.mapping(raw, path).items():
            place = (*path, said)
            if said == "name":
                point.name = self.values.text(item, place) or ""
            elif said not in known or shape_of(self.api, known[said]) is None:
                self.values.unknown_key(place, item, ("name", *known))
            else:
                for index, config in enumerate(self.values.items(item, place)):
                    made = self.integration(known[said], config, (*place, index))
                    point.integrations.append(made)
        if not point.name:
            self.problems.error(path, "missing required field 'name'", "type")
        return point

    def integration(self, declared: type[Integration], raw: Any, path: Path) -> Integration:
        shape = shape_of(self.api, declared)
        assert shape is not None
        told_key = self.api.key("send_resolved")
        config = dict(self.values.mapping(raw, path))
        told = config.pop(told_key, None)
        settings = self.values.settings(config, shape, path)
        made = declared.read(
            settings,
            "alertmanager",
            path,
            self.problems,
            send_resolved=None if told is None else self.told(told, (*path, told_key)),
        )
        for key, (each, is_file) in declared.spelled["alertmanager"].items():
            if not is_file and key in settings and each.setting in made.values:
                value = made.values[each.setting]
                made.values[each.setting] = restored(settings[key], value)
        return made

    def told(self, raw: Any, path: Path) -> bool | None:
        flag = self.values.flag(raw, path)
        return None if flag is None else as_bool(flag)

    def check(self) -> None:
        """What the operators check over a whole object."""
        names: set[str] = set()
        for point in self.said.points:
            if point.name in names:
                message = f"receiver {go_quote(point.name)} is not unique"
                self.problems.error((*point.path, "name"), message, "whole")
            names.add(point.name)
        if self.said.route is None:
            return
        if not self.said.route.receiver:
            self.problems.error(self.said.route.path, "root route must define a receiver", "whole")
        check_receivers(self.said.route, names, self.problems)
        timings = {timing.name for timing in self.said.timings}
        check_time_intervals(self.said.route, timings, self.problems)


def _respell(problems: Problems, document: Objects) -> None:
    """Tell the paths of problems with the keys that the text has."""
    for found in (problems.errors, problems.warnings):
        found[:] = [each._replace(path=document.written(each.path)) for each in found]
