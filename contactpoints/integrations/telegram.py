"""Telegram, by a bot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contactpoints.base import Integration, Receiver
from contactpoints.delivery.http import Http, refused
from contactpoints.fields import Choice, Flag, Lose, Number, Secret, Template, Text, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, nowhere, spelled

API = "https://api.telegram.org"
MESSAGE_LIMIT = (
    4096  # characters after the markup is taken out: https://core.telegram.org/bots/api#sendmessage
)
MODES = ("None", "HTML", "Markdown", "MarkdownV2")
ALERTMANAGER_MODE = Choice(
    ("", *MODES[1:]),
    error="unknown parse_mode on telegram_config, "
    "must be Markdown, MarkdownV2, HTML or empty string",
)


class Telegram(Integration):
    """A bot posts to a chat. https://core.telegram.org/bots/api#sendmessage"""

    label = "Telegram"
    alertmanager = Receiver("telegram_configs", since="0.24.0")

    class Settings(HttpSchema):
        bot_token = Secret(
            grafana="bottoken",
            alertmanager=spelled(inherits="telegram_bot_token"),
            file=True,
            required=True,
        )
        chat_id = Text(
            grafana="chatid", alertmanager=spelled(kind=Number()), file=True, required=True
        )
        message_thread_id = Number(
            quoted=True, least=-(2**31), most=2**31 - 1, alertmanager=spelled(since="0.28")
        )
        message = Template(
            default=named("telegram.default.message", "default.message"), limit=MESSAGE_LIMIT
        )
        parse_mode = Choice(
            MODES,
            any_case=True,
            default="HTML",
            alertmanager=spelled(values={"None": ""}, kind=ALERTMANAGER_MODE),
            error="unknown parse_mode, must be Markdown, MarkdownV2, HTML or None",
        )
        disable_notifications = Flag()
        disable_web_page_preview = Flag(alertmanager=nowhere("Alertmanager never shows previews"))
        protect_content = Flag(alertmanager=nowhere("Alertmanager has no such switch"))
        api_url = Url(
            grafana=nowhere("Grafana always talks to api.telegram.org"),
            alertmanager=spelled(inherits="telegram_api_url"),
            default=API,
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if self.family == "grafana":
            if not self.values.get("bot_token"):
                yield "", "could not find Bot Token in settings"
            if not self.values.get("chat_id"):
                yield "", "could not find Chat Id in settings"
        elif self.values.get("chat_id") in (None, "", "0"):
            yield "", "missing chat_id or chat_id_file on telegram_config"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("bot_token"):
            yield "", "missing bot_token or bot_token_file on telegram_config"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        values["disable_web_page_preview"] = True
        if values.get("api_url") == API:
            del values["api_url"]
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if not values.pop("disable_web_page_preview", False):
            lose(
                "disable_web_page_preview", "changed", "Alertmanager never shows previews of links"
            )
        return values

    @classmethod
    def draws_html(cls, name: str, values: dict[str, Any], family: str) -> bool:
        return family == "alertmanager" and values.get("parse_mode", "HTML") == "HTML"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        said = {
            "chat_id": settings.chat_id,
            "message_thread_id": settings.message_thread_id,
            "text": settings.message,
            "parse_mode": settings.parse_mode if settings.parse_mode != "None" else "",
            "disable_notification": settings.disable_notifications,
            "disable_web_page_preview": settings.disable_web_page_preview
            or self.family == "alertmanager",
            "protect_content": settings.protect_content,
        }
        body = {key: value for key, value in said.items() if value}
        url = f"{settings.api_url.rstrip('/')}/bot{settings.bot_token}/sendMessage"
        if self.family == "grafana":
            form = {
                key: (None, "true" if value is True else str(value)) for key, value in body.items()
            }
            reply = http.post(url, files=form, http_config=settings.http_config)
        else:
            reply = http.post(url, json=body, http_config=settings.http_config)
        answer = reply.json()
        if isinstance(answer, dict) and answer.get("ok") is False:
            raise refused(str(answer.get("description", "not ok")))
