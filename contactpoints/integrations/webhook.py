"""A webhook: an HTTP request to an address of one's own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.fields import (
    GoDuration,
    Lose,
    Number,
    Schema,
    Secret,
    SecretTemplate,
    Template,
    TemplateUrl,
    Text,
)
from contactpoints.grafana_data import grafana_data
from contactpoints.groups import Part, TextMap, Tree
from contactpoints.http_settings import GrafanaTls, HttpSchema, http_setting
from contactpoints.inline import inline
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, nowhere, since, spelled, template
from contactpoints.webhook_http import RESTRICTED, from_http_config, to_http_config

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

NOOP = "grafana://noop"  # Grafana sends nothing to an address that renders to this
IN_HTTP = nowhere("Alertmanager has it in http_config")
FIXED_BODY = nowhere("Alertmanager's payload has no such text")


class Payload(Schema):
    template = Template(help="Template that makes the body")
    vars = TextMap(help="Values for the template, by name")


class Hmac(Schema):
    secret = Secret(help="Secret that both sides know")
    header = Text(
        help="Header that holds the signature; X-Grafana-Alerting-Signature when left out"
    )
    timestamp_header = Text(
        grafana="timestampHeader", help="Header that holds the time of signing; none when left out"
    )


class Webhook(Integration):
    """A request with the notification as JSON.
    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    """

    label = "Webhook"
    alertmanager = Receiver("webhook_configs", since="0.1.0", go="webhook.WebhookConfig")

    class Settings(HttpSchema):
        url = SecretTemplate(
            file=True,
            required=True,
            alertmanager=spelled(file_since="0.26", kind=TemplateUrl()),
            help="Address to post to",
        )
        http_method = Text(
            grafana="httpMethod",
            default="POST",
            alertmanager=nowhere("Alertmanager always posts"),
            help="POST or PUT",
        )
        username = Text(
            alertmanager=IN_HTTP, terraform="basic_auth_user", help="User for basic authentication"
        )
        password = Secret(
            alertmanager=IN_HTTP,
            terraform="basic_auth_password",
            help="Password for basic authentication",
        )
        authorization_scheme = Text(
            alertmanager=IN_HTTP,
            help="First word of the Authorization header; Bearer when left out",
        )
        authorization_credentials = Secret(alertmanager=IN_HTTP, help="What follows the scheme")
        headers = TextMap(alertmanager=IN_HTTP, help="Further headers, by name")
        max_alerts = Number(
            grafana="maxAlerts",
            quoted=True,
            default=0,
            go="uint64",
            help="Most alerts of one message; 0 for all",
        )
        title = Template(
            alertmanager=FIXED_BODY,
            default=PerFamily(template("default.title")),
            help="The payload's title",
        )
        message = Template(
            alertmanager=FIXED_BODY,
            default=PerFamily(template("default.message")),
            help="The payload's message",
        )
        payload = Part(
            Payload,
            alertmanager=nowhere("Alertmanager's payload is a structure, not one template"),
            help="A template that makes the whole body",
        )
        body = Tree(
            grafana=nowhere("Grafana's payload is one template, not a structure"),
            alertmanager=spelled("payload", since="0.32"),
            help="The whole body, with templates in its texts",
        )
        tls_config = Part(
            GrafanaTls,
            grafana="tlsConfig",
            alertmanager=IN_HTTP,
            terraform=spelled(form="map"),
            help="Certificates of server and client",
        )
        http_config = http_setting()
        hmac_config = Part(
            Hmac,
            grafana="hmacConfig",
            alertmanager=nowhere("Alertmanager signs nothing"),
            help="Sign the body, so that the receiver knows who sent it",
        )
        timeout = GoDuration(
            grafana=nowhere("Grafana waits 30 seconds"),
            alertmanager=since("0.28"),
            help="Time for one request; 0 for no limit of its own",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        values = self.values
        url = values.get("url", "")
        if self.family == "alertmanager":
            if not url:
                yield "", "one of url or url_file must be configured"
            return
        if not url:
            yield "", "required field 'url' is not specified"
        if all(
            values.get(name)
            for name in (
                "username",
                "password",
                "authorization_scheme",
                "authorization_credentials",
            )
        ):
            yield (
                "",
                "both HTTP Basic Authentication and Authorization Header are set, "
                "only 1 is permitted",
            )
        if refused := sorted(
            name for name in values.get("headers") or () if name.lower() in RESTRICTED
        ):
            yield "headers", f"custom headers {json.dumps(refused)} are not allowed"

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        to_http_config(values, lose)
        if str(values.get("http_method", "POST")).upper() in ("POST", ""):
            values.pop("http_method", None)
        return values

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        from_http_config(values)
        return values

    def sends_nothing(self) -> bool:
        return self.values.get("url") == NOOP

    def told(self, notification: Notification) -> Notification:
        told = super().told(notification)
        most = self.value("max_alerts")
        told = told.limited(most) if most > 0 else told
        variables = (self.values.get("payload") or {}).get("vars")
        return replace(told, variables=variables) if variables else told

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        if self.family == "alertmanager":
            body = inline(settings.body) if "body" in self.values else dict(notification.payload)
            http.post(
                settings.url, json=body, http_config=settings.http_config, timeout=settings.timeout
            )
        elif settings.url != NOOP:
            self.send_as_grafana(notification, settings, http)

    def send_as_grafana(self, notification: Notification, settings: Any, http: Http) -> None:
        headers = {"Content-Type": "application/json", **(settings.headers or {})}
        if settings.authorization_credentials:
            scheme = settings.authorization_scheme or "Bearer"
            headers["Authorization"] = f"{scheme} {settings.authorization_credentials}"
        if not (text := (settings.payload or {}).get("template")):
            body = {
                **grafana_data(notification),
                "version": "1",
                "truncatedAlerts": notification.truncated_alerts,
                "orgId": notification.payload.get("orgId", 1),
                "title": settings.title,
                "state": "alerting" if notification.is_firing else "ok",
                "message": settings.message,
            }
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        content = str(text).encode("utf-8", "replace")
        if signing := settings.hmac_config:
            headers |= signature(content, signing)
        has_login = settings.username and settings.password
        http.post(
            settings.url,
            data=content,
            method=(settings.http_method or "POST").upper(),
            headers=headers,
            auth=(settings.username, settings.password) if has_login else None,
            http_config={**(settings.http_config or {}), "tls_config": settings.tls_config or {}},
        )


def signature(content: bytes, signing: dict[str, Any]) -> dict[str, str]:
    """The headers of Grafana's HMAC signature, with a time when one is asked for."""
    headers = {}
    if name := signing.get("timestamp_header"):
        headers[name] = str(int(time.time()))
        content = headers[name].encode() + b":" + content
    digest = hmac.new(str(signing.get("secret", "")).encode(), content, hashlib.sha256).hexdigest()
    return {**headers, signing.get("header") or "X-Grafana-Alerting-Signature": digest}
