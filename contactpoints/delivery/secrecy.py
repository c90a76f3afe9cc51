"""Secrecy: the secret texts of a configured integration, those in files included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contactpoints.base import Integration
from contactpoints.delivery.hiding import parts_of_url
from contactpoints.delivery.transport import text_of
from contactpoints.fields import FromFile

FILE = "_file"
WEB = ("http://", "https://")


def secrets_of(integration: Integration) -> Iterator[str]:
    """Every secret text among the integration's values; of an address, also its parts."""
    for name, value in integration.effective().items():
        for leaf in _leaves(integration, name, value):
            if isinstance(leaf, str):
                yield from with_parts(str(leaf))


def late_secrets(integration: Integration) -> Iterator[str]:
    """The settings with a secret that stands in a file, or that a template makes."""
    for name, value in integration.effective().items():
        leaves = _leaves(integration, name, value)
        drawn = any("{{" in leaf for leaf in leaves if isinstance(leaf, str))
        if drawn or _is_from_file(value) or any(True for _ in _files(value)):
            yield name


def read_secrets(integration: Integration, names: tuple[str, ...], settings: Any) -> Iterator[str]:
    """The secrets of the settings called ``names`` once they are drawn and files are read.

    :raises DeliveryError: when a file cannot be read.
    """
    for name in names:
        value = getattr(settings, name)
        for leaf in _leaves(integration, name, value):
            if isinstance(leaf, str):
                yield from with_parts(str(leaf))
        for holder, key in _files(value):
            yield from with_parts(text_of(holder, key))


def with_parts(secret: str) -> set[str]:
    """A secret; of an address, also its parts."""
    return {secret, *(parts_of_url(secret) if secret.startswith(WEB) else ())}


def _leaves(integration: Integration, name: str, value: Any) -> Iterator[Any]:
    if value is None:
        return
    for path in integration.fields[name].secrets(value):
        leaf = value
        for step in path:
            leaf = leaf[step]
        yield leaf


def _is_from_file(value: Any) -> bool:
    """Whether it, or something in it, stands in a file."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return any(_is_from_file(item) for item in value)
    return isinstance(value, FromFile)


def _files(value: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Where a structure such as ``http_config`` names a file: what holds it, and the key without
    ``_file``. Certificates are shown to everybody.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and str(key).endswith(FILE) and key not in PUBLIC:
                yield value, str(key).removesuffix(FILE)
            elif key == "files" and isinstance(item, list):
                yield from (({"text_file": path}, "text") for path in item)
            else:
                yield from _files(item)
    elif isinstance(value, list):
        for item in value:
            yield from _files(item)


PUBLIC = frozenset({"ca_file", "cert_file", "username_file"})
