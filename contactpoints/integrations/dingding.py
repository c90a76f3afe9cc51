"""DingTalk, by a custom robot of a group; Grafana calls it DingDing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contactpoints.base import Absent, Integration
from contactpoints.delivery.outcome import refused
from contactpoints.fields import SecretTemplate, Template
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named
from contactpoints.truncation import fitted

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

# Bytes of a message, and the error codes that ask to come back later: system busy, more than 20
# messages a minute, and too fast.
# https://open.dingtalk.com/document/orgapp/custom-bot-to-send-group-chat-messages
MESSAGE_LIMIT = 20_000
SYSTEM_BUSY = -1
BUSY = {130101, 410100}


class DingDing(Integration):
    """A message of a robot in a group.
    https://open.dingtalk.com/document/orgapp/custom-bot-to-send-group-chat-messages
    """

    label = "DingDing"
    alertmanager = Absent("Alertmanager has no integration for DingTalk")

    class Settings(HttpSchema):
        url = SecretTemplate(required=True, help="The group robot's webhook, with its access_token")
        msg_type = Template(
            terraform="message_type",
            grafana="msgType",
            default=PerFamily(grafana="link"),
            help="link or actionCard; anything else is sent as link",
        )
        title = Template(default=named(grafana="default.title"), help="Title of the message")
        message = Template(
            default=named(grafana="default.message"),
            help="The message, in Markdown for an actionCard",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "could not find url property in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        # opens the link in a browser, not in DingTalk's side bar
        link = "dingtalk://dingtalkclient/page/link?" + urlencode(
            {"pc_slide": "false", "url": notification.link("/alerting/list")}
        )

        def message(text: str) -> dict[str, Any]:
            said = {"text": text, "title": settings.title}
            if settings.msg_type == "actionCard":
                card = {**said, "singleTitle": "More", "singleURL": link}
                return {"msgtype": "actionCard", "actionCard": card}
            return {"msgtype": "link", "link": {**said, "messageUrl": link}}

        reply = http.post(
            settings.url,
            json=fitted(message, settings.message, MESSAGE_LIMIT),
            http_config=settings.http_config,
        )
        answer = reply.json()
        code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
        if code:
            said = f"{code} {answer.get('errmsg', '')}"
            raise refused(
                said,
                busy=[said] if code in BUSY else (),
                broken=[said] if code == SYSTEM_BUSY else (),
            )
