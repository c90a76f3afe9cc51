"""How an integration makes its HTTP requests: `http_config`, and the `tls_config` in it.

The keys stand in tables; the rules between them are in `http_checks`. Source:
https://prometheus.io/docs/alerting/latest/configuration/#http_config
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .http_checks import check_http_config, check_proxy, check_tls_config
from .loading import Value
from .problems import Path, Problems
from .reading import (
    read_flag,
    read_mapping,
    read_secret,
    read_secrets,
    read_text,
    read_text_map,
    read_texts,
)
from .scalars import mismatch
from .urls import UrlError, parse_url
from .versions import LATEST, Version
from .writing import as_written

Config = dict[str, Any]
"""A validated object: keys in the order of the tables, values text, bool, list or dict; what was
null or left out is not there, and unknown keys come last, as `writing.dump` takes them."""


class Key(NamedTuple):
    """One key: how it is read, since when it is known, whether it is a secret or a file's path."""

    read: Callable[[Value, Path, Problems, Version], Any]
    since: Version = (0, 15, 0)
    secret: bool = False
    file: bool = False


def _plain(read: Callable[[Value, Path, Problems], Any]) -> Callable[..., Any]:
    return lambda value, path, problems, version: read(value, path, problems)


def _text(since: Version = (0, 15, 0)) -> Key:
    return Key(_plain(read_text), since)


def _secret(since: Version = (0, 15, 0)) -> Key:
    return Key(_plain(read_secret), since, secret=True)


def _file(since: Version = (0, 15, 0)) -> Key:
    return Key(_plain(read_text), since, file=True)


def _flag(since: Version = (0, 15, 0)) -> Key:
    return Key(_plain(read_flag), since)


def _object(read: Callable[..., Any], since: Version) -> Key:
    return Key(read, since)


def _read_proxy(value: Value, path: Path, problems: Problems) -> str:
    before = problems.type_errors
    url = read_text(value, path, problems)
    if problems.type_errors == before:
        try:
            parse_url(url)
        except UrlError as error:
            # The URL may hold a password: what is wrong is told without it.
            problems.error(path, f"parse proxy_url: {error.reason}" if "@" in url else str(error))
    return url


def _read_secret_lists(value: Value, path: Path, problems: Problems) -> dict[str, list[str]]:
    items = read_mapping(value, path, problems, "config.ProxyHeader")
    return {name: read_secrets(item, (*path, name), problems) for name, item in items.items()}


def _read_claims(value: Value, path: Path, problems: Problems) -> object:
    return as_written(read_mapping(value, path, problems, "map[string]interface {}"))


_TLS_VERSIONS = ("TLS10", "TLS11", "TLS12", "TLS13")


def _read_tls_version(value: Value, path: Path, problems: Problems) -> str:
    before = problems.type_errors
    text = read_text(value, path, problems)
    if text not in _TLS_VERSIONS and problems.type_errors == before:
        problems.error(path, f"unknown TLS version: {text}")
    return text


HEADER = {
    "values": Key(_plain(read_texts)),
    "secrets": Key(_plain(read_secrets), secret=True),
    "files": Key(_plain(read_texts), file=True),
}


def _read_headers(value: Value, path: Path, problems: Problems, version: Version) -> Config:
    items = read_mapping(value, path, problems, "config.Headers")
    return {
        name: read_object(item, (*path, name), problems, HEADER, "config.Header", version)
        for name, item in items.items()
    }


TLS_CONFIG = {
    "ca": _text((0, 26, 0)),
    "cert": _text((0, 26, 0)),
    "key": _secret((0, 26, 0)),
    "ca_file": _file(),
    "cert_file": _file(),
    "key_file": _file(),
    "ca_ref": _text((0, 28, 0)),
    "cert_ref": _text((0, 28, 0)),
    "key_ref": _text((0, 28, 0)),
    "server_name": _text(),
    "insecure_skip_verify": _flag(),
    "min_version": Key(_plain(_read_tls_version), (0, 25, 0)),
    "max_version": Key(_plain(_read_tls_version), (0, 25, 0)),
}


def read_tls_config(
    value: Value, path: Path, problems: Problems, version: Version = LATEST
) -> Config:
    """A `tls_config`, also that of mail; whatever is wrong goes to `problems`."""
    before = problems.type_errors
    config, extra = _read(value, path, problems, TLS_CONFIG, "config.plain", version)
    check_tls_config(config, path, problems, before)
    return config | extra


