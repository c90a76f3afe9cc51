"""What Alertmanager checks over the whole tree once everything is read, in its order and words."""

from __future__ import annotations

from collections.abc import Collection

from .problems import Path, Problems
from .quoting import go_quote
from .routes import Route


def check_root(root: Route, problems: Problems) -> None:
    """The root takes every alert: it has a receiver and nothing that would keep an alert out."""
    path = root.path
    if not root.receiver:
        _whole(problems, path, "root route must specify a default receiver")
    if root.match or root.match_re or root.matchers:
        _whole(problems, path, "root route must not have any matchers")
    if root.mute_time_intervals:
        place = (*path, "mute_time_intervals")
        _whole(problems, place, "root route must not have any mute time intervals")
    if root.active_time_intervals:
        place = (*path, "active_time_intervals")
        _whole(problems, place, "root route must not have any active time intervals")


def check_receivers(root: Route, receivers: Collection[str], problems: Problems) -> None:
    """Every receiver that a route names exists; children are looked at before their parent."""
    for route in root.routes:
        check_receivers(route, receivers, problems)
    if root.receiver and root.receiver not in receivers:
        message = f"undefined receiver {go_quote(root.receiver)} used in route"
        _whole(problems, (*root.path, "receiver"), message)


def check_time_intervals(root: Route, names: Collection[str], problems: Problems) -> None:
    """Every time interval that a route names exists; children come first, active before mute."""
    for route in root.routes:
        check_time_intervals(route, names, problems)
    for key in ("active_time_intervals", "mute_time_intervals"):
        for place, name in enumerate(getattr(root, key)):
            if name not in names:
                message = f"undefined time interval {go_quote(name)} used in route"
                _whole(problems, (*root.path, key, place), message)


def check_continue(root: Route, problems: Problems) -> None:
    """The last check of all: the root cannot go on to a neighbour."""
    if root.continue_:
        _whole(problems, (*root.path, "continue"), "cannot have continue in root route")


def _whole(problems: Problems, path: Path, message: str) -> None:
    problems.error(path, message, "whole")
