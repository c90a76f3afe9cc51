"""Which texts of an `http_config` are secrets, and which are paths of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .http_config import AUTHORIZATION, BASIC_AUTH, HEADER, HTTP_CONFIG, OAUTH2, TLS_CONFIG, Key
from .problems import Path

_PARTS: dict[str, Mapping[str, Key]] = {
    "basic_auth": BASIC_AUTH,
    "authorization": AUTHORIZATION,
    "oauth2": OAUTH2,
    "tls_config": TLS_CONFIG,
}


def secret_paths(
    config: Mapping[str, Any], keys: Mapping[str, Key] = HTTP_CONFIG
) -> Iterator[Path]:
    """The paths of all secret texts in an object of the right types, a proxy's URL with a password
    too."""
    yield from _marked(config, keys, lambda key: key.secret)
    for path in _paths_of(config, "proxy_url"):
        if "@" in (_at(config, path) or ""):
            yield path


def file_paths(config: Mapping[str, Any], keys: Mapping[str, Key] = HTTP_CONFIG) -> Iterator[Path]:
    """The paths of all names of files in a validated object."""
    return _marked(config, keys, lambda key: key.file)


def _marked(
    config: Mapping[str, Any], keys: Mapping[str, Key], wanted: Callable[[Key], bool]
) -> Iterator[Path]:
    for name, value in config.items():
        if value is None:
            continue
        if name == "http_headers" and name in keys:
            for header, parts in value.items():
                for path in _marked(parts or {}, HEADER, wanted):
                    yield (name, header, *path)
        elif name in _PARTS and name in keys:
            for path in _marked(value, _PARTS[name], wanted):
                yield (name, *path)
        elif name in keys and wanted(keys[name]):
            for path in _texts(value):
                yield (name, *path)


def _texts(value: Any) -> Iterator[Path]:
    if not isinstance(value, dict | list):
        yield ()
        return
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        for path in _texts(item):
            yield (step, *path)


def _paths_of(config: Mapping[str, Any], name: str) -> Iterator[Path]:
    if name in config:
        yield (name,)
    if name in (config.get("oauth2") or {}):
        yield ("oauth2", name)


def _at(config: Any, path: Path) -> Any:
    for step in path:
        config = config[step]
    return config
