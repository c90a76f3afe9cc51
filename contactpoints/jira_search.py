"""How an issue is found again in Jira: the query, and where it goes."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.quoting import go_quote
from contactpoints.notification import Notification


def is_version_3(url: str) -> bool:
    """Whether an address is the one of version 3 of the API."""
    return urlsplit(url).path.rstrip("/").endswith("/3")


def in_version(url: str, version: int) -> str:
    """The address with another version of the API at its end."""
    return re.sub(r"/[23](?=/*$)", f"/{version}", url)


def searches_by_jql(url: str, kind: str) -> bool:
    """Whether Alertmanager takes the search of Jira Cloud: Data Center has the older one only.

    https://developer.atlassian.com/changelog/#CHANGE-2046
    """
    is_cloud = (urlsplit(url).netloc).endswith("atlassian.net")
    return kind == "cloud" or (kind == "auto" and is_cloud)


def minutes(settings: Any) -> int:
    """The whole minutes in which a closed issue is opened again."""
    return int(parse_duration(settings.reopen_duration or "0")) // 60_000


def grafana_search(notification: Notification, settings: Any, project: str) -> str:
    label = go_quote(f"ALERT{{{notification.dedup_key}}}")
    parts = []
    if settings.wont_fix_resolution:
        parts.append(f"resolution != {go_quote(settings.wont_fix_resolution)}")
    if not notification.is_firing and minutes(settings):
        parts.append(recent(settings))
    elif not notification.is_firing or not settings.reopen_transition:
        parts.append("statusCategory != Done")
    if field := settings.dedup_key_field:
        key = go_quote(notification.dedup_key)
        parts.append(f"(labels = {label} or cf[{field}] ~ {key})")
    else:
        parts.append(f"labels = {label}")
    return ordered([*parts, f"project={go_quote(project)}"])


def alertmanager_search(notification: Notification, settings: Any) -> str:
    label = go_quote(f"ALERT{{{notification.dedup_key}}}")
    parts = []
    if settings.wont_fix_resolution:
        resolution = go_quote(settings.wont_fix_resolution)
        parts.append(f"(resolution is EMPTY or resolution != {resolution})")
    if notification.is_firing and settings.reopen_transition and minutes(settings):
        parts.append(recent(settings))
    else:
        parts.append("statusCategory != Done")
    return ordered([*parts, f"project={go_quote(settings.project)}", f"labels={label}"])


def recent(settings: Any) -> str:
    return f"(resolutiondate is EMPTY OR resolutiondate >= -{minutes(settings)}m)"


def ordered(parts: list[str]) -> str:
    return " and ".join(parts) + " order by status ASC,resolutiondate DESC"
