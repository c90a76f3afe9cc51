"""A webhook: an HTTP request to an address of one's own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any

from alertmanager_configs.urls import UrlError, check_http_url
from contactpoints.base import Integration, Receiver
from contactpoints.delivery.http import Http
from contactpoints.fields import (
    FromFile,
    GoDuration,
    Lose,
    Number,
    Schema,
    Secret,
    SecretTemplate,
    Template,
    Text,
)
from contactpoints.groups import Part, TextMap, Tree
from contactpoints.http_settings import TLS_NAMES, GrafanaTls, HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, nowhere, since, spelled, template

LOGINS = ("basic_auth", "authorization")
NOOP = "grafana://noop"  # Grafana sends nothing to an address that renders to this
IN_HTTP = nowhere("Alertmanager has it in http_config")
FIXED_BODY = nowhere("Alertmanager's payload has no such text")
RESTRICTED = frozenset(  # Grafana refuses them as extra headers
    [
        "host",
        "accept-encoding",
        "accept-charset",
        "content-encoding",
        "content-length",
        "authorization",
        "user-agent",
        "transfer-encoding",
        "connection",
        "upgrade",
        "trailer",
        "te",
        "proxy-authorization",
        "proxy-authenticate",
        "cookie",
        "set-cookie",
        "referer",
        "origin",
        "x-forwarded-for",
        "x-real-ip",
        "via",
        "forwarded",
        "expect",
        "keep-alive",
        "date",
        "max-forwards",
    ]
)


class Payload(Schema):
    template = Template()
    vars = TextMap()


class Hmac(Schema):
    secret = Secret()
    header = Text()
    timestamp_header = Text(grafana="timestampHeader")


class Webhook(Integration):
    """A request with the notification as JSON.
    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    """

    label = "Webhook"
    alertmanager = Receiver("webhook_configs", since="0.1.0")

    class Settings(HttpSchema):
        url = SecretTemplate(file=True, required=True)
        http_method = Text(
            grafana="httpMethod", default="POST", alertmanager=nowhere("Alertmanager always posts")
        )
        username = Text(alertmanager=IN_HTTP)
        password = Secret(alertmanager=IN_HTTP)
        authorization_scheme = Text(alertmanager=IN_HTTP)
        authorization_credentials = Secret(alertmanager=IN_HTTP)
        headers = TextMap(alertmanager=IN_HTTP)
        max_alerts = Number(grafana="maxAlerts", quoted=True, default=0)
        title = Template(alertmanager=FIXED_BODY, default=PerFamily(template("default.title")))
        message = Template(alertmanager=FIXED_BODY, default=PerFamily(template("default.message")))
        payload = Part(
            Payload, alertmanager=nowhere("Alertmanager's payload is a structure, not one template")
        )
        body = Tree(
            grafana=nowhere("Grafana's payload is one template, not a structure"),
            alertmanager=spelled("payload", since="0.32"),
        )
        tls_config = Part(GrafanaTls, grafana="tlsConfig", alertmanager=IN_HTTP)
        hmac_config = Part(
            Hmac, grafana="hmacConfig", alertmanager=nowhere("Alertmanager signs nothing")
        )
        timeout = GoDuration(
            grafana=nowhere("Grafana waits 30 seconds"), alertmanager=since("0.28")
        )

    def check(self) -> Iterable[tuple[str, str]]:
        values = self.values
        url = values.get("url", "")
        if self.family == "alertmanager":
            if not url:
                yield "", "one of url or url_file must be configured"
            elif isinstance(url, str) and "{{" not in url and url != "<secret>":
                try:
                    check_http_url(url)
                except UrlError as error:
                    yield "url", f"invalid URL: {error.reason}"
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
        config: dict[str, Any] = {}
        user, password = values.pop("username", ""), values.pop("password", "")
        scheme, credentials = (
            values.pop("authorization_scheme", ""),
            values.pop("authorization_credentials", ""),
        )
        if credentials:
            config["authorization"] = {
                "type": scheme or "Bearer",
                **in_file("credentials", credentials),
            }
        elif user and password:
            config["basic_auth"] = {**in_file("username", user), **in_file("password", password)}
        if tls := values.pop("tls_config", None):
            config["tls_config"] = {
                k: v for name, value in tls.items() for k, v in in_file(name, value).items()
            }
        if headers := values.pop("headers", None):
            config["http_headers"] = {name: {"values": [text]} for name, text in headers.items()}
        login = values.get("http_config", {})
        if "oauth2" in login:  # its token takes the place of the others in Grafana as well
            config = {key: value for key, value in config.items() if key not in LOGINS}
        if config:
            values["http_config"] = {**config, **login}
        if str(values.get("http_method", "POST")).upper() in ("POST", ""):
            values.pop("http_method", None)
        return values

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        config = dict(values.pop("http_config", None) or {})
        if (login := config.get("basic_auth")) and not login.keys() & {
            "username_ref",
            "password_ref",
        }:
            del config["basic_auth"]
            values |= {
                name: out_of_file(name, login)
                for name in ("username", "password")
                if out_of_file(name, login)
            }
        if (login := config.get("authorization")) and "credentials_ref" not in login:
            del config["authorization"]
            values["authorization_scheme"] = login.get("type", "Bearer")
            values["authorization_credentials"] = out_of_file("credentials", login)
        tls = {name: out_of_file(name, config.get("tls_config") or {}) for name in TLS_NAMES}
        if tls := {name: value for name, value in tls.items() if value}:
            values["tls_config"] = tls
            rest = {
                k: v
                for k, v in config.pop("tls_config").items()
                if k.removesuffix("_file") not in tls
            }
            config |= {"tls_config": rest} if rest else {}
        plain = {
            name: entry["values"][0]
            for name, entry in (config.get("http_headers") or {}).items()
            if list(entry) == ["values"]
            and len(entry["values"]) == 1
            and name.lower() not in RESTRICTED
        }
        if plain:
            values["headers"] = plain
            rest = {
                name: entry
                for name, entry in config.pop("http_headers").items()
                if name not in plain
            }
            config |= {"http_headers": rest} if rest else {}
        if config:
            values["http_config"] = config
        return values

    def sends_nothing(self) -> bool:
        return self.values.get("url") == NOOP

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        shown = (
            notification.limited(settings.max_alerts) if settings.max_alerts > 0 else notification
        )
        if self.family == "alertmanager":
            body = dict(shown.payload) if settings.body is None else settings.body
            http.post(
                settings.url, json=body, http_config=settings.http_config, timeout=settings.timeout
            )
            return
        if settings.url == NOOP:
            return
        headers = {"Content-Type": "application/json", **(settings.headers or {})}
        if settings.authorization_credentials:
            scheme = settings.authorization_scheme or "Bearer"
            headers["Authorization"] = f"{scheme} {settings.authorization_credentials}"
        body = self.content(shown, settings).encode()
        if signing := settings.hmac_config:
            headers |= signature(body, signing)
        http.post(
            settings.url,
            data=body,
            method=(settings.http_method or "POST").upper(),
            headers=headers,
            auth=(settings.username, settings.password)
            if settings.username and settings.password
            else None,
            http_config={**(settings.http_config or {}), "tls_config": settings.tls_config or {}},
        )

    def content(self, notification: Notification, settings: Any) -> str:
        """The body as Grafana's notifier writes it, or the user's own."""
        if own := (settings.payload or {}).get("template"):
            return str(own)
        body = {
            **{
                key: value
                for key, value in notification.payload.items()
                if key not in ("title", "message", "state")
            },
            "version": "1",
            "orgId": notification.payload.get("orgId", 1),
            "title": settings.title,
            "state": "alerting" if notification.is_firing else "ok",
            "message": settings.message,
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def signature(body: bytes, signing: dict[str, Any]) -> dict[str, str]:
    """The headers of Grafana's HMAC signature, with a time when one is asked for."""
    headers = {}
    if name := signing.get("timestamp_header"):
        headers[name] = str(int(time.time()))
        body = headers[name].encode() + b":" + body
    digest = hmac.new(str(signing.get("secret", "")).encode(), body, hashlib.sha256).hexdigest()
    return {**headers, signing.get("header") or "X-Grafana-Alerting-Signature": digest}


def in_file(name: str, value: Any) -> dict[str, Any]:
    """Alertmanager's key for a value that may stand in a file."""
    return {f"{name}_file": value.path} if isinstance(value, FromFile) else {name: value}


def out_of_file(name: str, config: dict[str, Any]) -> Any:
    """The value of such a key, wherever it stands."""
    return FromFile(config[f"{name}_file"]) if config.get(f"{name}_file") else config.get(name)
