"""One integration for an older Alertmanager: what that does not know is left out, and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alertmanager_configs.http_config import (
    AUTHORIZATION,
    BASIC_AUTH,
    HTTP_CONFIG,
    OAUTH2,
    TLS_CONFIG,
    Key,
)
from alertmanager_configs.problems import Path
from alertmanager_configs.versions import Version, format_version, parse_version
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field, FromFile
from contactpoints.groups import Part, Parts
from contactpoints.http_settings import HttpConfig
from translators.alertmanager_known import since_of

Say = Callable[[str, Version, Path], None]
"""Says what is left out: its name, since when Alertmanager has it, where it stood."""


PARTS: Mapping[str, Mapping[str, Key]] = {
    "basic_auth": BASIC_AUTH,
    "authorization": AUTHORIZATION,
    "oauth2": OAUTH2,
    "tls_config": TLS_CONFIG,
}


def why_not(since: Version) -> str:
    """What a report says of something that came ``since``."""
    return f"Alertmanager has it since {format_version(since)}"


def integration_for(integration: Integration, version: Version, say: Say) -> Integration | None:
    """The integration without what came after ``version``; ``None`` when it came later itself."""
    receiver = integration.alertmanager
    if isinstance(receiver, Receiver) and (since := parse_version(receiver.since)) > version:
        say("", since, integration.path)
        return None
    values = {}
    for name, value in integration.values.items():
        field = integration.fields[name]
        key = field.spelling("alertmanager").name
        is_file = isinstance(value, FromFile)
        since = since_of(field, is_file)
        path = (*integration.path, key)
        if value == "" and field.zero is None:
            continue  # an address that ``global`` took away
        if since > version:
            say(f"{key}_file" if is_file else key, since, path)
        else:
            values[name] = _value(field, value, key, version, say, path)
    return type(integration)(
        values,
        family=integration.family,
        uid=integration.uid,
        send_resolved=integration.told_resolved,
        extra=integration.extra,
        path=integration.path,
    )


def _value(field: Field, value: Any, name: str, version: Version, say: Say, path: Path) -> Any:
    """A value without the parts that came later."""
    if isinstance(value, FromFile):
        return value
    if isinstance(field, HttpConfig):
        keys = HTTP_CONFIG if field.setting == "http_config" else TLS_CONFIG
        return _http(value, keys, name, version, say, path)
    if isinstance(field, Parts):
        return [
            _parts(field, item, name, version, say, (*path, index))
            for index, item in enumerate(value)
        ]
    if isinstance(field, Part):
        return _parts(field, value, name, version, say, path)
    if isinstance(value, dict) and "enable_update" in value:  # a text of Jira, an object since 0.30
        if version >= (0, 30, 0):
            return value
        say(f"{name}.enable_update", (0, 30, 0), path)
        return value.get("template", field.default("alertmanager"))
    return value


def _parts(
    field: Part, value: Mapping[str, Any], name: str, version: Version, say: Say, path: Path
) -> dict[str, Any]:
    found = {}
    for key, item in value.items():
        part = field.parts[key]
        spelled, since = part.spelling("alertmanager").name, since_of(part)
        if since > version:
            say(f"{name}.{spelled}", since, (*path, spelled))
        else:
            found[key] = _value(part, item, f"{name}.{spelled}", version, say, (*path, spelled))
    return found


def _http(
    value: Mapping[str, Any],
    keys: Mapping[str, Key],
    name: str,
    version: Version,
    say: Say,
    path: Path,
) -> dict[str, Any]:
    found = {}
    for key, item in value.items():
        if key in keys and keys[key].since > version:
            say(f"{name}.{key}", keys[key].since, (*path, key))
        elif key in PARTS and isinstance(item, dict):
            found[key] = _http(item, PARTS[key], f"{name}.{key}", version, say, (*path, key))
        else:
            found[key] = item
    return found
