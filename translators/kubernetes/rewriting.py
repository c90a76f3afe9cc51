"""Objects that were read, written again: what each of them said, what was not known included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alertmanager_configs.problems import Path
from alertmanager_configs.writing import as_written
from contactpoints.setup import Setup
from translators.kubernetes.kept import Kept
from translators.kubernetes.names import Api
from translators.kubernetes.shaping import Vault
from translators.kubernetes.writing import WritingSpec
from translators.losses import Report


class Parts:
    """What of a setup came from which object, by the object's path."""

    def __init__(self, setup: Setup) -> None:
        root = setup.policy
        self.routes = grouped([root, *root.routes] if root is not None else [])
        self.points = grouped(setup.contact_points)
        self.timings = grouped(setup.mute_timings)
        self.inhibitions = grouped(setup.inhibitions)


def grouped(items: Iterable[Any]) -> Mapping[Path, list[Any]]:
    """Everything that has a place, by the object that it is in the ``spec`` of."""
    found: dict[Path, list[Any]] = {}
    for item in items:
        if item.path:
            found.setdefault(item.path[: item.path.index("spec")], []).append(item)
    return found


def write_kept(kept: Kept, api: Api | None, parts: Parts, report: Report, vault: Vault) -> Any:
    """An object as it was read; of ``api``, which may be another version than its own."""
    if api is None:
        return as_written(kept.object.data)
    path = kept.object.path
    depth = len(path)
    routes = parts.routes.get(path) if kept.has_route else None
    writer = WritingSpec(
        api, vault, report, is_home=True, prefix=kept.prefix, enforced=kept.enforced
    )
    spec = writer.spec(
        routes[0] if routes else None,
        parts.points.get(path, []),
        parts.timings.get(path, []),
        parts.inhibitions.get(path, []),
    )
    if routes:
        spec["route"].pop("continue", None)  # the operator's own
    if routes and kept.continues is not None:
        spec["route"]["continue"] = as_written(kept.continues)
    written = {key: as_written(item) for key, item in kept.object.data.items() if key != "spec"}
    if "spec" in kept.object.data:
        written["spec"] = spec
    if api is not kept.api:
        written["apiVersion"] = f"{api.group}/{api.version}"
    for way, value in kept.unknown.found:
        put_back(written, respelled(way[depth:], kept.api, api), as_written(value))
    return written


def respelled(path: Path, before: Api | None, api: Api) -> Path:
    """A path in an object as another version of its API has it."""
    if before is None or path[1:2] != (before.intervals,):
        return path
    return (path[0], api.intervals, *path[2:])


def put_back(written: Any, path: Path, value: Any) -> None:
    """Put what was not known where it stood, as far as its place is still there."""
    *way, last = path
    for step in way:
        if isinstance(written, dict):
            written = written.setdefault(step, {})
        elif isinstance(written, list) and isinstance(step, int) and step < len(written):
            written = written[step]
        else:
            return
    if isinstance(written, dict):
        written[last] = value
