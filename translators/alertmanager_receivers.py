"""The receivers of alertmanager.yml: read as Alertmanager reads them, and written.

What an older Alertmanager does not know is to it an unknown key like any other.
"""

from __future__ import annotations

from typing import Any

from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.quoting import go_quote
from alertmanager_configs.reading import (
    read_flag,
    read_items,
    read_mapping,
    read_text,
    read_text_map,
)
from alertmanager_configs.versions import Version
from contactpoints.base import Integration
from contactpoints.fields import Field
from contactpoints.setup import ContactPoint
from translators.alertmanager_globals import Globals
from translators.alertmanager_known import (
    key_of,
    known_receivers,
    known_settings,
    list_type_of,
    object_type_of,
)
from translators.alertmanager_whole import Nulls

TYPE = "config.plain"  # what Alertmanager calls most of its objects in messages
NO_POINTERS: Version = (0, 26, 0)
"""Since then a receiver that is null is a receiver without a name; before, Alertmanager crashes."""
LABELS_SINCE: Version = (0, 33, 0)
NULL_ENTRIES_SINCE: Version = (0, 32, 0)
"""Since then Alertmanager has a message for an integration that is null; before, it crashes."""


NULL_IS_EMPTY = ("slack_configs", "opsgenie_configs", "wechat_configs", "rocketchat_configs")
"""Where an entry that is null is an empty one to Alertmanager."""


def read_receivers(
    value: Any, globals_: Globals, problems: Problems
) -> tuple[list[ContactPoint], Nulls]:
    """The list ``receivers``; whatever is wrong goes to ``problems``, but for
    :func:`check_whole`.
    """
    path: Path = ("receivers",)
    nulls: Nulls = {}
    go_type = "[]config.Receiver" if problems.version >= NO_POINTERS else "[]*config.Receiver"
    points = [
        _read_receiver(receiver, (*path, index), globals_, nulls, problems)
        for index, receiver in enumerate(read_items(value, path, problems, go_type))
    ]
    return points, nulls


def _read_receiver(
    receiver: Any, path: Path, globals_: Globals, nulls: Nulls, problems: Problems
) -> ContactPoint:
    before = problems.type_errors
    point = ContactPoint("", path=path)
    if receiver is None:  # Alertmanager does not even ask for a name
        if problems.version < NO_POINTERS:
            problems.error(path, "missing receiver", "whole")
        return point
    known = known_receivers(problems.version)
    for key, item in read_mapping(receiver, path, problems, TYPE).items():
        place = (*path, key)
        if key in known:
            go_type = list_type_of(known[key], problems.version)  # type: ignore[arg-type]
            for position, config in enumerate(read_items(item, place, problems, go_type)):
                at = (*place, position)
                if config is None and not _is_empty(key, at, problems):
                    nulls.setdefault(path, []).append(at)
                else:
                    made = _read_integration(known[key], config, at, globals_, problems)
                    point.integrations.append(made)
        elif key == "name":
            point.name = read_text(item, place, problems)
        elif key == "labels" and problems.version >= LABELS_SINCE:
            point.labels = read_text_map(item, place, problems)
        else:
            problems.unknown_key(place, TYPE)
            point.extra[key] = item
    if not point.name:
        problems.error(path, "missing name in receiver", since=before)
    elif (told := point.labels.get("name", point.name)) != point.name:
        message = (
            f'receiver label "name" must match receiver name {go_quote(point.name)}, '
            f"got {go_quote(told)}"
        )
        problems.error((*path, "labels", "name"), message, since=before)
    return point


def _is_empty(key: str, path: Path, problems: Problems) -> bool:
    """Whether an integration that is null is an empty one to Alertmanager."""
    if problems.version < NULL_ENTRIES_SINCE or key not in NULL_IS_EMPTY:
        return False
    # What is missing in it is said first, and all else that is wrong; then Alertmanager crashes.
    message = f"missing {key.removesuffix('_configs')} config"
    problems.error(path, message, "whole", since=-1)
    return True


def _read_integration(
    declared: type[Integration], config: Any, path: Path, globals_: Globals, problems: Problems
) -> Integration:
    before = problems.type_errors
    go_type = object_type_of(declared, problems.version)  # type: ignore[arg-type]  # hashable
    fields = known_settings(declared, problems.version)  # type: ignore[arg-type]
    settings: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    told: bool | None = None
    for key, item in read_mapping(config, path, problems, go_type).items():
        if key in fields:
            field, is_file = fields[key]
            settings[key] = item if item is not None else nothing(field, is_file)
        elif key == "send_resolved":
            told = read_flag(item, (*path, key), problems)
        else:
            problems.unknown_key((*path, key), go_type)
            unknown[key] = item
    made = declared.read(
        settings,
        "alertmanager",
        path,
        problems,
        inherited=globals_.of(declared),
        send_resolved=told,
        since=before,
    )
    made.extra = unknown
    return made


def nothing(field: Field, is_file: bool = False) -> Any:
    """What stands for ``null`` as the value of a setting: it takes away the default."""
    if is_file or field.zero is None or field.spelling("alertmanager").kind is not None:
        return None
    default = field.default("alertmanager")
    if default in (None, field.zero):
        return None
    return Quoted("") if field.zero == "" else str(field.zero).lower()


def write_receiver(point: ContactPoint) -> dict[str, Any] | None:
    """A receiver as alertmanager.yml says it; ``None`` for one that was null."""
    if not point.name and not point.integrations:
        return None
    written: dict[str, Any] = {"name": point.name}
    if point.labels:
        written["labels"] = point.labels
    for integration in point.integrations:
        config = integration.write("alertmanager")
        if integration.told_resolved is not None:
            config = {"send_resolved": integration.told_resolved, **config}
        written.setdefault(key_of(integration), []).append(config)
    return written
