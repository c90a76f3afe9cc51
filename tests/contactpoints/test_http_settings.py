"""Which parts of an HTTP configuration are secret, in the shape of either family."""

from __future__ import annotations

from typing import Any

import pytest

from alertmanager_configs.problems import Path
from contactpoints.http_settings import HttpConfig, SmtpTls

GRAFANA: dict[str, Any] = {
    "oauth2": {
        "client_id": "id",
        "client_secret": "s",
        "tls_config": {"ca": "c", "key": "k", "insecure_skip_verify": True},
        "proxy_config": {"proxy_url": "http://proxy", "proxy_connect_header": {"A": "b"}},
    }
}
ALERTMANAGER: dict[str, Any] = {
    "basic_auth": {"username": "u", "password": "p"},
    "authorization": None,
    "tls_config": {"ca": "c", "key": "k"},
    "proxy_url": "http://user:password@proxy",
    "http_headers": {"A": {"values": ["v"], "secrets": ["s"], "files": ["f"]}, "B": None},
    "oauth2": {"client_id": "id", "client_secret": "s", "proxy_url": "http://proxy"},
}


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        (
            GRAFANA,
            {
                ("oauth2", "client_secret"),
                ("oauth2", "tls_config", "ca"),
                ("oauth2", "tls_config", "key"),
                ("oauth2", "proxy_config", "proxy_connect_header"),
            },
        ),
        (
            ALERTMANAGER,
            {
                ("basic_auth", "password"),
                ("tls_config", "key"),
                ("proxy_url",),
                ("http_headers", "A", "secrets", 0),
                ("oauth2", "client_secret"),
            },
        ),
        ({}, set()),
    ],
)
def test_each_family_hides_what_it_declares_as_secret(
    value: dict[str, Any], hidden: set[Path]
) -> None:
    assert set(HttpConfig().secrets(value)) == hidden


def test_of_a_mail_servers_certificates_the_key_is_secret() -> None:
    assert list(SmtpTls().secrets({"ca": "c", "key": "k", "server_name": "s"})) == [("key",)]
