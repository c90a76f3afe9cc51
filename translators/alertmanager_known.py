"""What a version of Alertmanager knows of the integrations, and what it calls them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from alertmanager_configs.versions import Version, parse_version
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field
from contactpoints.groups import go_name
from contactpoints.integrations import by_receiver_key


@cache
def known_receivers(version: Version) -> Mapping[str, type[Integration]]:
    """The integrations that an Alertmanager knows, by their key in a receiver."""
    return {
        key: declared
        for key, declared in by_receiver_key().items()
        if isinstance(declared.alertmanager, Receiver)
        and parse_version(declared.alertmanager.since) <= version
    }


@cache
def known_settings(
    declared: type[Integration], version: Version
) -> Mapping[str, tuple[Field, bool]]:
    """The settings that an Alertmanager knows: field, and whether the key names a file."""
    return {
        key: (field, is_file)
        for key, (field, is_file) in declared.spelled["alertmanager"].items()
        if since_of(field, is_file) <= version
    }


def since_of(field: Field, is_file: bool = False) -> Version:
    """The first Alertmanager that knows a setting, or its twin that names a file."""
    spelling = field.spelling("alertmanager")
    marks = [spelling.since, spelling.file_since if is_file else ""]
    return max(parse_version(mark or "0.0") for mark in marks)


def type_of(declared: type[Integration]) -> str:
    """The Go type of the settings, as the latest Alertmanager calls it."""
    receiver = declared.alertmanager
    said = receiver.go if isinstance(receiver, Receiver) else ""
    return said or f"config.{declared.__name__}Config"


@cache
def list_type_of(declared: type[Integration], version: Version) -> str:
    """What Alertmanager calls the list of the settings in messages."""
    return f"[]*{go_name(type_of(declared), version)}"


@cache
def object_type_of(declared: type[Integration], version: Version) -> str:
    """What Alertmanager calls the settings in messages."""
    return go_name(type_of(declared), version).partition(".")[0] + ".plain"


def key_of(integration: Integration) -> str:
    """The integration's list in a receiver: ``slack_configs``."""
    declared = integration.alertmanager
    return declared.key if isinstance(declared, Receiver) else ""
