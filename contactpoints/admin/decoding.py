"""Decoding: JSON as Go's encoding/json takes it apart: keys in any case, null is absent.

Source: https://pkg.go.dev/encoding/json#Unmarshal, which Grafana's endpoints go by; a value of
another type is refused, an unknown key ignored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from contactpoints.admin.refusals import InvalidError

BAD_REQUEST = "bad request data"
KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "text": ((str,), "text"),
    "flag": ((bool,), "true or false"),
    "object": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "any": ((object,), "anything"),
}


def decoded(value: Any, kinds: Mapping[str, str], path: str = "") -> dict[str, Any]:
    """The known keys of an object, under the names that ``kinds`` has; each kind is a key of
    :data:`KINDS`. Of several spellings the last one counts.

    :raises InvalidError: with every value of another type.
    """
    if not isinstance(value, dict):
        raise InvalidError(BAD_REQUEST, errors=[wrong(path, "must be an object")])
    by_lower = {name.lower(): name for name in kinds}
    found: dict[str, Any] = {}
    errors = []
    for key, item in value.items():
        name = by_lower.get(str(key).lower())
        if name is None or item is None:
            continue
        types, said = KINDS[kinds[name]]
        if isinstance(item, types):
            found[name] = item
        else:
            errors.append(wrong(join(path, name), f"must be {said}"))
    if errors:
        raise InvalidError(f"{BAD_REQUEST}: {errors[0]['path']} {errors[0]['message']}", "", errors)
    return found


def without_nulls(value: Any) -> Any:
    """A copy in which null is absent from every object; lists keep their length."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def texts(value: Any, path: str) -> list[str]:
    """A list of texts. :raises InvalidError: for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidError(BAD_REQUEST, errors=[wrong(path, "must be a list of texts")])
    return list(value)


def texts_by_name(value: Mapping[str, Any], path: str) -> dict[str, str]:
    """Names and texts. :raises InvalidError: when anything is no text."""
    for key, item in value.items():
        if not isinstance(item, str):
            raise InvalidError(BAD_REQUEST, errors=[wrong(join(path, key), "must be text")])
    return dict(value)


def wrong(path: str, message: str) -> dict[str, str]:
    """One place that is wrong."""
    return {"path": path, "message": message}


def join(path: str, *steps: str | int) -> str:
    """A dotted path with more steps, numbers in brackets.

    >>> join("routes", 0, "receiver")
    'routes[0].receiver'
    """
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path = f"{path}.{step}" if path else step
    return path


def fnv64(text: str) -> str:
    """FNV-1 (not 1a) of 64 bits as 16 hexadecimal digits: how Grafana names and numbers things.

    Source: http://www.isthe.com/chongo/tech/comp/fnv/

    >>> fnv64("all-integrations")
    '2b661702215368fe'
    """
    value = 0xCBF29CE484222325
    for byte in text.encode("utf-8", "surrogatepass"):
        value = (value * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF) ^ byte
    return f"{value:016x}"


def fingerprint(value: Any) -> str:
    """The version of an item: changes when anything in it does."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