_PROXY = {
    "proxy_url": Key(_plain(_read_proxy)),
    "no_proxy": _text((0, 26, 0)),
    "proxy_from_environment": _flag((0, 26, 0)),
    "proxy_connect_header": Key(_plain(_read_secret_lists), (0, 25, 0), secret=True),
}

BASIC_AUTH = {
    "username": _text(),
    "username_file": _file((0, 27, 0)),
    "username_ref": _text((0, 28, 0)),
    "password": _secret(),
    "password_file": _file(),
    "password_ref": _text((0, 28, 0)),
}

AUTHORIZATION = {
    "type": _text(),
    "credentials": _secret(),
    "credentials_file": _file(),
    "credentials_ref": _text((0, 28, 0)),
}

OAUTH2 = {
    "client_id": _text(),
    "client_secret": _secret(),
    "client_secret_file": _file(),
    "client_secret_ref": _text((0, 28, 0)),
    "client_certificate_key_id": _text((0, 30, 0)),
    "client_certificate_key": _secret((0, 30, 0)),
    "client_certificate_key_file": _file((0, 30, 0)),
    "client_certificate_key_ref": _text((0, 30, 0)),
    "grant_type": _text((0, 30, 0)),
    "signature_algorithm": _text((0, 30, 0)),
    "iss": _text((0, 30, 0)),
    "audience": _text((0, 30, 0)),
    "claims": Key(_plain(_read_claims), (0, 30, 0)),
    "scopes": Key(_plain(read_texts)),
    "token_url": _text(),
    "endpoint_params": Key(_plain(read_text_map)),
    "tls_config": _object(read_tls_config, (0, 24, 0)),
    **_PROXY,
    "proxy_url": Key(_plain(_read_proxy), (0, 25, 0)),
}


def _read_oauth2(value: Value, path: Path, problems: Problems, version: Version) -> Config:
    before = problems.type_errors
    config, extra = _read(value, path, problems, OAUTH2, "config.plain", version)
    check_proxy(config, path, problems, before)
    return config | extra


def _part(keys: Mapping[str, Key], go_type: str) -> Callable[..., Config]:
    return lambda value, path, problems, version: read_object(
        value, path, problems, keys, go_type, version
    )


HTTP_CONFIG = {
    "basic_auth": _object(_part(BASIC_AUTH, "config.plain"), (0, 15, 0)),
    "authorization": _object(_part(AUTHORIZATION, "config.Authorization"), (0, 22, 0)),
    "oauth2": _object(_read_oauth2, (0, 22, 0)),
    "bearer_token": _secret(),
    "bearer_token_file": _file(),
    "tls_config": _object(read_tls_config, (0, 15, 0)),
    "follow_redirects": _flag((0, 22, 0)),
    "enable_http2": _flag((0, 25, 0)),
    **_PROXY,
    "http_headers": _object(_read_headers, (0, 28, 0)),
}


def read_http_config(
    value: Value, path: Path, problems: Problems, version: Version = LATEST
) -> Config:
    """An `http_config`; whatever is wrong goes to `problems`."""
    before = problems.type_errors
    config, extra = _read(value, path, problems, HTTP_CONFIG, "config.plain", version)
    check_http_config(config, path, problems, before, version)
    return config | extra


def read_object(
    value: Value,
    path: Path,
    problems: Problems,
    keys: Mapping[str, Key],
    go_type: str,
    version: Version,
) -> Config:
    """An object with the keys of a table, in the table's order, and unknown ones after them."""
    found, extra = _read(value, path, problems, keys, go_type, version)
    return found | extra


def _read(
    value: Value,
    path: Path,
    problems: Problems,
    keys: Mapping[str, Key],
    go_type: str,
    version: Version,
) -> tuple[Config, Config]:
    if not isinstance(value, dict):
        if value is not None:
            problems.error(path, mismatch(value, go_type), "type")
        return {}, {}
    found: Config = {}
    extra: Config = {}
    for name, item in value.items():
        key = keys.get(name)
        if key is None or key.since > version:
            problems.unknown_key((*path, name), go_type)
            extra[name] = as_written(item)
        elif item is not None:
            found[name] = key.read(item, (*path, name), problems, version)
    return {name: found[name] for name in keys if name in found}, extra
