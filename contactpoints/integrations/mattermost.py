"""Mattermost, by an incoming webhook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from contactpoints.attachments import SlackField
from contactpoints.base import Absent, Integration, Receiver
from contactpoints.fields import Flag, Schema, SecretUrl, Template
from contactpoints.groups import Part, Parts
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, since, spelled
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

# characters: https://developers.mattermost.com/integrate/webhooks/incoming/#tips-and-best-practices
TEXT_LIMIT = 16383
ATTACHMENT = (
    *("fallback", "color", "pretext", "text", "author_name", "author_link", "author_icon"),
    *("title", "title_link", "thumb_url", "footer", "footer_icon", "image_url"),
)
FIELD = "*mattermost.MattermostField"  # as Alertmanager calls it
PRIORITIES = ("urgent", "important", "standard")


class Attachment(Schema):
    """https://developers.mattermost.com/integrate/reference/message-attachments/"""

    fallback = Template()
    color = Template()
    pretext = Template()
    text = Template()
    author_name = Template()
    author_link = Template()
    author_icon = Template()
    title = Template()
    title_link = Template()
    columns = Parts(SlackField, what="Mattermost field", go=FIELD, alertmanager="fields")
    thumb_url = Template()
    footer = Template()
    footer_icon = Template()
    image_url = Template()


class Props(Schema):
    card = Template()


class Priority(Schema):
    priority = Template()
    requested_ack = Flag()
    persistent_notifications = Flag()


class Mattermost(Integration):
    """A message in a channel. https://developers.mattermost.com/integrate/webhooks/incoming/"""

    label = "Mattermost"
    alertmanager = Receiver("mattermost_configs", since="0.30.0", go="mattermost.MattermostConfig")
    grafana = Absent("Grafana has no integration for Mattermost")

    class Settings(HttpSchema):
        url = SecretUrl(
            required=True,
            alertmanager=spelled(
                "webhook_url", inherits="mattermost_webhook_url", inherits_since="0.32"
            ),
            file=True,
            help="The incoming webhook",
        )
        channel = Template(help="Channel in place of the webhook's own")
        username = Template(
            default=named("mattermost.default.username"), help="Name that the message is shown with"
        )
        text = Template(default=named("mattermost.default.text"), help="Text of the message")
        fallback = Template(
            default=named("mattermost.default.fallback"),
            alertmanager=since("0.32"),
            help="Plain text for notices on a phone",
        )
        color = Template(
            default=named("mattermost.default.color"),
            alertmanager=since("0.32"),
            help="Colour of the bar beside the message",
        )
        pretext = Template(alertmanager=since("0.32"), help="Text above the message")
        author_name = Template(alertmanager=since("0.32"), help="Author shown above the title")
        author_link = Template(alertmanager=since("0.32"), help="Address behind the author")
        author_icon = Template(alertmanager=since("0.32"), help="Picture of the author")
        title = Template(
            default=named("mattermost.default.title"),
            alertmanager=since("0.32"),
            help="Title of the message",
        )
        title_link = Template(
            default=named("mattermost.default.titlelink"),
            alertmanager=since("0.32"),
            help="Address behind the title",
        )
        columns = Parts(
            SlackField,
            what="Mattermost field",
            go=FIELD,
            alertmanager=spelled("fields", since="0.32"),
            help="Fields in columns below the text",
        )
        thumb_url = Template(alertmanager=since("0.32"), help="Small picture")
        footer = Template(alertmanager=since("0.32"), help="Line below the message")
        footer_icon = Template(alertmanager=since("0.32"), help="Picture beside the footer")
        image_url = Template(alertmanager=since("0.32"), help="Picture below the text")
        icon_url = Template(help="Picture beside the name")
        icon_emoji = Template(help="Emoji in place of the picture")
        attachments = Parts(
            Attachment,
            go="*mattermost.MattermostAttachment",
            help="Deprecated: in place of the attachment made of text",
        )
        type = Template(help="Post type; must begin with custom_")
        props = Part(Props, go="mattermost.MattermostProps", help="What plugins of Mattermost read")
        priority = Part(
            Priority,
            go="mattermost.MattermostPriority",
            help="Priority of the post, and whether it must be acknowledged",
        )

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("url"):
            yield "", "missing webhook_url or webhook_url_file on mattermost_config"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        own = settings.attachments
        said = {
            "text": cut(settings.text, TEXT_LIMIT) if own else "",
            **{
                name: getattr(settings, name)
                for name in ("channel", "username", "icon_url", "icon_emoji", "type")
            },
            "attachments": [attachment(each) for each in own or [vars(settings)]],
            "props": settings.props if (settings.props or {}).get("card") else None,
            "priority": urgency(settings.priority or {}),
        }
        http.post(
            settings.url,
            json={key: value for key, value in said.items() if value},
            http_config=settings.http_config,
        )


def attachment(values: Mapping[str, Any]) -> dict[str, Any]:
    """An attachment with what is not empty."""
    said = {name: values.get(name) for name in ATTACHMENT}
    said["fields"] = values.get("columns")
    return {key: value for key, value in said.items() if value}


def urgency(values: Mapping[str, Any]) -> dict[str, Any]:
    """The message's priority, with what Mattermost allows beside it.
    https://developers.mattermost.com/integrate/webhooks/incoming/#parameters
    """
    if not values.get("priority"):
        return {}
    level = str(values["priority"]).lower()
    level = level if level in PRIORITIES else "standard"
    said = {
        "priority": level,
        "requested_ack": values.get("requested_ack") and level != "standard",
        "persistent_notifications": values.get("persistent_notifications") and level == "urgent",
    }
    return {key: value for key, value in said.items() if value}
