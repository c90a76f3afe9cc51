"""Threema, by its Gateway."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration
from contactpoints.fields import Secret, Template, Text
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, template
from contactpoints.truncation import cut_bytes

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://msgapi.threema.ch/send_simple"
TEXT_LIMIT = 3500  # bytes of UTF-8: https://gateway.threema.ch/en/developer/api
WARNING, CHECK = "\u26a0\ufe0f", "\u2705"
ID_LENGTH = 8


class Threema(Integration):
    """A message in the Threema app. https://gateway.threema.ch/en/developer/api"""

    label = "Threema Gateway"
    alertmanager = Absent("Alertmanager has no Threema integration")

    class Settings(HttpSchema):
        gateway_id = Text(required=True, help="Eight characters, the first is *")
        recipient_id = Text(required=True, help="Eight characters")
        api_secret = Secret(required=True, help="Secret of the gateway identity")
        title = Template(
            default=PerFamily(template("default.title")), help="First line of the message"
        )
        description = Template(
            default=PerFamily(template("default.message")), help="The message below the title"
        )

    def check(self) -> Iterable[tuple[str, str]]:
        gateway = self.values.get("gateway_id") or ""
        recipient = self.values.get("recipient_id") or ""
        if not gateway:
            yield "", "could not find Threema Gateway ID in settings"
        elif not gateway.startswith("*"):
            yield "gateway_id", "invalid Threema Gateway ID: Must start with a *"
        elif len(gateway) != ID_LENGTH:
            yield "gateway_id", "invalid Threema Gateway ID: Must be 8 characters long"
        if not recipient:
            yield "", "could not find Threema Recipient ID in settings"
        elif len(recipient) != ID_LENGTH:
            yield "recipient_id", "invalid Threema Recipient ID: Must be 8 characters long"
        if not self.values.get("api_secret"):
            yield "", "could not find Threema API secret in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        sign = WARNING if notification.is_firing else CHECK
        links = f"\n*URL:* {notification.link('/alerting/list')}\n"
        links += "".join(f"*Image:* {url}\n" for url in notification.image_urls)
        said = f"{sign} {settings.title or ''}\n\n*Message:*\n{settings.description or ''}"
        if len((said + links).encode()) > TEXT_LIMIT:  # the links stay as long as there is room
            links = cut_bytes(links, TEXT_LIMIT // 2)
            said = cut_bytes(said, TEXT_LIMIT - len(links.encode()))
        http.post(
            API,
            data={
                "from": settings.gateway_id,
                "to": settings.recipient_id,
                "secret": settings.api_secret,
                "text": said + links,
            },
            http_config=settings.http_config,
        )
