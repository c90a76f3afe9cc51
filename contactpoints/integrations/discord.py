"""Discord, by a webhook of a channel."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.fields import Flag, Lose, SecretTemplate, SecretUrl, Template, Text
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.signature import ICON, signature
from contactpoints.spelling import NO_ATTRIBUTE, named, nowhere, since, spelled, template
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

# Characters, and embeds of one message:
# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
# https://discord.com/developers/docs/resources/webhook#execute-webhook
TITLE_LIMIT, DESCRIPTION_LIMIT, CONTENT_LIMIT, EMBEDS = 256, 4096, 2000, 10
COLORS = {  # firing, resolved: as the two originals paint them
    "grafana": (0xD63232, 0x36A64F),
    "alertmanager": (0x992D22, 0x2ECC71),
}
GO_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class Discord(Integration):
    """A message in a channel. https://discord.com/developers/docs/resources/webhook"""

    label = "Discord"
    alertmanager = Receiver("discord_configs", since="0.25.0", go="discord.DiscordConfig")

    class Settings(HttpSchema):
        url = SecretTemplate(
            required=True,
            alertmanager=spelled("webhook_url", file_since="0.27", kind=SecretUrl()),
            file=True,
            help="The channel's webhook",
        )
        title = Template(
            default=named("discord.default.title", "default.title"),
            limit=TITLE_LIMIT,
            help="Title of the embed",
        )
        message = Template(
            default=named("discord.default.message", "default.message"),
            limit=DESCRIPTION_LIMIT,
            help="Text of the message",
        )
        content = Template(
            grafana=nowhere("Grafana has one text: above the embed, or in it"),
            alertmanager=since("0.28"),
            limit=CONTENT_LIMIT,
            help="Text above the embed",
        )
        username = Text(
            grafana=nowhere("Grafana calls itself Grafana, or leaves the webhook its own name"),
            alertmanager=since("0.28"),
            help="Name that the message is shown with",
        )
        use_discord_username = Flag(
            default=False,
            alertmanager=nowhere("in Alertmanager it is an empty username"),
            help="Keep the name that the webhook has in Discord",
        )
        avatar_url = Template(
            alertmanager=spelled(since="0.28", kind=Text()), help="Picture beside the message"
        )
        use_embed_description = Flag(
            terraform=NO_ATTRIBUTE,
            default=False,
            alertmanager=nowhere("in Alertmanager it is the choice of content"),
            help="Put the message into the embed instead of above it",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield (
                "",
                "could not find webhook url property in settings"
                if self.family == "grafana"
                else "one of webhook_url or webhook_url_file must be configured",
            )

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if values.get("content") and values.get("message") == "":
            values["message"] = values.pop("content")
        else:
            values["use_embed_description"] = True
        if values.get("username") == "Grafana":
            del values["username"]
        else:
            values["use_discord_username"] = True
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if not values.pop("use_embed_description", False):
            if "message" not in values:
                lose("message", "changed", "left out, so Alertmanager's default text is used")
            values["content"] = values.get("message", template("discord.default.message"))
            values["message"] = ""
        if not values.pop("use_discord_username", False):
            values["username"] = "Grafana"
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        color = COLORS[self.family][0 if notification.is_firing else 1]
        if self.family == "alertmanager":
            embed = {"title": settings.title, "description": settings.message, "color": color}
            message = {
                "content": settings.content or "",
                "embeds": [embed],
                **named_as(settings.username, settings.avatar_url),
            }
            http.post(settings.url, json=message, http_config=settings.http_config)
            return
        text = cut(settings.message, CONTENT_LIMIT)
        in_embed = settings.use_embed_description
        embed = {
            "title": settings.title,
            "type": "rich",
            "description": text if in_embed else "",
            "url": notification.link("/alerting/list"),
            "color": color,
            "footer": {"text": signature(notification), "icon_url": ICON},
        }
        pictures = screenshots(notification, color)
        message = {
            **named_as("" if settings.use_discord_username else "Grafana", ""),
            "content": "" if in_embed else text,
            **named_as("", settings.avatar_url),
            "embeds": [{key: value for key, value in embed.items() if value}, *pictures],
        }
        if pictures:  # as Grafana does, which may have files to add
            whole = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
            whole = whole.translate(GO_ESCAPES)
            form = {"payload_json": (None, whole.encode("utf-8", "replace"))}
            http.post(settings.url, files=form, http_config=settings.http_config)
        else:
            http.post(settings.url, json=message, http_config=settings.http_config)


def named_as(username: str | None, avatar_url: str | None) -> dict[str, str]:
    """Who says it, where that is not what the webhook is called anyway."""
    said = {"username": username or "", "avatar_url": avatar_url or ""}
    return {key: value for key, value in said.items() if value}


def screenshots(notification: Notification, color: int) -> list[dict[str, Any]]:
    """An embed with a picture for each name of an alert, as many as fit beside the first embed."""
    pictures: dict[str, str] = {}
    for alert in notification.alerts:
        if alert.image_url:
            pictures.setdefault(alert.name, alert.image_url)
    embeds = [
        {"title": cut(name, TITLE_LIMIT), "color": color, "image": {"url": url}}
        for name, url in pictures.items()
    ]
    return [{k: v for k, v in embed.items() if v} for embed in embeds[: EMBEDS - 1]]
