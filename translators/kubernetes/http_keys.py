"""``httpConfig`` and ``tlsConfig`` in the objects of both operators, by Alertmanager's names."""

from __future__ import annotations

from translators.kubernetes.keys import Key, Shape


def _text(*names: str, **others: str) -> dict[str, Key]:
    return {name: Key(others.get(name, name)) for name in (*names, *others)}


_PROXY = {
    "proxy_url": Key("proxyURL", aliases=("proxyUrl",)),
    "no_proxy": Key("noProxy"),
    "proxy_from_environment": Key("proxyFromEnvironment", "flag"),
    "proxy_connect_header": Key("proxyConnectHeader", "secrets"),
}
_TLS = {
    "ca": Key("ca", "either"),
    "cert": Key("cert", "either"),
    "key": Key("keySecret", "secret"),
    "server_name": Key("serverName"),
    "insecure_skip_verify": Key("insecureSkipVerify", "flag"),
}
PROMETHEUS_TLS = {**_TLS, **_text(min_version="minVersion", max_version="maxVersion")}
VICTORIA_TLS = {**_TLS, **_text(ca_file="caFile", cert_file="certFile", key_file="keyFile")}
_LOGIN = {"username": Key("username", "secret"), "password": Key("password", "secret")}
_TOKEN = {"type": Key("type"), "credentials": Key("credentials", "secret")}

PROMETHEUS_HTTP: Shape = {
    "basic_auth": Key("basicAuth", "object", _LOGIN),
    "authorization": Key("authorization", "object", _TOKEN),
    "oauth2": Key(
        "oauth2",
        "object",
        {
            "client_id": Key("clientId", "either", required=True),
            "client_secret": Key("clientSecret", "secret", required=True),
            "scopes": Key("scopes", "texts"),
            "token_url": Key("tokenUrl", is_address=True, required=True),
            "endpoint_params": Key("endpointParams", "map"),
            "tls_config": Key("tlsConfig", "object", PROMETHEUS_TLS),
            **_PROXY,
            "proxy_url": Key("proxyUrl"),
        },
    ),
    "bearer_token": Key("bearerTokenSecret", "secret"),
    "tls_config": Key("tlsConfig", "object", PROMETHEUS_TLS),
    "follow_redirects": Key("followRedirects", "flag"),
    "enable_http2": Key("enableHttp2", "flag"),
    **_PROXY,
}
VICTORIA_HTTP: Shape = {
    "basic_auth": Key("basic_auth", "object", {**_LOGIN, **_text("password_file")}),
    "authorization": Key(
        "authorization", "object", {**_TOKEN, **_text(credentials_file="credentialsFile")}
    ),
    "oauth2": Key(
        "oauth2",
        "object",
        {
            "client_id": Key("client_id", "either"),
            "client_secret": Key("client_secret", "secret"),
            **_text("client_secret_file"),
            "scopes": Key("scopes", "texts"),
            "token_url": Key("token_url"),
            "endpoint_params": Key("endpoint_params", "map"),
            "tls_config": Key("tls_config", "object", VICTORIA_TLS),
            "proxy_url": Key("proxy_url"),
        },
    ),
    "bearer_token": Key("bearer_token_secret", "secret"),
    **_text("bearer_token_file"),
    "tls_config": Key("tls_config", "object", VICTORIA_TLS),
    "follow_redirects": Key("follow_redirects", "flag"),
    "http_headers": Key("http_headers", "headers"),
    **_PROXY,
}
