"""Values as JSON: numbers and bools that were kept as written become what they are."""

from __future__ import annotations

import json
from typing import Any

from alertmanager_configs.writing import Plain
from contactpoints.groups import typed


def as_json(value: Any) -> Any:
    """A written value for ``json.dumps``; what is :class:`Plain` is a number, bool or text."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Plain):
        return typed(value)
    return str(value) if isinstance(value, str) else value


def dump_json(value: Any) -> str:
    """A document, indented by two."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def compact(value: Any) -> str:
    """A value on one line, as Go writes it but for the order of keys."""
    return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))
