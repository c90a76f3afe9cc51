"""Transport: TLS, proxies and pooled connections, for each configuration its own."""

from __future__ import annotations

import base64
import functools
import ipaddress
import json
import logging
import os
import ssl
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from requests.utils import (
    get_auth_from_url,
    get_environ_proxies,
    prepend_scheme_if_needed,
    select_proxy,
)
from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager
from urllib3.util import parse_url

from contactpoints.delivery.connection import POOLS
from contactpoints.delivery.outcome import DeliveryError

CONNECTIONS = 64  # kept open to one host
HOSTS = 256  # to which connections are kept open
CONFIGURATIONS = 1024
PROXY_VARIABLES = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)
TLS_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}


for _name in ("urllib3", "botocore"):  # what they log for debugging has addresses and keys in it
    logging.getLogger(_name).setLevel(logging.WARNING)


def text_of(holder: Mapping[str, Any], name: str) -> str:
    """The value ``name``, or what stands in the file that ``name_file`` points at, trimmed.

    :raises DeliveryError: when the file cannot be read: it may be there later.
    """
    value = holder.get(name)
    path = getattr(value, "path", None) or holder.get(f"{name}_file")
    if (isinstance(value, str) and value) or not path:
        return str(value or "")
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DeliveryError(f"the file for {name} cannot be read: {problem}") from None


def tls_context(tls: Mapping[str, Any]) -> ssl.SSLContext:
    """A client's context for Alertmanager's ``tls_config``. :raises DeliveryError: for bad PEM."""
    try:
        ca = text_of(tls, "ca")
        context = ssl.create_default_context(cadata=ca or None)
        if not ca:
            context.load_verify_locations(certifi.where())  # where the system has no authorities
        if tls.get("min_version"):
            context.minimum_version = TLS_VERSIONS[tls["min_version"]]
        if tls.get("max_version"):
            context.maximum_version = TLS_VERSIONS[tls["max_version"]]
        if tls.get("insecure_skip_verify"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certificate, key = text_of(tls, "cert"), text_of(tls, "key")
        if certificate or key:
            with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:  # mode 0600
                file.write(f"{certificate}\n{key}\n")
                file.flush()
                context.load_cert_chain(file.name)
    except (ssl.SSLError, ValueError, KeyError):
        raise DeliveryError(
            "the TLS settings cannot be used: a certificate or key is not good PEM",
            reason="clientError",
            permanent=True,
        ) from None
    return context


@functools.lru_cache(CONFIGURATIONS)
def _manager(key: str, proxy: str) -> PoolManager:
    """What makes the pools for one configuration, and for one proxy."""
    tls, connect_headers = json.loads(key)
    context = tls_context(tls)
    options: dict[str, Any] = {
        "num_pools": HOSTS,
        "maxsize": CONNECTIONS,
        "ssl_context": context,
        "cert_reqs": context.verify_mode,
    }
    if tls.get("insecure_skip_verify"):
        options["assert_hostname"] = False
    if tls.get("server_name"):
        options["server_hostname"] = tls["server_name"]
    if proxy:
        options["proxy_headers"] = {**_proxy_login(proxy), **connect_headers}
    manager = ProxyManager(proxy, **options) if proxy else PoolManager(**options)
    manager.pool_classes_by_scheme = POOLS
    return manager


def _proxy_login(proxy: str) -> dict[str, str]:
    name, password = get_auth_from_url(proxy)
    if not name:
        return {}
    login = base64.b64encode(f"{name}:{password}".encode("latin-1")).decode()
    return {"Proxy-Authorization": f"Basic {login}"}


_making = threading.Lock()  # certificates take long to load: once, also when many threads begin


@functools.lru_cache(HOSTS)
def pool_for(key: str, proxy: str, scheme: str, host: str, port: int | None) -> HTTPConnectionPool:
    """The connections to a host, by way of ``proxy`` (an address, or nothing), for the TLS settings
    of ``key``, which is of :func:`tls_key`.

    :raises requests.RequestException: when there is no such address or proxy.
    """
    if scheme not in POOLS:
        raise requests.exceptions.InvalidSchema(scheme)
    if proxy and not parse_url(proxy).host:
        raise requests.exceptions.InvalidProxyURL
    with _making:
        return _manager(key, proxy).connection_from_host(host, port, scheme)


PLAIN = json.dumps([{}, {}])


def tls_key(config: Mapping[str, Any]) -> str:
    """What tells connections apart: the ``tls_config`` and ``proxy_connect_header`` of an
    ``http_config``, as JSON.
    """
    tls = config.get("tls_config")
    headers = config.get("proxy_connect_header")
    if not tls and not headers:
        return PLAIN
    tls = {
        name: item if isinstance(item, bool) else _leaf(item) for name, item in (tls or {}).items()
    }
    for name in ("ca", "cert", "key"):  # files are read again, so that a renewed one is taken
        if tls.get(f"{name}_file"):
            tls[name] = text_of(tls, name)
    joined = {
        name: ", ".join(v) if isinstance(v, list) else v for name, v in (headers or {}).items()
    }
    return json.dumps([tls, joined], sort_keys=True)


def _leaf(item: Any) -> Any:
    return text_of({"value": item}, "value") if hasattr(item, "path") else item


def proxy_for(url: str, config: Mapping[str, Any]) -> str:
    """The proxy for ``url``: ``proxy_url`` unless ``no_proxy`` covers it, or the environment's, or
    nothing.
    """
    proxy = config.get("proxy_url")
    if proxy:
        if bypasses(url, config.get("no_proxy") or ""):
            return ""
    elif config.get("proxy_from_environment") and any(map(os.environ.get, PROXY_VARIABLES)):
        proxy = select_proxy(url, get_environ_proxies(url))
    return str(prepend_scheme_if_needed(proxy, "http")) if proxy else ""  # type: ignore[no-untyped-call]


def bypasses(url: str, no_proxy: str) -> bool:
    """Whether ``no_proxy`` (names, domains, addresses, networks, with commas) covers the host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    for item in filter(None, (word.strip().lower() for word in no_proxy.split(","))):
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(item, strict=False):
                return True
        except ValueError:
            name, _, port = item.partition(":")
            domain = name.lstrip("*").lstrip(".")
            fits = item == "*" or host == domain or host.endswith("." + domain)
            if fits and (not port or port == str(parts.port)):
                return True
    return False
