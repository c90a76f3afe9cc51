"""HipChat: a service that is gone."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contactpoints.base import Absent, Integration, Notice
from contactpoints.fields import Schema, Secret, Template, Text, Url
from contactpoints.notification import Notification
from contactpoints.spelling import named

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

MESSAGE_LIMIT = 10_000  # characters: https://developer.atlassian.com/hipchat/guide/sending-messages
TITLE_LIMIT = 500  # characters of a card's title: the same page
RESETS = ("X-Ratelimit-Reset", "X-FloodControl-Reset")  # seconds since 1970
TOO_MANY = 429
ICON = "https://grafana.com/static/assets/img/fav32.png"


class HipChat(Integration):
    """A message in a room. https://developer.atlassian.com/hipchat/guide/sending-messages"""

    label = "HipChat"
    alertmanager = Absent("Alertmanager has no HipChat since 0.16")
    terraform = Absent("Terraform's provider has no block for HipChat")
    notice = Notice(
        "2019-02-15", "HipChat ended on 2019-02-15: use Slack, which took its users over"
    )

    class Settings(Schema):
        url = Url(required=True, help="Address of the HipChat server")
        api_key = Secret(grafana="apikey", help="A room's token, or a personal one")
        room_id = Text(grafana="roomid", help="A room's number or name")
        title = Template(default=named(grafana="default.title"), help="Title of the message")
        message = Template(default=named(grafana="default.message"), help="Text of the message")

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "could not find url property in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        from contactpoints.delivery.http import SUCCESS, rejected  # slow to import

        link = notification.link("/alerting/list")
        head = f'<a href="{escape(link)}">'
        title = cut_html(settings.title, TITLE_LIMIT)
        head = f"{head}{title}</a><br>"
        body = {
            "message": head + cut_html(settings.message, MESSAGE_LIMIT - len(head)),
            "notify": "true",
            "message_format": "html",
            "color": "red" if notification.is_firing else "green",
            "card": {
                "style": "link",
                "url": link,
                "id": "1",
                "title": settings.title[:TITLE_LIMIT],
                "description": settings.title[:TITLE_LIMIT],
                "icon": {"url": ICON},
                "date": int(time.time()),
            },
        }
        address = (
            f"{settings.url.removesuffix('/')}/v2/room/{quote(settings.room_id or '', safe='')}"
        )
        reply = http.post(
            f"{address}/notification?auth_token={quote(settings.api_key or '', safe='')}",
            json=body,
            accept={*SUCCESS, TOO_MANY},
        )
        if reply.status == TOO_MANY:
            error = rejected(reply, [settings.api_key or ""])
            resets = [reply.headers.get(name, "") for name in RESETS]
            ends = max((int(text) for text in resets if text.isdigit()), default=0)
            error.retry_after = max(ends - time.time(), 0.0) if ends else error.retry_after
            raise error


def cut_html(text: str, limit: int) -> str:
    """``text`` as HTML of at most ``limit`` characters; no entity and no tag is cut through."""
    pieces = [escape(character).replace("\n", "<br>") for character in text]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    room, kept = limit - 1, 0
    while kept < len(pieces) and len(pieces[kept]) <= room:
        room -= len(pieces[kept])
        kept += 1
    return "".join(pieces[:kept]) + "…"
