"""WeChat: Alertmanager's way to an app of WeCom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contactpoints.base import Integration, Receiver, SaidAs
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.fields import Choice, Lose, Secret, SecretTemplate, Template, Text, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.integrations import wecom
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled
from contactpoints.truncation import cut_bytes
from contactpoints.wecom_api import access_token, checked

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

FOLDER = "/cgi-bin"
API = f"{wecom.API}{FOLDER}/"
LIMIT = 2048  # bytes: https://developer.work.weixin.qq.com/document/path/90236

USERS_ONLY = nowhere("Grafana's WeCom tells users only")


class WeChat(Integration):
    """A message from an app. https://developer.work.weixin.qq.com/document/path/90236"""

    label = "WeChat"
    alertmanager = Receiver(
        "wechat_configs", since="0.12.0", send_resolved=False, go="config.WechatConfig"
    )
    grafana = SaidAs("wecom", "in Grafana it is an app of WeCom (wecom)")

    class Settings(HttpSchema):
        api_secret = SecretTemplate(
            grafana=spelled("secret", kind=Secret()),
            alertmanager=spelled(inherits="wechat_api_secret", file_since="0.31"),
            file=True,
            help="Secret of the app",
        )
        corp_id = Template(
            grafana=spelled(kind=Text()),
            alertmanager=spelled(inherits="wechat_api_corp_id"),
            help="Identifier of the company",
        )
        api_url = Url(
            grafana="endpointUrl",
            alertmanager=spelled(inherits="wechat_api_url"),
            default=PerFamily(wecom.API, API),
            help="Address of WeChat's API",
        )
        message = Template(
            default=named("wechat.default.message", "default.message"), help="Text of the message"
        )
        message_type = Choice(
            ("text", "markdown", ""),
            default=PerFamily("markdown", "text"),
            grafana="msgtype",
            alertmanager=since("0.22"),
            error='weChat message type "{}" does not match valid options ^(text|markdown)$',
            help="Text or Markdown",
        )
        to_user = Template(
            grafana=spelled("touser", kind=Text()),
            default=named("wechat.default.to_user"),
            help="Users, with | between them; @all for everyone",
        )
        to_party = Template(
            default=named("wechat.default.to_party"),
            grafana=USERS_ONLY,
            help="Departments, with | between them",
        )
        to_tag = Template(
            default=named("wechat.default.to_tag"),
            grafana=USERS_ONLY,
            help="Tags, with | between them",
        )
        agent_id = Template(
            grafana=spelled(kind=Text()),
            default=named("wechat.default.agent_id"),
            help="Number of the app",
        )

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global Wechat URL set"
        if not self.value("api_secret"):
            yield "", "no global Wechat Api Secret set either inline or in a file"
        if not self.value("corp_id"):
            yield "", "no global Wechat CorpID set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        address = values.get("api_url", API).rstrip("/")
        if not address.endswith(FOLDER):
            lose("api_url", "changed", f"Grafana puts {FOLDER} behind every address")
        values["api_url"] = address.removesuffix(FOLDER)
        if not values.get("message_type"):
            values.pop("message_type", None)
        lose("", "changed", "Grafana puts a title above the message")
        if not values.get("to_user"):
            lose("to_user", "changed", "Grafana tells everybody (@all) when no user is named")
        return values

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
        kind = settings.message_type or "text"
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
