"""Telegram, by a bot."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.delivery.outcome import DeliveryError, refused
from contactpoints.fields import Choice, Flag, Lose, Number, Secret, Template, Text, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.markup import cut_html
from contactpoints.notification import Notification
from contactpoints.spelling import named, nowhere, spelled
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http, Reply

API = "https://api.telegram.org"
MESSAGE_LIMIT = (
    4096  # characters after the markup is taken out: https://core.telegram.org/bots/api#sendmessage
)
UNREADABLE = "can't parse entities"  # Telegram's answer to markup that is wrong: sent again as text
MODES = ("None", "HTML", "Markdown", "MarkdownV2")
ALERTMANAGER_MODE = Choice(
    ("", *MODES[1:]),
    error="unknown parse_mode on telegram_config, "
    "must be Markdown, MarkdownV2, HTML or empty string",
)


class Telegram(Integration):
    """A bot posts to a chat. https://core.telegram.org/bots/api#sendmessage"""

    label = "Telegram"
    alertmanager = Receiver("telegram_configs", since="0.24.0", go="telegram.TelegramConfig")

    class Settings(HttpSchema):
        bot_token = Secret(
            grafana="bottoken",
            terraform="token",
            alertmanager=spelled(
                inherits="telegram_bot_token", inherits_since="0.31", file_since="0.26"
            ),
            file=True,
            required=True,
            help="What @BotFather gave for the bot",
        )
        chat_id = Text(
            grafana="chatid",
            terraform="chat_id",
            alertmanager=spelled(file_since="0.31", kind=Number(go="int64")),
            file=True,
            required=True,
            help="Number of the chat, or @name of a channel",
        )
        message_thread_id = Number(
            quoted=True,
            least=-(2**31),
            most=2**31 - 1,
            alertmanager=spelled(since="0.28"),
            help="Topic of a group with topics",
        )
        message = Template(
            default=named("telegram.default.message", "default.message"), help="Text of the message"
        )
        parse_mode = Choice(
            MODES,
            any_case=True,
            default="HTML",
            alertmanager=spelled(values={"None": ""}, kind=ALERTMANAGER_MODE),
            error="unknown parse_mode, must be Markdown, MarkdownV2, HTML or None",
            help="Markup of the message",
        )
        disable_notifications = Flag(help="Send without a sound")
        disable_web_page_preview = Flag(
            alertmanager=nowhere("Alertmanager never shows previews"),
            help="Show no previews of links",
        )
        protect_content = Flag(
            alertmanager=nowhere("Alertmanager has no such switch"),
            help="Nobody can forward or save the message",
        )
        api_url = Url(
            grafana=nowhere("Grafana always talks to api.telegram.org"),
            alertmanager=spelled(inherits="telegram_api_url"),
            default=API,
            help="Address of Telegram's API",
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
        mode = settings.parse_mode if settings.parse_mode != "None" else ""
        try:
            self.post("sendMessage", text_of(settings.message, mode), settings, http)
        except DeliveryError as error:
            if not mode or UNREADABLE not in str(error):
                raise
            self.post("sendMessage", text_of(settings.message, ""), settings, http)
        for url in dict.fromkeys(notification.image_urls) if self.family == "grafana" else ():
            with suppress(DeliveryError):  # the message has arrived: nothing is sent again
                self.post("sendPhoto", {"photo": url}, settings, http)

    def post(self, method: str, said: dict[str, Any], settings: Any, http: Http) -> None:
        """Call a method of the bot; what is empty or false is left out, as Telegram wants it."""
        body = {
            "chat_id": settings.chat_id,
            "message_thread_id": settings.message_thread_id,
            "disable_notification": settings.disable_notifications,
            **said,
        }
        if method == "sendMessage":
            quiet = settings.disable_web_page_preview or self.family == "alertmanager"
            body |= {"disable_web_page_preview": quiet, "protect_content": settings.protect_content}
        texts = {k: "true" if v is True else str(v) for k, v in body.items() if v or k == "text"}
        reply = http.post(
            f"{settings.api_url.rstrip('/')}/bot{settings.bot_token}/{method}",
            **as_form(texts) if self.family == "grafana" else {"json": texts},
            http_config=settings.http_config,
        )
        answer = reply.json()
        if isinstance(answer, dict) and answer.get("ok") is False:
            raise not_taken(reply, answer)


def not_taken(reply: Reply, answer: dict[str, Any]) -> DeliveryError:
    """The error for an answer of 200 that says no: what would be the status is in its body.

    https://core.telegram.org/bots/api#making-requests
    """
    from contactpoints.delivery.http import rejected

    status = answer.get("error_code")
    if isinstance(status, int) and status >= 400:
        return rejected(replace(reply, status=status))
    return refused(str(answer.get("description", "not ok")))


def text_of(message: str, mode: str) -> dict[str, str]:
    """The message and how it is to be read, cut to what Telegram takes."""
    cut_one = cut_html if mode == "HTML" else cut
    return {"text": cut_one(message, MESSAGE_LIMIT), "parse_mode": mode}


def as_form(texts: dict[str, str]) -> dict[str, Any]:
    """A form of several parts, none of them a file."""
    return {"files": {name: (None, text) for name, text in texts.items()}}
