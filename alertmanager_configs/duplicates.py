"""What Alertmanager says of a key that stands twice: that depends on the type of its object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .problems import Path, Problem

_SECTIONS = {"inhibit_rules": "common.plain", "receivers": "config.plain"}
_HTTP: dict[str | int, str] = {
    "http_config": "config.plain",
    "basic_auth": "config.plain",
    "oauth2": "config.plain",
    "tls_config": "config.plain",
    "smtp_tls_config": "config.plain",
    "authorization": "config.Authorization",
}
_TIMINGS = ("time_intervals", "mute_time_intervals")


def name_duplicates(
    found: Iterable[Problem], type_of: Callable[[Path], str | None] | None = None
) -> Iterator[Problem]:
    """The duplicates of a document in Alertmanager's words.

    `type_of` tells what Alertmanager calls the object at a path, None for a plain mapping; without
    it only the types of this package are known (`object_type`).
    """
    for problem in found:
        key = problem.path[-1]
        go_type = (type_of or object_type)(problem.path[:-1])
        if go_type is not None:
            problem = problem._replace(message=f"field {key} already set in type {go_type}")
        yield problem


def object_type(path: Path) -> str | None:
    """The Go type of the object at a path, as far as this package reads it; None for others."""
    if path in ((), ("global",)):
        return "config.plain"
    if path[-1] in _HTTP:
        return _HTTP[path[-1]]
    if len(path) > 1 and path[-2] == "http_headers":
        return "config.Header"
    section, *steps = path
    if section == "route":
        is_route = len(steps) % 2 == 0 and all(step == "routes" for step in steps[::2])
        return "config.plain" if is_route else None
    if section in _SECTIONS:
        return _SECTIONS[str(section)] if len(steps) == 1 else None
    if section in _TIMINGS:
        types = {1: "config.plain", 3: "timeinterval.TimeInterval", 5: "timeinterval.yamlTimeRange"}
        return types.get(len(steps))
    return None
