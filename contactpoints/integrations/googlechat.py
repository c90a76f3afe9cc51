"""Google Chat, by an incoming webhook of a space."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contactpoints.base import Absent, Integration
from contactpoints.fields import Flag, SecretTemplate, Template
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.signature import signature
from contactpoints.spelling import PerFamily, named, since
from contactpoints.truncation import fitted

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

# bytes: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
MESSAGE_LIMIT = 32_000


class GoogleChat(Integration):
    """A card in a space. https://developers.google.com/workspace/chat/quickstart/webhooks"""

    label = "Google Chat (formerly Google Hangouts)"
    alertmanager = Absent("Alertmanager has no integration for Google Chat")

    class Settings(HttpSchema):
        url = SecretTemplate(required=True, help="The space's webhook")
        title = Template(default=named(grafana="default.title"), help="Title of the card")
        message = Template(default=named(grafana="default.message"), help="Text of the card")
        hide_open_button = Flag(
            grafana=since("12.4"),
            default=PerFamily(grafana=False),
            help="Leave out the button that opens Grafana",
        )
        hide_version_info = Flag(
            grafana=since("12.4"),
            default=PerFamily(grafana=False),
            help="Leave out the line with the version",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "could not find url property in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        http.post(
            settings.url,
            json=fitted(
                lambda text: message(notification, settings, text),
                settings.message,
                MESSAGE_LIMIT,
            ),
            headers={"Content-Type": "application/json; charset=UTF-8"},
            http_config=settings.http_config,
        )


def message(notification: Notification, settings: Any, text: str) -> dict[str, Any]:
    """The card, and a second one with the alerts' pictures."""
    widgets: list[dict[str, Any]] = [paragraph(text)] if text else []
    link = notification.link("/alerting/list")
    if not settings.hide_open_button and urlsplit(link).scheme:
        opening = {"text": "OPEN IN GRAFANA", "onClick": {"openLink": {"url": link}}}
        widgets.append({"buttons": [{"textButton": opening}]})
    if not settings.hide_version_info:
        now = datetime.now().astimezone()
        widgets.append(paragraph(f"{signature(notification)} | {now:%d %b %y %H:%M %Z}"))
    cards = [{"header": {"title": settings.title}, "sections": [{"widgets": widgets}]}]
    pictures = [
        {
            "widgets": [
                paragraph(f"{alert.status}: {alert.name}"),
                {"image": {"imageUrl": alert.image_url}},
            ]
        }
        for alert in notification.alerts
        if alert.image_url
    ]
    if pictures:
        cards.append({"header": {"title": "Screenshots"}, "sections": pictures})
    return {"previewText": settings.title, "fallbackText": settings.title, "cards": cards}


def paragraph(text: str) -> dict[str, Any]:
    """A widget with text."""
    return {"textParagraph": {"text": text}}
