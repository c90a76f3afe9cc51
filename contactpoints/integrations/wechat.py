"""WeChat: Alertmanager's way to an app of WeCom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from contactpoints.base import Absent, Integration, Receiver
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.fields import Choice, SecretTemplate, Template, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, since, spelled
from contactpoints.truncation import cut_bytes
from contactpoints.wecom_api import access_token, checked

API = "https://qyapi.weixin.qq.com/cgi-bin/"
LIMIT = 2048  # bytes: https://developer.work.weixin.qq.com/document/path/90236


class WeChat(Integration):
    """A message from an app. https://developer.work.weixin.qq.com/document/path/90236"""

    label = "WeChat"
    alertmanager = Receiver("wechat_configs", since="0.12.0", send_resolved=False)
    grafana = Absent("Grafana's own contact point is WeCom, which has no parties and tags")

    class Settings(HttpSchema):
        api_secret = SecretTemplate(alertmanager=spelled(inherits="wechat_api_secret"), file=True)
        corp_id = Template(alertmanager=spelled(inherits="wechat_api_corp_id"))
        api_url = Url(alertmanager=spelled(inherits="wechat_api_url"), default=API)
        message = Template(default=named("wechat.default.message"))
        message_type = Choice(
            ("text", "markdown"),
            default="text",
            alertmanager=since("0.22"),
            error='weChat message type "{}" does not match valid options ^(text|markdown)$',
        )
        to_user = Template(default=named("wechat.default.to_user"))
        to_party = Template(default=named("wechat.default.to_party"))
        to_tag = Template(default=named("wechat.default.to_tag"))
        agent_id = Template(default=named("wechat.default.agent_id"))

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global Wechat URL set"
        if not self.value("api_secret"):
            yield "", "no global Wechat Api Secret set either inline or in a file"
        if not self.value("corp_id"):
            yield "", "no global Wechat CorpID set"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        base = settings.api_url.rstrip("/")
        login = urlencode({"corpid": settings.corp_id, "corpsecret": settings.api_secret})
        token = access_token(
            self,
            (settings.corp_id, settings.api_secret),
            lambda: http.post(
                f"{base}/gettoken?{login}", method="GET", http_config=settings.http_config
            ),
        )
        content = cut_bytes(settings.message, LIMIT)
        kind = settings.message_type
        who = {
            "touser": settings.to_user,
            "toparty": settings.to_party,
            "totag": settings.to_tag,
            "agentid": settings.agent_id,
        }
        message = {
            "text": {"content": content if kind == "text" else ""},
            **{key: text for key, text in who.items() if text},
            "safe": "0",
            "msgtype": kind,
            "markdown": {"content": content if kind == "markdown" else ""},
        }
        reply = http.post(
            f"{base}/message/send?{urlencode({'access_token': token})}",
            json=message,
            http_config=settings.http_config,
        )
        if reply.status != 200 or "errcode" not in checked(reply, settings.api_secret, token=token):
            raise DeliveryError("the server did not say whether it took the message")
