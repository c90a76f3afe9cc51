"""How HTTP requests of an integration are made: Alertmanager's ``http_config``, and the part of it
that Grafana has.

Alertmanager's is read by :mod:`alertmanager_configs.http_config`. Grafana (12.1) has an
``http_config`` with nothing but OAuth2 in it, for the integrations that use its shared client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from alertmanager_configs.http_checks import JWT_BEARER
from alertmanager_configs.http_config import (
    HTTP_CONFIG,
    TLS_CONFIG,
    Key,
    read_http_config,
    read_tls_config,
)
from alertmanager_configs.http_paths import secret_paths
from alertmanager_configs.problems import Path, Problems
from contactpoints.fields import Field, Flag, FromFile, Lose, Schema, Secret, Text
from contactpoints.groups import Part, TextMap, Words
from contactpoints.spelling import Family, nowhere, since, spelled

TLS_NAMES = {
    "insecure_skip_verify": "insecureSkipVerify",
    "ca": "caCertificate",
    "cert": "clientCertificate",
    "key": "clientKey",
}
BEARER = ("authorization", "bearer_token", "bearer_token_file")
ANYWAY: Mapping[Path, Any] = {  # what Grafana does when nothing is said
    ("follow_redirects",): True,
    ("enable_http2",): True,
    ("oauth2", "grant_type"): "client_credentials",
}
PROXY_NAMES = ("proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header")


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


def for_alertmanager(value: Mapping[str, Any]) -> dict[str, Any]:
    """Grafana's ``http_config`` in Alertmanager's shape; all of it can be said."""
    if not (ours := value.get("oauth2")):
        return {}
    oauth2: dict[str, Any] = {}
    for key, item in ours.items():
        if key == "proxy_config":
            headers = item.get("proxy_connect_header")
            oauth2 |= {k: item[k] for k in PROXY_NAMES if k in item}
            if headers:
                oauth2["proxy_connect_header"] = {name: [text] for name, text in headers.items()}
        elif key == "tls_config":
            oauth2[key] = with_files(item)
        else:
            oauth2 |= with_files({key: item})
    return {"oauth2": oauth2}


def for_grafana(value: Mapping[str, Any], lose: Lose, why: str = "") -> dict[str, Any] | None:
    """The part of Alertmanager's ``http_config`` that Grafana can say; the rest is lost, leaf by
    leaf.
    """
    is_signed = ((value or {}).get("oauth2") or {}).get("grant_type") == JWT_BEARER
    ours: dict[str, Any] = {}
    for path, item in leaves(value) if value else ():
        if (path in ANYWAY and item == ANYWAY[path]) or (is_signed and path[0] == "oauth2"):
            continue
        if path[0] != "oauth2" or not put_oauth2(ours, path[1:], item):
            place = "http_config." + ".".join(map(str, path))
            lose(place, "dropped", why or "Grafana's http_config has OAuth2 only")
    if is_signed:
        lose("http_config.oauth2", "dropped", why or "Grafana's OAuth2 has no signed grant")
    elif ours and not ours.get("client_secret"):
        lose("http_config.oauth2", "dropped", why or "Grafana takes none without client_secret")
        return None
    return {"oauth2": ours} if ours else None


def put_oauth2(ours: dict[str, Any], path: Path, item: Any) -> bool:
    """Put one leaf of Alertmanager's ``oauth2`` where Grafana has it; whether it has it."""
    key = str(path[0])
    if key in ("token_url", "client_id", "client_secret", "scopes"):
        ours[key] = item
    elif key == "client_secret_file":
        ours["client_secret"] = FromFile(item)
    elif key == "endpoint_params":
        ours.setdefault(key, {})[path[1]] = item
    elif key == "tls_config":
        leaf = str(path[1])
        name = leaf.removesuffix("_file")
        if name not in TLS_NAMES:
            return False
        ours.setdefault(key, {})[name] = FromFile(item) if leaf.endswith("_file") else item
    elif key == "proxy_connect_header":
        if len(item) != 1:
            return False
        ours.setdefault("proxy_config", {}).setdefault(key, {})[path[1]] = item[0]
    elif key in PROXY_NAMES:
        ours.setdefault("proxy_config", {})[key] = item
    else:
        return False
    return True


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is not a mapping, with the way to it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def with_files(value: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what stands in a file under Alertmanager's ``…_file``."""
    return {
        key + "_file" if isinstance(item, FromFile) else key: item.path
        if isinstance(item, FromFile)
        else item
        for key, item in value.items()
    }


def has_authorization(config: Mapping[str, Any] | None) -> bool:
    """Whether Alertmanager's ``http_config`` has an ``authorization``: a bearer token, the older
    way to say it, becomes one.
    """
    config = config or {}
    older = config.get("bearer_token") or config.get("bearer_token_file")
    return config.get("authorization") is not None or bool(older)


def take_bearer(values: dict[str, Any]) -> str | FromFile | None:
    """Take a bearer token out of Alertmanager's ``http_config`` in ``values``; ``None`` when there
    is none.
    """
    config = values.get("http_config") or {}
    login = config.get("authorization") or {}
    if login.get("type", "Bearer") != "Bearer":
        return None
    said = {**config, **login}  # bearer_token is the older way to say it
    secret = said.get("credentials") or said.get("bearer_token")
    if not secret and (path := said.get("credentials_file") or said.get("bearer_token_file")):
        secret = FromFile(path)
    if secret:
        rest = {key: item for key, item in config.items() if key not in BEARER}
        values["http_config"] = rest
        if not rest:
            del values["http_config"]
    return secret
