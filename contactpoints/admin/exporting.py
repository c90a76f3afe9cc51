"""Exports: what Grafana's ``…/export`` endpoints answer, as YAML, JSON and HCL.

The body is Grafana's provisioning file, keys in its order; in YAML and JSON every ``$`` of a text
is doubled, so that reading the file again gives the text. Secrets are hidden unless decrypted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contactpoints.admin import export_hcl
from contactpoints.admin.contact_points import in_order
from contactpoints.admin.export_yaml import Flow, to_yaml
from contactpoints.admin.redaction import redacted

FORMATS = ("yaml", "json", "hcl")
TYPES = {"yaml": "text/yaml", "json": "application/json", "hcl": "text/hcl"}
DOWNLOADED = {**TYPES, "hcl": "application/terraform+hcl"}
ENDINGS = {"yaml": "yaml", "json": "json", "hcl": "tf"}
ROUTE = (
    "receiver",
    "group_by",
    "match",
    "match_re",
    "matchers",
    "object_matchers",
    "mute_time_intervals",
    "active_time_intervals",
    "continue",
    "routes",
    "group_wait",
    "group_interval",
    "repeat_interval",
)
INTERVAL = ("times", "weekdays", "days_of_month", "months", "years", "location")
TIMES = ("start_time", "end_time")
ORG = 1


@dataclass(frozen=True)
class Export:
    """A text with its media type, and the file's name when it is to be downloaded."""

    text: str
    media_type: str
    file: str = ""


def format_of(asked: str, accept: str) -> str:
    """The format that a request asks for: by name, else by its Accept header, else YAML."""
    if asked:
        return asked
    accept = accept.lower()
    return "json" if "application/json" in accept else "yaml"


def contact_points(
    rows: Iterable[Mapping[str, Any]],
    format_: str,
    *,
    decrypt: bool = False,
    download: bool = False,
) -> Export:
    """Contact points, by name and uid."""
    points: dict[str, list[Mapping[str, Any]]] = {}
    for row in in_order([dict(row) for row in rows]):
        points.setdefault(row["name"], []).append(row if decrypt else redacted(row))
    if format_ == "hcl":
        return _export(export_hcl.contact_points(points), format_, download)
    listed = [
        {
            "orgId": ORG,
            "name": doubled(name),
            "receivers": [
                {
                    "uid": row.get("uid") or "",
                    "type": row["type"],
                    "settings": _sorted(doubled(row.get("settings") or {})),
                    "disableResolveMessage": bool(row.get("disableResolveMessage")),
                }
                for row in its
            ],
        }
        for name, its in points.items()
    ]
    return _file("contactPoints", listed, format_, download)


def policies(tree: Mapping[str, Any], format_: str, *, download: bool = False) -> Export:
    """The policy tree."""
    if format_ == "hcl":
        return _export(export_hcl.policies(tree), format_, download)
    return _file("policies", [{"orgId": ORG, **_route(tree)}], format_, download)


def mute_timings(
    timings: Iterable[Mapping[str, Any]], format_: str, *, download: bool = False
) -> Export:
    """Mute timings, by name."""
    items = sorted(timings, key=lambda item: str(item["name"]))
    if format_ == "hcl":
        return _export(export_hcl.mute_timings(items), format_, download)
    listed = [
        {
            "orgId": ORG,
            "name": item["name"],
            "time_intervals": [_interval(each) for each in item.get("time_intervals") or ()],
        }
        for item in items
    ]
    return _file("muteTimes", listed, format_, download)


def doubled(value: Any) -> Any:
    """Every ``$`` of every text twice; keys stay."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: doubled(item) for key, item in value.items()}
    return [doubled(item) for item in value] if isinstance(value, list) else value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ROUTE:
        if key == "routes" and route.get("routes"):
            found[key] = [_route(child) for child in route["routes"]]
        elif route.get(key):
            found[key] = doubled(route[key])
    return found


def _interval(interval: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in INTERVAL:
        if not (value := interval.get(key)):
            continue
        if key == "times":
            found[key] = [{name: each[name] for name in TIMES if name in each} for each in value]
        else:
            found[key] = value if key == "location" else Flow(value)
    return found


def _file(part: str, listed: list[dict[str, Any]], format_: str, download: bool) -> Export:
    whole = {"apiVersion": 1, **({part: listed} if listed else {})}
    if format_ == "json":
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    else:
        text = to_yaml(whole)
    return _export(text, format_, download)


def _export(text: str, format_: str, download: bool) -> Export:
    if download:
        return Export(text, DOWNLOADED[format_], f"export.{ENDINGS[format_]}")
    return Export(text, TYPES[format_])
