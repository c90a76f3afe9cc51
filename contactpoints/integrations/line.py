"""LINE Notify, which has ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration, Notice
from contactpoints.fields import Secret, Template
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://notify-api.line.me/api/notify"
MESSAGE_LIMIT = 1000  # characters: https://notify-bot.line.me/doc/en/
FORM = "application/x-www-form-urlencoded;charset=UTF-8"


class Line(Integration):
    """A message to a chat of LINE. https://notify-bot.line.me/doc/en/"""

    type = "LINE"
    label = "LINE"
    alertmanager = Absent("Alertmanager has no integration for LINE")
    notice = Notice(
        "2025-03-31", "LINE Notify ended on 2025-03-31; the LINE Messaging API takes its place"
    )

    class Settings(HttpSchema):
        token = Secret(required=True, help="Access token of LINE Notify")
        title = Template(default=named(grafana="default.title"), help="First line of the message")
        description = Template(
            default=named(grafana="default.message"), help="The message below the title"
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("token"):
            yield "", "could not find token in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        message = cut(f"{settings.title}\n{settings.description}", MESSAGE_LIMIT)
        http.post(
            API,
            data={"message": message},
            headers={"Authorization": f"Bearer {settings.token}", "Content-Type": FORM},
            http_config=settings.http_config,
        )
