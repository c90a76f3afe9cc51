"""The rules between the keys of `http_config` and `tls_config`, in Alertmanager's order and words.

Every rule is looked at; Alertmanager stops at the first that is broken. Source:
https://github.com/prometheus/common, config/http_config.go (v0.70.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .problems import Path, Problems
from .quoting import go_quote
from .versions import LATEST, Version

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_FIRST_WITHOUT_SECRET: Version = (0, 28, 0)  # with github.com/prometheus/common v0.61
_ALGORITHMS = ("", "RS256", "RS384", "RS512")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

RESERVED_HEADERS = frozenset(
    (
        *("Authorization", "Host", "Content-Encoding", "Content-Length", "Content-Type"),
        *("User-Agent", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization"),
        *("Www-Authenticate", "Accept-Encoding", "X-Prometheus-Remote-Write-Version"),
        *("X-Prometheus-Remote-Read-Version", "X-Prometheus-Scrape-Timeout-Seconds"),
        *("X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"),
    )
)

Config = Mapping[str, Any]


class _Rules:
    """Records broken rules of one object."""

    def __init__(self, path: Path, problems: Problems, since: int) -> None:
        self.path, self.problems, self.since = path, problems, since

    def broken_if(self, broken: object, message: str, *key: str) -> None:
        if broken:
            self.problems.error((*self.path, *key), message, since=self.since)


def _count(config: Config, *keys: str) -> int:
    return sum(1 for key in keys if config.get(key))


def check_tls_config(config: Config, path: Path, problems: Problems, since: int) -> None:
    """The rules of a `tls_config`; `since` as `Problems.error` takes it."""
    rules = _Rules(path, problems, since)
    certificates = _count(config, "cert", "cert_file", "cert_ref")
    keys = _count(config, "key", "key_file", "key_ref")
    rules.broken_if(
        _count(config, "ca", "ca_file", "ca_ref") > 1,
        "at most one of ca, ca_file & ca_ref must be configured",
    )
    rules.broken_if(
        certificates > 1, "at most one of cert, cert_file & cert_ref must be configured"
    )
    rules.broken_if(keys > 1, "at most one of key and key_file must be configured")
    rules.broken_if(
        certificates and not keys,
        "exactly one of key or key_file must be configured when a client certificate is configured",
    )
    rules.broken_if(
        keys and not certificates,
        "exactly one of cert or cert_file must be configured when a client key is configured",
    )


def check_http_config(
    config: Config, path: Path, problems: Problems, since: int, version: Version = LATEST
) -> None:
    """The rules of an `http_config`; `since` as `Problems.error` takes it."""
    rules = _Rules(path, problems, since)
    basic, oauth2 = config.get("basic_auth"), config.get("oauth2")
    authorization = config.get("authorization")
    bearer = _count(config, "bearer_token", "bearer_token_file")
    rules.broken_if(
        bearer > 1, "at most one of bearer_token & bearer_token_file must be configured"
    )
    rules.broken_if(
        (basic is not None or oauth2 is not None) and bearer,
        "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
    )
    if basic is not None:
        for key in ("username", "password"):
            rules.broken_if(
                _count(basic, key, f"{key}_file", f"{key}_ref") > 1,
                f"at most one of basic_auth {key}, {key}_file & {key}_ref must be configured",
                "basic_auth",
            )
    if authorization is not None:
        _check_authorization(authorization, bearer, rules)
    rules.broken_if(
        sum(part is not None for part in (basic, oauth2, authorization)) > 1,
        "at most one of basic_auth, oauth2 & authorization must be configured",
    )
    if oauth2 is not None:
        _check_oauth2(oauth2, rules, version)
    check_proxy(config, path, problems, since)
    for name in config.get("http_headers", ()):
        header = canonical_header(name)
        message = f"setting header {go_quote(header)} is not allowed"
        rules.broken_if(header in RESERVED_HEADERS, message, "http_headers", name)


def _check_authorization(authorization: Config, bearer: int, rules: _Rules) -> None:
    place = "authorization"
    rules.broken_if(
        bearer, "authorization is not compatible with bearer_token & bearer_token_file", place
    )
    rules.broken_if(
        _count(authorization, "credentials", "credentials_file", "credentials_ref") > 1,
        "at most one of authorization credentials & credentials_file must be configured",
        place,
    )
    rules.broken_if(
        authorization.get("type", "").strip().lower() == "basic",
        'authorization type cannot be set to "basic", use "basic_auth" instead',
        place,
        "type",
    )


def _check_oauth2(oauth2: Config, rules: _Rules, version: Version) -> None:
    for key in ("client_id", "token_url"):
        rules.broken_if(not oauth2.get(key), f"oauth2 {key} must be configured", "oauth2")
    rules.broken_if(
        version < _FIRST_WITHOUT_SECRET
        and not _count(oauth2, "client_secret", "client_secret_file"),
        "either oauth2 client_secret or client_secret_file must be configured",
        "oauth2",
    )
    jwt = oauth2.get("grant_type") == JWT_BEARER
    key, grant = ("client_certificate_key", JWT_BEARER) if jwt else ("client_secret", None)
    rules.broken_if(
        _count(oauth2, key, f"{key}_file", f"{key}_ref") > 1,
        f"at most one of oauth2 {key}, {key}_file & {key}_ref must be configured"
        f" using grant-type={grant or 'client_credentials'}",
        "oauth2",
    )
    rules.broken_if(
        jwt and oauth2.get("signature_algorithm", "") not in _ALGORITHMS,
        "valid signature algorithms are RS256, RS384 and RS512",
        "oauth2",
    )


def check_proxy(config: Config, path: Path, problems: Problems, since: int) -> None:
    """The rules about proxies, of an `http_config` and of the `oauth2` in it."""
    rules = _Rules(path, problems, since)
    url, no_proxy = config.get("proxy_url"), config.get("no_proxy")
    environment = config.get("proxy_from_environment")
    rules.broken_if(
        config.get("proxy_connect_header") and not environment and not url,
        "if proxy_connect_header is configured,"
        " proxy_url or proxy_from_environment must also be configured",
    )
    rules.broken_if(
        environment and url,
        "if proxy_from_environment is configured, proxy_url must not be configured",
    )
    rules.broken_if(
        environment and no_proxy,
        "if proxy_from_environment is configured, no_proxy must not be configured",
    )
    rules.broken_if(
        url is None and no_proxy,
        "if no_proxy is configured, proxy_url must also be configured",
    )


def canonical_header(name: str) -> str:
    """A header's name as Go spells it: `www-authenticate` is `Www-Authenticate`."""
    if not _TOKEN.fullmatch(name):
        return name
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))
