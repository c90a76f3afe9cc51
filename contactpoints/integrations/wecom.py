"""WeCom: a group's bot by its webhook, or an app that asks for a token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contactpoints.base import Absent, Integration
from contactpoints.fields import Secret, SecretUrl, Template, Text, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import NO_ATTRIBUTE, named
from contactpoints.truncation import cut_bytes
from contactpoints.wecom_api import access_token, checked

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://qyapi.weixin.qq.com"
BOT_LIMITS = {  # bytes: https://developer.work.weixin.qq.com/document/path/91770
    "markdown": 4096,
    "text": 2048,
}
APP_LIMIT = 2048  # bytes, of both: https://developer.work.weixin.qq.com/document/path/90236


class WeCom(Integration):
    """A message in a group or from an app. https://developer.work.weixin.qq.com/document/path/91770"""

    label = "WeCom"
    alertmanager = Absent(
        "Alertmanager knows neither WeCom's group bots nor a title; its wechat_configs are apart"
    )

    class Settings(HttpSchema):
        url = SecretUrl(help="The group bot's webhook; without it, the app's settings are needed")
        agent_id = Text(help="Number of the app")
        corp_id = Text(help="Identifier of the company")
        api_secret = Secret(grafana="secret", help="Secret of the app")
        message_type = Text(
            grafana="msgtype", terraform="msg_type", default="markdown", help="text or markdown"
        )
        message = Template(default=named(grafana="default.message"), help="Text of the message")
        title = Template(default=named(grafana="default.title"), help="Title of the message")
        to_user = Text(
            grafana="touser",
            terraform="to_user",
            default="@all",
            help="Users, with | between them; @all for everyone",
        )
        api_url = Url(
            grafana="endpointUrl",
            terraform=NO_ATTRIBUTE,
            default=API,
            help="Address of WeCom's API",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        if has("url"):
            return
        if not has("api_secret"):
            yield "", "either url or secret is required"
        else:
            if not has("agent_id"):
                yield "", "could not find AgentID in settings"
            if not has("corp_id"):
                yield "", "could not find CorpID in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        kind = "text" if settings.message_type == "text" else "markdown"
        content = f"{settings.title}\n{settings.message}"
        if kind == "markdown":
            content = f"# {content}\n"
        body: dict[str, Any] = {"msgtype": kind}
        if settings.url:
            body[kind] = {"content": cut_bytes(content, BOT_LIMITS[kind])}
            checked(http.post(settings.url, json=body, http_config=settings.http_config))
            return
        body |= {
            kind: {"content": cut_bytes(content, APP_LIMIT)},
            "agentid": settings.agent_id,
            "touser": settings.to_user,
        }
        base = f"{settings.api_url.rstrip('/')}/cgi-bin"
        login = urlencode({"corpid": settings.corp_id, "corpsecret": settings.api_secret})
        token = access_token(
            self,
            (settings.corp_id, settings.api_secret),
            lambda: http.post(
                f"{base}/gettoken?{login}", headers={"Content-Type": "application/json"}
            ),
        )
        reply = http.post(
            f"{base}/message/send?{urlencode({'access_token': token})}",
            json=body,
            http_config=settings.http_config,
        )
        checked(reply, settings.api_secret, token=token)
