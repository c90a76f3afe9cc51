"""Rocket.Chat, by its REST API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration, Receiver
from contactpoints.delivery.outcome import DeliveryError, refused
from contactpoints.fields import Flag, FromFile, Schema, Secret, Template, Text, Url
from contactpoints.groups import Parts
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, spelled

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://open.rocket.chat/"
POST_MESSAGE = "api/v1/chat.postMessage"
GO = "*config.RocketchatAttachment"  # as Alertmanager calls the parts of a message
TITLE_LIMIT = 1024  # characters, where Alertmanager cuts
COLOR = '{{ if eq .Status "firing" }}red{{ else }}green{{ end }}'
BUSY = ("error-too-many-requests",)
# https://developer.rocket.chat/docs/rate-limit
WAIT = re.compile(r"wait (\d+) seconds")


class RocketField(Schema):
    short = Flag()
    title = Template()
    value = Template()


class RocketAction(Schema):
    """A button. What Alertmanager takes and never sends is kept as text."""

    type = Text()
    text = Template()
    url = Template()
    imageurl = Text()
    iswebview = Flag()
    webviewheightratio = Text()
    msg = Template()
    msginchatwindow = Flag()
    msgprocessingtype = Text()


class RocketChat(Integration):
    """A message in a channel. https://developer.rocket.chat/apidocs/post-message"""

    label = "Rocket.Chat"
    alertmanager = Receiver(
        "rocketchat_configs", since="0.28.0", send_resolved=False, go="config.RocketchatConfig"
    )
    grafana = Absent("Grafana has no integration for Rocket.Chat")

    class Settings(HttpSchema):
        api_url = Url(
            default=API,
            alertmanager=spelled(inherits="rocketchat_api_url"),
            help="Address of the server",
        )
        token_id = Secret(
            required=True,
            alertmanager=spelled(inherits="rocketchat_token_id"),
            file=True,
            empty_counts=True,
            help="Identifier of the user",
        )
        token = Secret(
            required=True,
            alertmanager=spelled(inherits="rocketchat_token"),
            file=True,
            empty_counts=True,
            help="The user's personal access token",
        )
        channel = Template(help="Channel or user to write to")
        color = Template(default=COLOR, help="Colour of the bar beside the message")
        title = Template(
            default=named("rocketchat.default.title"),
            limit=TITLE_LIMIT,
            help="Title of the message",
        )
        title_link = Template(
            default=named("rocketchat.default.titlelink"), help="Address behind the title"
        )
        text = Template(default=named("rocketchat.default.text"), help="Text of the message")
        columns = Parts(
            RocketField,
            what="Rocket.Chat field",
            go=f"{GO}Field",
            alertmanager="fields",
            help="Fields in columns below the text",
        )
        short_fields = Flag(help="Two columns side by side unless a field says otherwise")
        emoji = Template(
            default=named("rocketchat.default.emoji"), help="Emoji in place of the picture"
        )
        icon_url = Template(
            default=named("rocketchat.default.iconurl"), help="Picture beside the name"
        )
        image_url = Template(help="Picture below the text")
        thumb_url = Template(help="Small picture")
        link_names = Flag(help="Taken and never sent")
        actions = Parts(
            RocketAction,
            what="Rocket.Chat action",
            go=f"{GO}Action",
            help="Buttons below the message",
        )

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if self.value("token_id") is None:
            yield "", "no global Rocketchat TokenID set either inline or in a file"
        if self.value("token") is None:
            yield "", "no global Rocketchat Token set either inline or in a file"

    def own(self, name: str) -> Any:
        """A text and its file are inherited each for itself, and the file is what is used."""
        inherited = self.inherited.get(name)
        if name in ("token", "token_id") and isinstance(inherited, FromFile):
            value = self.values[name]
            return value if isinstance(value, FromFile) else inherited
        return self.values[name]

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        message = {
            "channel": settings.channel,
            "emoji": settings.emoji,
            "avatar": settings.icon_url,
            "attachments": [attachment(settings)],
        }
        try:
            reply = http.post(
                f"{settings.api_url.rstrip('/')}/{POST_MESSAGE}",
                json={key: value for key, value in message.items() if value},
                headers={"X-Auth-Token": settings.token, "X-User-Id": settings.token_id},
                http_config=settings.http_config,
            )
        except DeliveryError as error:
            if error.retry_after is None and (wait := WAIT.search(str(error))):
                error.retry_after = float(wait[1])
            raise
        answer = reply.json()
        if not isinstance(answer, dict):
            raise DeliveryError("the answer is not one of Rocket.Chat's API", reason="serverError")
        if answer.get("success") is not True:
            said = str(answer.get("error", "no success"))
            wait = WAIT.search(said)
            raise refused(said, busy=BUSY, wait=float(wait[1]) if wait else None)


def attachment(settings: Any) -> dict[str, Any]:
    """https://developer.rocket.chat/apidocs/post-message#attachment-objects"""
    names = ("title", "title_link", "text", "image_url", "thumb_url", "color")
    said: dict[str, Any] = {name: getattr(settings, name) for name in names}
    said["fields"] = [
        {
            "short": field.get("short", bool(settings.short_fields)),
            **filled(field, "title", "value"),
        }
        for field in settings.columns or ()
    ]
    said["actions"] = [
        {
            "type": "button",
            **filled(action, "text", "url", "msg"),
            "is_webview": False,
            "msg_in_chat_window": False,
        }
        for action in settings.actions or ()
    ]
    return {key: value for key, value in said.items() if value}


def filled(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of ``names`` that are not empty."""
    return {name: values[name] for name in names if values.get(name)}
