"""Which parts of an HTTP configuration are secret, in the shape of either family."""

from __future__ import annotations

from typing import Any

import pytest

from alertmanager_configs.problems import Path
from contactpoints.http_crossing import for_grafana
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


def crossed(**oauth2: Any) -> tuple[Any, list[tuple[str, str]]]:
    """What Grafana gets of Alertmanager's OAuth2, and what is said to be lost."""
    lost: list[tuple[str, str]] = []
    login = {"client_id": "id", "token_url": "http://t", **oauth2}
    given = for_grafana({"oauth2": login}, lambda place, _, why: lost.append((place, why)))
    return given, lost


def test_what_grafana_does_anyway_is_no_loss() -> None:
    given, lost = crossed(client_secret="s", grant_type="client_credentials")
    assert given == {"oauth2": {"client_id": "id", "token_url": "http://t", "client_secret": "s"}}
    assert lost == []


def test_grafana_gets_no_oauth2_that_it_would_refuse() -> None:
    """One that is not whole keeps Grafana from loading the contact point."""
    assert crossed(client_secret_file="/s")[1] == []
    given, lost = crossed(scopes=["a"])
    assert given is None
    assert lost == [("http_config.oauth2", "Grafana takes none without client_secret")]
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    given, lost = crossed(grant_type=grant, client_certificate_key="k", claims={"a": "b"})
    assert given is None
    assert lost == [("http_config.oauth2", "Grafana's OAuth2 has no signed grant")]
