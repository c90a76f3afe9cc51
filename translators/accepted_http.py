"""The part of an ``http_config`` that Alertmanager accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.versions import Version
from alertmanager_configs.writing import as_written, dump
from contactpoints.http_settings import HttpConfig

HEADERS = "http_headers"


def accepted(
    value: dict[str, Any], field: HttpConfig, version: Version, lose: Callable[[Path, str], None]
) -> dict[str, Any] | None:
    """``value`` without what Alertmanager refuses, which goes to ``lose`` with its path: one header
    alone, but a login as a whole. ``None`` when nothing is left.
    """
    while value:
        problems = Problems(version)
        field.read(load(dump(as_written(value))).data, "alertmanager", (), problems)
        wrong = next(iter(problems.errors), None)
        if wrong is None:
            return value
        way = wrong.path[: 2 if wrong.path[:1] == (HEADERS,) else 1]
        lose(way, f"it cannot be said there: {wrong.message}")
        value = without(value, way)
    return None


def without(value: dict[str, Any], way: Path) -> dict[str, Any]:
    """``value`` without what stands at ``way``; nothing is left without a way."""
    if not way:
        return {}
    head, rest = str(way[0]), way[1:]
    inner = without(value[head], rest) if rest and isinstance(value.get(head), dict) else None
    kept = {key: item for key, item in value.items() if key != head}
    return {**kept, head: inner} if inner else kept
