"""The texts of a setup outside its integrations: names, and all that policies say. Variables of
Grafana's files may stand in them.
"""

from __future__ import annotations

from collections.abc import Callable

from alertmanager_configs.matchers import Matcher
from alertmanager_configs.problems import Path
from alertmanager_configs.routes import Route
from contactpoints.fields import Interpolated
from contactpoints.setup import Setup
from translators.grafana_file_reading import QUIET
from translators.losses import Report
from translators.notices import label_of

Change = Callable[[str, tuple[str, ...], Path], str | None]
"""What becomes of one text, which stands at a place of the setup and of the document; ``None`` for
nothing."""

DURATIONS = ("group_wait", "group_interval", "repeat_interval")
NAMES = ("group_by", "mute_time_intervals", "active_time_intervals")
ONLY_FILES = "only Grafana's files have variables here"


def change_texts(setup: Setup, change: Change) -> None:
    """Change every text that is :class:`Interpolated`, in place."""

    def changed(text: str, where: tuple[str, ...], path: Path) -> str:
        return (change(text, where, path) or "") if isinstance(text, Interpolated) else text

    for point in setup.contact_points:
        point.name = changed(point.name, (point.name, "name"), (*point.path, "name"))
    for route in setup.policy.walk() if setup.policy is not None else ():
        _change_route(route, changed)


def _change_route(route: Route, changed: Callable[[str, tuple[str, ...], Path], str]) -> None:
    route.receiver = changed(route.receiver, ("policies", "receiver"), (*route.path, "receiver"))
    for key in DURATIONS:
        if (text := getattr(route, key)) is not None:
            setattr(route, key, changed(text, ("policies", key), (*route.path, key)) or None)
    for key in NAMES:
        if (names := getattr(route, key)) is not None:
            path = (*route.path, key)
            told = [changed(name, ("policies", key, name), path) for name in names]
            setattr(route, key, told)
    route.matchers = [
        Matcher(
            changed(name, ("policies", "matchers", name), route.path),
            operator,
            changed(value, ("policies", "matchers", name), route.path),
        )
        for name, operator, value in route.matchers
    ]


def report_variables(setup: Setup, report: Report) -> None:
    """Report, for a dialect that has no variables there, every text with one, and take it for what
    is written; a length of time is left to the default.
    """

    def change(text: str, where: tuple[str, ...], path: Path) -> str | None:
        if where[-1] in DURATIONS:
            report.lose(where, "dropped", f"{ONLY_FILES}, and {text} is no length of time", path)
            return None
        why = f"{ONLY_FILES}: {text} stands there as it is"
        report.lose(where, "changed", why, path, is_of_contact_point=where[0] != "policies")
        return str(text)

    change_texts(setup, change)
    for point in setup.contact_points:
        for index, each in enumerate(point.integrations):
            if each.quiet:
                where = (point.name, label_of(point, index), QUIET)
                why = f"{ONLY_FILES}, and {each.quiet} is not known"
                path = (*each.path[:-1], QUIET)
                report.lose(where, "dropped", why, path, is_of_contact_point=True)
