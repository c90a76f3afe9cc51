"""Microsoft Teams, by a webhook of a workflow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints import teams_webhook
from contactpoints.base import Integration, Receiver
from contactpoints.fields import SecretTemplate, SecretUrl, Template, Text
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
FEW_IMAGES = 2  # as many are shown large


class Teams(Integration):
    """An adaptive card in a channel.
    https://learn.microsoft.com/en-us/connectors/teams/?tabs=text1#microsoft-teams-webhook
    """

    label = "Microsoft Teams"
    aliases = ("msteams", "msteamsv2")
    alertmanager = Receiver("msteamsv2_configs", since="0.28.0", go="msteamsv2.MSTeamsV2Config")

    class Settings(HttpSchema):
        url = SecretTemplate(
            required=True,
            alertmanager=spelled("webhook_url", kind=SecretUrl()),
            file=True,
            help="The workflow's webhook",
        )
        title = Template(
            default=named("msteamsv2.default.title", "default.title"), help="Title of the card"
        )
        sectiontitle = Text(
            terraform="section_title",
            alertmanager=nowhere("Grafana takes it and never shows it"),
            help="Title of the section",
        )
        message = Template(
            alertmanager="text",
            default=PerFamily(
                '{{ template "teams.default.message" .}}', template("msteamsv2.default.text")
            ),
            help="Text of the card",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield (
                "",
                "could not find url property in settings"
                if self.family == "grafana"
                else "one of webhook_url or webhook_url_file must be configured",
            )

    def own(self, name: str) -> Any:
        """Alertmanager takes the proxy of the global ``http_config`` into one that has none."""
        value = self.values[name]
        proxy = self.inherited.get("http_config", {}).get("proxy_url")
        if name == "http_config" and proxy and not value.get("proxy_url"):
            return {**value, "proxy_url": proxy}
        return value

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        make = grafana_card if self.family == "grafana" else alertmanager_card
        teams_webhook.post(
            lambda text: make(notification, settings, text), settings.message, settings, http
        )


def grafana_card(notification: Notification, settings: Any, text: str) -> dict[str, Any]:
    title = block(
        settings.title,
        color="attention" if notification.is_firing else "good",
        size="large",
        weight="bolder",
    )
    body = [title, block(text)]
    images = [
        {"type": "Image", "url": url, "msTeams": {"allowExpand": True}}
        for url in notification.image_urls
    ]
    if images:
        size = "large" if len(images) <= FEW_IMAGES else "medium"
        body.append({"type": "ImageSet", "images": images, "imageSize": size})
    link = notification.link("/alerting/list")
    view = {"type": "Action.OpenUrl", "title": "View URL", "url": link}
    body.append({"type": "ActionSet", "actions": [view]})
    content = card("1.4", body) | {"msTeams": {"width": "Full"}}
    message = {"type": "message", "attachments": [attachment(content)]}
    return message | ({"summary": settings.title} if settings.title else {})


def alertmanager_card(notification: Notification, settings: Any, text: str) -> dict[str, Any]:
    title = block(
        settings.title,
        weight="Bolder",
        size="Medium",
        style="heading",
        color="Attention" if notification.is_firing else "Good",
    )
    content = card("1.2", [title, block(text)]) | {"msteams": {"width": "full"}}
    return {"type": "message", "attachments": [attachment(content) | {"contentUrl": None}]}


def block(text: str, **looks: str) -> dict[str, Any]:
    """A text that wraps. https://adaptivecards.io/explorer/TextBlock.html"""
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def card(version: str, body: list[dict[str, Any]]) -> dict[str, Any]:
    """https://adaptivecards.io/explorer/AdaptiveCard.html"""
    return {"$schema": SCHEMA, "type": "AdaptiveCard", "version": version, "body": body}


def attachment(content: dict[str, Any]) -> dict[str, Any]:
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
