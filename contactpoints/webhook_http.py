"""The login, TLS and headers of Grafana's webhook, said in Alertmanager's http_config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contactpoints.fields import FromFile, Lose
from contactpoints.http_crossing import TLS_NAMES, with_files

OF_CREDENTIALS = ("authorization_scheme", "authorization_credentials")
OWN_LOGINS = ("username", "password", *OF_CREDENTIALS)
LOGINS = ("basic_auth", "authorization")
# Grafana refuses these as extra headers.
RESTRICTED = frozenset(
    {"accept-charset", "accept-encoding", "authorization", "connection", "content-encoding"}
    | {"content-length", "cookie", "date", "expect", "forwarded", "host", "keep-alive"}
    | {"max-forwards", "origin", "proxy-authenticate", "proxy-authorization", "referer"}
    | {"set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"}
    | {"x-forwarded-for", "x-real-ip"}
)


def to_http_config(values: dict[str, Any], lose: Lose) -> None:
    """Move a webhook's own settings of Grafana's into ``values["http_config"]``."""
    config: dict[str, Any] = {}
    said = {name: values.pop(name) for name in OWN_LOGINS if values.get(name)}
    user, password, scheme, credentials = (said.get(name, "") for name in OWN_LOGINS)
    if credentials:
        config["authorization"] = {
            "type": scheme or "Bearer",
            **with_files({"credentials": credentials}),
        }
    elif user and password:
        config["basic_auth"] = with_files({"username": user, "password": password})
    if tls := values.pop("tls_config", None):
        config["tls_config"] = with_files(tls)
    if headers := values.pop("headers", None):
        config["http_headers"] = {name: {"values": [text]} for name, text in headers.items()}
    own = values.get("http_config", {})
    has_token = "oauth2" in own  # which takes the place of the others in Grafana as well
    for name in said:
        if has_token:
            lose(name, "dropped", "the token of http_config.oauth2 is sent in its place")
        elif name not in OF_CREDENTIALS and "basic_auth" not in config:
            lose(name, "dropped", "Grafana sends a user and a password only together")
        elif name == "authorization_scheme" and not credentials:
            lose(name, "dropped", "Grafana sends it only with credentials")
    if has_token:
        config = {key: value for key, value in config.items() if key not in LOGINS}
    if config:
        values["http_config"] = {**config, **own}


def from_http_config(values: dict[str, Any]) -> None:
    """Move what a webhook of Grafana's has settings for out of ``values["http_config"]``."""
    config = dict(values.pop("http_config", None) or {})
    login = config.get("basic_auth") or {}
    if login and not login.keys() & {"username_ref", "password_ref"}:
        del config["basic_auth"]
        said = {name: out_of_file(name, login) for name in ("username", "password")}
        values |= {name: value for name, value in said.items() if value}
    login = config.get("authorization") or {}
    if login and "credentials_ref" not in login:
        del config["authorization"]
        values["authorization_scheme"] = login.get("type", "Bearer")
        values["authorization_credentials"] = out_of_file("credentials", login)
    tls = config.pop("tls_config", None) or {}
    known = {name: value for name in TLS_NAMES if (value := out_of_file(name, tls))}
    rest = {key: value for key, value in tls.items() if key.removesuffix("_file") not in known}
    values |= {"tls_config": known} if known else {}
    config |= {"tls_config": rest} if rest else {}
    headers = config.pop("http_headers", None) or {}
    plain = {name: entry["values"][0] for name, entry in headers.items() if is_plain(name, entry)}
    rest = {name: entry for name, entry in headers.items() if name not in plain}
    values |= {"headers": plain} if plain else {}
    config |= {"http_headers": rest} if rest else {}
    if config:
        values["http_config"] = config


def is_plain(name: str, entry: Mapping[str, Any]) -> bool:
    """Whether a header of ``http_config`` is one that Grafana takes."""
    return (
        list(entry) == ["values"] and len(entry["values"]) == 1 and name.lower() not in RESTRICTED
    )


def out_of_file(name: str, config: Mapping[str, Any]) -> Any:
    """The value of Alertmanager's key, wherever it stands."""
    return FromFile(config[f"{name}_file"]) if config.get(f"{name}_file") else config.get(name)
