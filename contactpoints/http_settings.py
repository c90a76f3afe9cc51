"""How HTTP requests of an integration are made: Alertmanager's ``http_config``, and the part of it
that Grafana has.

Alertmanager's is read by :mod:`alertmanager_configs.http_config`. Grafana (12.1) has an
``http_config`` with nothing but OAuth2 in it, for the integrations that use its shared client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from alertmanager_configs.http_config import (
    HTTP_CONFIG,
    TLS_CONFIG,
    Key,
    read_http_config,
    read_tls_config,
)
from alertmanager_configs.http_paths import secret_paths
from alertmanager_configs.problems import Path, Problems
from contactpoints.fields import Field, Flag, Lose, Schema, Secret, Text
from contactpoints.groups import Part, TextMap, Words
from contactpoints.http_crossing import for_alertmanager, for_grafana
from contactpoints.spelling import Family, nowhere, since, spelled


class GrafanaTls(Schema):
    """Grafana's ``tlsConfig``: certificates as PEM text."""

    insecure_skip_verify = Flag(
        grafana="insecureSkipVerify", help="Take any certificate; for trying things out"
    )
    ca = Secret(
        grafana="caCertificate",
        label="CA certificate",
        help="Certificates of the authority, as PEM",
    )
    cert = Secret(
        grafana="clientCertificate", label="Client certificate", help="Our certificate, as PEM"
    )
    key = Secret(grafana="clientKey", label="Client key", help="Its private key, as PEM")


class GrafanaProxy(Schema):
    """The proxy of the token request."""

    proxy_url = Text(help="Proxy for the token request")
    proxy_from_environment = Flag(help="Take the proxy from the environment")
    no_proxy = Text(help="Hosts that are reached without it")
    proxy_connect_header = TextMap(secret=True, help="Headers for the proxy, by name")


class GrafanaOAuth2(Schema):
    """A client-credentials grant."""

    token_url = Text(required=True, help="Where tokens are asked for")
    client_id = Text(required=True, help="Identifier of the client")
    client_secret = Secret(required=True, help="Secret of the client")
    scopes = Words(help="Scopes to ask for")
    endpoint_params = TextMap(help="Further parameters, by name")
    tls_config = Part(GrafanaTls, help="Certificates for the token request")
    proxy_config = Part(GrafanaProxy, help="Proxy for the token request")


class GrafanaHttp(Schema):
    """Grafana's ``http_config``."""

    oauth2 = Part(
        GrafanaOAuth2,
        what="OAuth2",
        help="Ask for a token before each request, with the client's credentials",
    )


class HttpConfig(Part):
    """``http_config``: a value has the shape of its family, and changes it in :meth:`cross`."""

    keys: ClassVar[Mapping[str, Key]] = HTTP_CONFIG

    def __init__(self, **marks: Any) -> None:
        super().__init__(GrafanaHttp, **marks)

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "alertmanager":
            return read_http_config(raw, path, problems, problems.version)
        return super().read(raw, family, path, problems)

    def write(self, value: Any, family: Family) -> Any:
        return value if family == "alertmanager" else super().write(value, family)

    def render(self, value: Any, draw: Any) -> Any:
        return value

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        return iter(())

    def secrets(self, value: Any) -> Iterator[Path]:
        if is_of_grafana(value, self.parts):
            return super().secrets(value)
        return secret_paths(value, self.keys)

    def cross(self, value: Any, to: Family, lose: Lose) -> Any:
        if to == "alertmanager":
            return for_alertmanager(value)
        return for_grafana(value, lose, self.spelling("grafana").why)


class SmtpTls(HttpConfig):
    """The ``tls_config`` of a mail server: Alertmanager only."""

    keys = TLS_CONFIG

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        return read_tls_config(raw, path, problems, problems.version)

    def cross(self, value: Any, to: Family, lose: Lose) -> Any:
        return value


def http_setting(**marks: Any) -> HttpConfig:
    """The line ``http_config`` of an integration whose HTTP requests both families can set up."""
    alertmanager = spelled(since="0.15", inherits="http_config")
    return HttpConfig(grafana=since("12.1"), alertmanager=alertmanager, **marks)


class HttpSchema(Schema):
    """Settings of an integration that sends over HTTP."""

    http_config = http_setting(terraform=nowhere("Terraform's provider has it for webhooks only"))


def is_of_grafana(value: Mapping[str, Any], parts: Mapping[str, Field]) -> bool:
    """Whether a group has no other keys than Grafana's."""
    return all(
        name in parts
        and (not isinstance(part := parts[name], Part) or is_of_grafana(item or {}, part.parts))
        for name, item in value.items()
    )
