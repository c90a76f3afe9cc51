"""The types that Grafana wants in the settings of an integration: it takes no number for a text.

Source: Go's encoding/json, by which Grafana decodes settings into the fields of a struct.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.fields import Field, Number, Text
from contactpoints.groups import Part, Parts, TextMap, Tree

EITHER = {("telegram", "chat_id"), ("pushover", "retry"), ("pushover", "expire")}
"""Texts that Grafana takes a number for: its ``OptionalNumber``."""
NAMES = {bool: "a bool", int: "a number", float: "a number", dict: "an object", list: "a list"}


def wrong_types(
    declared: type[Integration], settings: Mapping[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Every value of the wrong type, with what is wrong. Wrong objects and lists are left to
    reading.
    """
    spelled = declared.spelled["grafana"]
    for key, value in settings.items():
        found = spelled.get(key) or spelled.get(key.lower())
        if found is not None and (declared.type, found[0].setting) not in EITHER:
            yield from _wrong(found[0], value, (key,))


def _wrong(field: Field, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    kind = field.spellings["grafana"].kind or field
    scalar = isinstance(value, bool | int | float)
    if isinstance(kind, Parts):
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _parts(kind, item, (*path, index))
    elif isinstance(kind, Part):
        yield from _parts(kind, value, path)
    elif isinstance(kind, TextMap) and not isinstance(kind, Tree):
        for key, item in value.items() if isinstance(value, dict) else ():
            if isinstance(item, bool | int | float):
                yield (*path, key), f"must be a text, not {NAMES[type(item)]}"
    elif isinstance(kind, Text) and not isinstance(kind, Number) and scalar:
        yield path, f"must be a text, not {NAMES[type(value)]}"
    elif isinstance(kind, Number) and isinstance(value, bool):
        yield path, "must be a number, not a bool"
    elif isinstance(kind, Number) and isinstance(value, float) and not value.is_integer():
        yield path, "must be a whole number"


def _parts(group: Part, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict):
        return
    by_name = {part.spelling("grafana").name: part for part in group.parts.values()}
    for key, item in value.items():
        if (part := by_name.get(key)) is not None:
            yield from _wrong(part, item, (*path, key))
