"""Sessions of requests: TLS, proxies and pooled connections, one for each configuration."""

from __future__ import annotations

import functools
import ipaddress
import json
import logging
import ssl
import tempfile
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from contactpoints.delivery.deadline import POOLS
from contactpoints.delivery.outcome import DeliveryError

CONNECTIONS = 64  # kept open to one host
SESSIONS = 1024
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


class _Adapter(HTTPAdapter):
    def __init__(self, tls: Mapping[str, Any], connect_headers: Mapping[str, str]) -> None:
        self._tls = tls
        self._connect_headers = dict(connect_headers)
        super().__init__(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        context = tls_context(self._tls)
        options |= {"ssl_context": context, "cert_reqs": context.verify_mode}
        if self._tls.get("insecure_skip_verify"):
            options["assert_hostname"] = False
        if self._tls.get("server_name"):
            options["server_hostname"] = self._tls["server_name"]
        self._options = {key: options[key] for key in options.keys() - {"block"}}
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **{**options, **self._options})
        manager.pool_classes_by_scheme = POOLS
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        return {**super().proxy_headers(proxy), **self._connect_headers}

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}  # certificates are the context's business

    def cert_verify(self, *args: Any) -> None:
        """Nothing to do: the context verifies."""


@functools.lru_cache(SESSIONS)
def _session(key: str) -> requests.Session:
    tls, connect_headers = json.loads(key)
    session = requests.Session()
    session.trust_env = False  # no .netrc; proxies are decided below
    session.headers.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(tls, connect_headers)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


PLAIN = json.dumps([{}, {}])


def session_for(config: Mapping[str, Any]) -> requests.Session:
    """The session for the ``tls_config`` and ``proxy_connect_header`` of an ``http_config``."""
    tls = config.get("tls_config")
    headers = config.get("proxy_connect_header")
    if not tls and not headers:
        return _session(PLAIN)
    tls = {
        name: item if isinstance(item, bool) else _leaf(item) for name, item in (tls or {}).items()
    }
    for name in ("ca", "cert", "key"):  # files are read again, so that a renewed one is taken
        if tls.get(f"{name}_file"):
            tls[name] = text_of(tls, name)
    joined = {
        name: ", ".join(v) if isinstance(v, list) else v for name, v in (headers or {}).items()
    }
    return _session(json.dumps([tls, joined], sort_keys=True))


def _leaf(item: Any) -> Any:
    return text_of({"value": item}, "value") if hasattr(item, "path") else item


def proxies_for(url: str, config: Mapping[str, Any]) -> dict[str, str]:
    """The proxies for ``url``: ``proxy_url`` unless ``no_proxy`` covers it, or the environment."""
    proxy = config.get("proxy_url")
    if proxy:
        if bypasses(url, config.get("no_proxy") or ""):
            return {}
        return {"http": proxy, "https": proxy}
    if config.get("proxy_from_environment"):
        return dict(get_environ_proxies(url))
    return {}


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
