"""Alertmanager's ``global`` section: taken into every integration on reading, factored out again on
writing.

Which keys it has follows from the declarations: a setting that says ``inherits="slack_api_url"`` is
one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.reading import read_duration, read_mapping, read_text
from alertmanager_configs.versions import LATEST, Version, parse_version
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field, FromFile
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup

PATH: Path = ("global",)


@cache
def inheriting() -> tuple[tuple[type[Integration], Field, str], ...]:
    """Every setting that inherits: integration, field, key of ``global``."""
    return tuple(
        (declared, field, key)
        for declared in integrations().values()
        for field in declared.fields.values()
        if (key := field.spelling("alertmanager").inherits)
    )


@dataclass
class Globals:
    """The section, read. ``values`` are by key of ``global``."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    has_no_http: bool = False
    """``http_config`` is null: that takes away the defaults, which some integrations copy."""
    _of: dict[type[Integration], dict[str, Any]] = field(default_factory=dict)

    def of(self, declared: type[Integration]) -> Mapping[str, Any]:
        """What an integration of this class inherits, by setting."""
        if declared not in self._of:
            self._of[declared] = {
                field.setting: self.values[key]
                for each, field, key in inheriting()
                if each is declared and key in self.values
            }
        return self._of[declared]

    def check(self, problems: Problems) -> None:
        """What excludes each other, found by Alertmanager only when the whole file is read."""
        for message in self.wrong:
            problems.error(PATH, message, "whole")


def read_globals(raw: Any, problems: Problems) -> Globals:
    """The section; ``null`` is an empty one."""
    found = Globals()
    fields = known_globals(problems.version)
    twice = set()
    for key, item in read_mapping(raw, PATH, problems, "config.plain").items():
        path = (*PATH, key)
        if key == "resolve_timeout":
            read_duration(item, path, problems)
            continue
        if key not in fields:
            problems.unknown_key(path, "config.plain")
            continue
        field, name = fields[key]
        found.has_no_http |= key == "http_config" and item is None
        value: Any
        if item is None:
            value = _nothing(field) if name == key else None
        elif name != key:
            file = read_text(item, path, problems)
            value = FromFile(file) if file else None
        else:
            value = field.read(item, "alertmanager", path, problems)
        empty = () if field.empty_counts else ("",)
        if value is None or (value in empty and name in found.values):
            continue
        if found.values.get(name) not in (None, *empty):
            twice.add(name)
        found.values[name] = value
    found.wrong = [
        f"at most one of {name} & {name}_file must be configured" for name in TWINS if name in twice
    ]
    url = found.values.get("slack_api_url")
    if found.values.get("slack_app_token") and url and url != found.values.get("slack_app_url"):
        found.wrong.append(
            "at most one of slack_app_token/slack_app_token_file & "
            "slack_api_url/slack_api_url_file must be configured"
        )
    return found


def _nothing(field: Field) -> Any:
    """What ``null`` means: it takes away the default, where there is one."""
    if field.default("alertmanager") is None:
        return None
    return "" if field.zero is None else field.zero


TWINS = (
    *("slack_app_token", "slack_api_url", "opsgenie_api_key", "victorops_api_key"),
    *("telegram_bot_token", "smtp_auth_password", "rocketchat_token", "rocketchat_token_id"),
    *("smtp_auth_secret", "wechat_api_secret", "mattermost_webhook_url"),
)
"""The keys that stand either as they are or as a file, as Alertmanager goes through them."""

FILES_SINCE: Mapping[str, Version] = {"victorops_api_key_file": (0, 25, 0)}
"""Files in ``global`` that came later than those of the integration."""


@cache
def known_globals(version: Version) -> Mapping[str, tuple[Field, str]]:
    """The keys that an Alertmanager knows: field, and the key without ``_file``."""
    found: dict[str, tuple[Field, str]] = {}
    for declared, each, key in inheriting():
        spelling, receiver = each.spelling("alertmanager"), declared.alertmanager
        marks = [spelling.since, spelling.inherits_since]
        if key != "http_config":
            marks.append(receiver.since if isinstance(receiver, Receiver) else "")
        since = max(parse_version(mark or "0.0") for mark in marks)
        if since <= version:
            found.setdefault(key, (each, key))
        file = f"{key}_file"
        files = [parse_version(spelling.file_since or "0.0"), FILES_SINCE.get(file, since), since]
        if each.file and max(files) <= version:
            found.setdefault(file, (each, key))
    return found


def without_globals(setup: Setup) -> Setup:
    """``setup`` with what its integrations inherit as their own settings: other dialects have no
    ``global`` section, or one of their own.
    """
    for _, integration in setup.integrations():
        if integration.inherited:
            integration.values, integration.inherited = integration.effective(), {}
    return setup


def factor_out(
    points: list[ContactPoint], version: Version = LATEST
) -> tuple[list[ContactPoint], dict[str, Any]]:
    """The contact points without what they have in common, and the ``global`` section that says it
    once.

    A value goes to ``global`` when every integration that could inherit it has one of its own, so
    that nobody gets what it did not have, and when at least two share it.
    """
    shared: dict[str, Any] = {}
    names: dict[type[Integration], dict[str, str]] = {}
    for declared, each, key in inheriting():
        names.setdefault(declared, {})[each.setting] = key
    uses: dict[str, list[Any]] = {}
    for integration in _all(points):
        for setting, key in names.get(type(integration), {}).items():
            uses.setdefault(key, []).append(integration.values.get(setting))
    for key, values in uses.items():
        if any(value is None or isinstance(value, dict | list) for value in values):
            continue
        if len({type(value) for value in values}) > 1:
            continue  # for some integrations a key in ``global`` beats a file of their own
        value, count = Counter(values).most_common(1)[0]
        said = f"{key}_file" if isinstance(value, FromFile) else key
        if count > 1 and said in known_globals(version):
            shared[key] = value
    if not shared:
        return points, {}
    slim = [_without(point, names, shared) for point in points]
    if any(point is None for point in slim):
        return points, {}
    section: dict[str, Any] = {}
    for key, value in shared.items():
        section |= {f"{key}_file": value.path} if isinstance(value, FromFile) else {key: value}
    return [point for point in slim if point is not None], section


def _all(points: list[ContactPoint]) -> Iterator[Integration]:
    for point in points:
        yield from point.integrations


def _without(
    point: ContactPoint,
    names: Mapping[type[Integration], Mapping[str, str]],
    shared: Mapping[str, Any],
) -> ContactPoint | None:
    """The contact point without what ``global`` says; ``None`` when that would change a meaning."""
    slim = []
    for each in point.integrations:
        keys = names.get(type(each), {})
        comes_in = {setting: shared[key] for setting, key in keys.items() if key in shared}
        own = {
            setting: value
            for setting, value in each.values.items()
            if setting not in comes_in or comes_in[setting] != value
        }
        made = type(each)(
            own,
            family=each.family,
            uid=each.uid,
            send_resolved=each.told_resolved,
            inherited=each.inherit(own, comes_in),
            extra=each.extra,
            path=each.path,
        )
        if made.effective() != each.values:
            return None
        slim.append(made)
    return ContactPoint(point.name, slim, point.labels, point.path, point.extra)
