"""Loaded: what a document's values are, once nobody needs to know how they were written."""

from __future__ import annotations

from typing import Any

from alertmanager_configs.loading import Quoted
from contactpoints.groups import typed


def loaded_as_json(value: Any) -> Any:
    """A value as a JSON document holds it (text is quoted, the rest plain) for ``json.dumps``."""
    if isinstance(value, dict):
        return {key: loaded_as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [loaded_as_json(item) for item in value]
    if isinstance(value, str):
        return str(value) if isinstance(value, Quoted) else typed(value)
    return value
