"""Webex, by a bot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from alertmanager_configs.urls import UrlError, parse_url
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Lose, Secret, Template, Text, Url
from contactpoints.http_crossing import has_authorization, take_bearer, with_files
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, nowhere, spelled
from contactpoints.truncation import cut_bytes

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://webexapis.com/v1/messages"
# Bytes: https://developer.webex.com/messaging/docs/api/v1/messages/create-a-message. Grafana stays
# below, where encryption cannot make it longer than Webex takes.
MESSAGE_LIMITS = {"grafana": 4096, "alertmanager": 7439}
LOGINS = ("authorization", "bearer_token", "bearer_token_file")


class Webex(Integration):
    """A message in a space.
    https://developer.webex.com/messaging/docs/api/v1/messages/create-a-message
    """

    label = "Cisco Webex Teams"
    alertmanager = Receiver("webex_configs", since="0.25.0")

    class Settings(HttpSchema):
        api_url = Template(
            default=API,
            alertmanager=spelled(kind=Url(), inherits="webex_api_url"),
            help="Address of the method that takes messages",
        )
        room_id = Template(required=True, grafana=spelled(kind=Text()), help="Room to write to")
        bot_token = Secret(
            terraform="token",
            required=True,
            alertmanager=nowhere("in Alertmanager it is http_config.authorization"),
            help="Access token of the bot",
        )
        message = Template(
            default=named("webex.default.message", "default.message"),
            help="Text of the message, in Markdown",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if self.family == "grafana":
            try:
                parse_url(self.values.get("api_url", ""))
            except UrlError:
                yield "api_url", f'invalid URL "{self.values["api_url"]}"'
            return
        if not self.values.get("room_id"):
            yield "", "missing room_id on webex_config"
        if not has_authorization(self.values.get("http_config")):
            yield "", "missing webex_configs.http_config.authorization"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global Webex URL set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if token := take_bearer(values):
            values["bot_token"] = token
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        config = dict(values.pop("http_config", None) or {})
        if config.pop("oauth2", None):
            lose(
                "http_config.oauth2",
                "dropped",
                "Alertmanager wants an authorization for Webex, and takes no OAuth2 beside it",
            )
        if token := values.pop("bot_token", ""):
            config["authorization"] = with_files({"credentials": token})
        if config:
            values["http_config"] = config
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        text = cut_bytes(settings.message, MESSAGE_LIMITS[self.family])
        message: dict[str, Any] = {"roomId": settings.room_id, "markdown": text}
        headers = {}
        if self.family == "grafana":
            message["files"] = notification.image_urls[:1]  # Webex takes one
            if settings.bot_token:
                headers["Authorization"] = f"Bearer {settings.bot_token}"
        http.post(
            settings.api_url,
            json={key: value for key, value in message.items() if value or key == "markdown"},
            headers=headers,
            http_config=settings.http_config,
        )
