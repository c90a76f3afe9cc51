"""alertmanager.yml, as Alertmanager 0.34 reads it.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from typing import Any

from alertmanager_configs.inhibition import read_inhibit_rules, write_inhibit_rule
from alertmanager_configs.loading import Document
from alertmanager_configs.mute_timings import (
    MuteTiming,
    check_names,
    read_mute_timings,
    write_mute_timing,
)
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.reading import (
    read_flag,
    read_items,
    read_mapping,
    read_text,
    read_text_map,
    read_texts,
)
from alertmanager_configs.route_checks import (
    check_continue,
    check_receivers,
    check_root,
    check_time_intervals,
)
from alertmanager_configs.routes import read_route, write_route
from alertmanager_configs.writing import as_written, dump
from contactpoints.base import Integration, Receiver
from contactpoints.integrations import by_receiver_key
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from translators.alertmanager_globals import Globals, factor_out, read_globals
from translators.alertmanager_needs import complete
from translators.dialect import Dialect, Find, Writing
from translators.losses import Report

TYPE = "config.plain"  # what Alertmanager calls most of its objects in messages
KEPT = ("tracing", "event_recorder")
INTERVALS = (DEPRECATED := "mute_time_intervals", "time_intervals")


class Alertmanager(Dialect):
    name = "alertmanager"
    family = "alertmanager"
    about = "Alertmanager's configuration file, alertmanager.yml"

    def recognises(self, document: Document) -> bool:
        data = document.data
        return (
            isinstance(data, dict)
            and ("route" in data or "receivers" in data)
            and "kind" not in data
        )

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        setup = Setup("alertmanager", self.name, document=document)
        data = document.data
        if data is None:
            problems.error((), "no route provided in config", "whole")
            return setup
        data = read_mapping(data, (), problems, TYPE)
        globals_ = read_globals(data.get("global"), problems)
        for key, value in data.items():
            if key == "global" or key in KEPT:
                if value is not None:
                    setup.kept[key] = value
            elif key == "route":
                setup.policy = None if value is None else read_route(value, (key,), problems)
            elif key == "receivers":
                _read_receivers(setup, value, globals_, problems)
            elif key == "inhibit_rules":
                setup.inhibitions = read_inhibit_rules(value, (key,), problems)
            elif key in INTERVALS:
                old = key == DEPRECATED
                setup.mute_timings += read_mute_timings(value, (key,), problems, deprecated=old)
            elif key == "templates":
                _read_templates(setup, value, find, problems)
            else:
                problems.unknown_key((key,), TYPE)
        globals_.check(problems)
        _check(setup, problems)
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
        setup = complete(setup, report)
        written: dict[str, Any] = {}
        kept = setup.kept if setup.dialect == self.name else {}
        if setup.dialect == self.name:
            points, shared = setup.contact_points, as_written(kept.get("global"))
        else:
            points, shared = factor_out(setup.contact_points)
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
        written["receivers"] = [_write_receiver(point) for point in points]
        for key in INTERVALS:
            if timings := [each for each in setup.mute_timings if _list_of(setup, each) == key]:
                written[key] = [write_mute_timing(timing) for timing in timings]
        for name in files:
            report.lose(
                ("templates", name),
                "changed",
                "its text stands in a file of its own beside this one",
            )
        return Writing(dump(written), files)


def _read_receivers(setup: Setup, value: Any, globals_: Globals, problems: Problems) -> None:
    path: Path = ("receivers",)
    for index, receiver in enumerate(read_items(value, path, problems, "[]config.Receiver")):
        setup.contact_points.append(_read_receiver(receiver, (*path, index), globals_, problems))


def _read_receiver(
    receiver: Any, path: Path, globals_: Globals, problems: Problems
) -> ContactPoint:
    before = problems.type_errors
    point = ContactPoint("", path=path)
    known = by_receiver_key()
    for key, item in read_mapping(receiver, path, problems, TYPE).items():
        place = (*path, key)
        if key in known:
            configs = read_items(item, place, problems, f"[]*config.{known[key].__name__}Config")
            for position, config in enumerate(configs):
                made = _read_integration(known[key], config, (*place, position), globals_, problems)
                if made is not None:
                    point.integrations.append(made)
        elif key == "name":
            point.name = read_text(item, place, problems)
        elif key == "labels":
            point.labels = read_text_map(item, place, problems)
        else:
            problems.unknown_key(place, TYPE)
    if not point.name:
        problems.error(path, "missing name in receiver", since=before)
    elif (told := point.labels.get("name", point.name)) != point.name:
        message = f'receiver label "name" must match receiver name "{point.name}", got "{told}"'
        problems.error((*path, "labels", "name"), message, since=before)
    return point


def _read_integration(
    declared: type[Integration], config: Any, path: Path, globals_: Globals, problems: Problems
) -> Integration | None:
    if config is None:
        problems.error(path, f"missing {declared.type} config")
        return None
    settings = dict(read_mapping(config, path, problems, TYPE))
    told = settings.pop("send_resolved", None)
    made = declared.read(
        settings,
        "alertmanager",
        path,
        problems,
        inherited=globals_.of(declared),
        send_resolved=None if told is None else read_flag(told, (*path, "send_resolved"), problems),
    )
    for key in made.extra:
        problems.unknown_key((*path, key), TYPE)
    return made


def _read_templates(setup: Setup, value: Any, find: Find, problems: Problems) -> None:
    for index, pattern in enumerate(read_texts(value, ("templates",), problems)):
        path: Path = ("templates", index)
        found = [TemplateFile(name, text, path, pattern) for name, text in find(pattern)]
        setup.templates += found or [TemplateFile(pattern, None, path, pattern)]


def _check(setup: Setup, problems: Problems) -> None:
    """The checks over the whole file, in Alertmanager's order."""
    order = {key: position for position, key in enumerate(by_receiver_key())}
    seen: set[str] = set()
    for point in setup.contact_points:
        if point.name in seen:
            problems.error(
                (*point.path, "name"),
                f'notification config name "{point.name}" is not unique',
                "whole",
            )
        seen.add(point.name)
        by_kind = sorted(point.integrations, key=lambda each: order[_key(each)])
        for integration in by_kind:
            for _, message in integration.check_inherited():
                problems.error(integration.path, message, "whole")
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
    old = setup.dialect == Alertmanager.name and timing.path[:1] == (DEPRECATED,)
    return DEPRECATED if old else "time_intervals"


def _key(integration: Integration) -> str:
    declared = integration.alertmanager
    return declared.key if isinstance(declared, Receiver) else ""


def _write_receiver(point: ContactPoint) -> dict[str, Any]:
    written: dict[str, Any] = {"name": point.name}
    if point.labels:
        written["labels"] = point.labels
    for integration in point.integrations:
        config = integration.write("alertmanager")
        if integration.told_resolved is not None:
            config = {"send_resolved": integration.told_resolved, **config}
        written.setdefault(_key(integration), []).append(config)
    return written


def _template_files(setup: Setup) -> tuple[list[str], dict[str, str]]:
    """The ``templates`` list, and the files to write beside it when the texts stood inside the
    other dialect.
    """
    files = {}
    names: dict[str, None] = {}
    for file in setup.templates:
        name = file.pattern or (file.name if file.name.endswith(".tmpl") else f"{file.name}.tmpl")
        names[name] = None
        if not file.pattern and file.text is not None:
            files[name] = file.text
    return list(names), files
