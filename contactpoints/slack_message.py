"""Slack's messages, as Grafana and Alertmanager compose them.

https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contactpoints.alert import Alert
from contactpoints.grafana_data import grafana_data, public
from contactpoints.notification import Notification

ICON = "https://grafana.com/static/assets/img/fav32.png"
COLORS = {True: "#D63232", False: "#36a64f"}  # Grafana's, by whether something fires
MOST_PICTURES = 5  # in one thread, as Grafana does
MORE_PICTURES = "More pictures belong to these alerts than are shown here; see them all in Grafana."
ATTACHMENT = (
    *("title", "title_link", "pretext", "text", "fallback", "callback_id"),
    *("image_url", "thumb_url", "footer", "color", "mrkdwn_in"),
)
ALWAYS = frozenset({"text", "fallback", "callback_id", "footer"})  # said even when empty


def alertmanager_message(notification: Notification, settings: Any) -> dict[str, Any]:
    attachment: dict[str, Any] = {name: getattr(settings, name) or "" for name in ATTACHMENT}
    attachment["fields"] = [
        {**filled(field), "short": bool(field.get("short", settings.short_fields))}
        for field in settings.columns or ()
    ]
    attachment["actions"] = [filled(action) for action in settings.actions or ()]
    for action in attachment["actions"]:
        if action.get("url"):  # a button that opens an address does nothing else
            for key in ("name", "value", "confirm"):
                action.pop(key, None)
    kept = {key: value for key, value in attachment.items() if value or key in ALWAYS}
    more = {"link_names": settings.link_names, "text": settings.message_text}
    return {**head(settings), **filled(more), "attachments": [kept]}


def grafana_message(notification: Notification, settings: Any) -> dict[str, Any]:
    links = {alert["generatorURL"] for alert in grafana_data(notification)["alerts"]}
    attachment = {
        "title": settings.title,
        "title_link": links.pop()
        if len(links) == 1 and "" not in links
        else notification.link("/alerting/list"),
        "text": settings.text,
        "fallback": settings.title,
        "color": settings.color,
        **foot(settings),
    }
    words = (settings.mention_channel, settings.mention_groups, settings.mention_users)
    if pretext := mention(words[0], words[1] or (), words[2] or ()):
        attachment |= {"pretext": pretext, "mrkdwn_in": ["pretext"]}
    if not settings.token and notification.image_urls:
        attachment["image_url"] = notification.image_urls[0]
    return {**head(settings), "attachments": [attachment]}


def pictures(
    notification: Notification, settings: Any, answer: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The pictures of the alerts, each a reply to the message that Slack's ``answer`` names."""
    place = {
        "channel": answer.get("channel") or settings.recipient,
        "thread_ts": answer.get("ts", ""),
    }
    for index, alert in enumerate(notification.alerts):
        if not alert.image_url:
            continue
        if index >= MOST_PICTURES:
            yield {**place, "channel": settings.recipient, "text": MORE_PICTURES}
            return
        text = f"*Labels*: {labels_of(alert)}"
        attachment = {
            "title": f"*{'Firing' if alert.is_firing else 'Resolved'}*: {alert.name}",
            "text": text,
            "fallback": text,
            "color": COLORS[notification.is_firing],
            "image_url": alert.image_url,
            **foot(settings),
        }
        yield {**head(settings), **place, "attachments": [attachment]}


def labels_of(alert: Alert) -> str:
    """The labels beside the name, as a line of text; Grafana's private ones are not told."""
    names = sorted(public(alert.labels).keys() - {"alertname"})
    return ", ".join(f"{name}={alert.labels[name]}" for name in names)


def mention(channel: str, groups: Iterable[str], users: Iterable[str]) -> str:
    """Mentions in Slack's markup. https://docs.slack.dev/messaging/formatting-message-text"""
    said = [f"<!{channel}|{channel}>" if channel else ""]
    said += [
        "".join(f"<!subteam^{group}>" for group in groups),
        "".join(f"<@{user}>" for user in users),
    ]
    return " ".join(part for part in said if part)


def head(settings: Any) -> dict[str, Any]:
    """Where the message goes and who says it."""
    return filled(
        {
            "channel": (settings.recipient or "").strip(),
            "username": settings.username,
            "icon_emoji": settings.icon_emoji,
            "icon_url": settings.icon_url,
        }
    )


def foot(settings: Any) -> dict[str, Any]:
    return {"footer": settings.footer, "footer_icon": ICON, "ts": int(time.time())}


def filled(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """What is not empty."""
    return {key: value for key, value in mapping.items() if value}
