"""How a request says who it is: basic auth, a bearer token, OAuth2, extra headers."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

from alertmanager_configs.http_checks import JWT_BEARER
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.delivery.transport import text_of

EARLY = 10  # seconds before its end at which a token is renewed, as golang.org/x/oauth2

Post = Callable[..., Any]
"""Posts a form for a token: as Http.post, with ``hidden``: more that no error may show."""


def basic(username: str, password: str) -> str:
    """The Authorization header for a name and password, in UTF-8."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def password_of(header: str) -> str:
    """The password in an Authorization header of basic auth; nothing for another one."""
    kind, _, content = header.partition(" ")
    try:
        login = base64.b64decode(content) if kind == "Basic" else b""
    except ValueError:
        return ""
    return login.partition(b":")[2].decode("utf-8", "replace")


def login_headers(config: Mapping[str, Any], post: Post) -> dict[str, str]:
    """The headers that an ``http_config`` (either family's) adds to a request.

    :raises DeliveryError: when a secret's file cannot be read, or no token is given.
    """
    headers = {}
    for name, entry in (config.get("http_headers") or {}).items():
        values = [*(entry.get("values") or ()), *(entry.get("secrets") or ())]
        values += [text_of({"text_file": path}, "text") for path in entry.get("files") or ()]
        headers[name] = ", ".join(str(value) for value in values)
    if login := config.get("basic_auth"):
        headers["Authorization"] = basic(text_of(login, "username"), text_of(login, "password"))
    elif login := config.get("authorization"):
        secret = text_of(login, "credentials")
        headers["Authorization"] = f"{login.get('type') or 'Bearer'} {secret}".strip()
    elif secret := text_of(config, "bearer_token"):
        headers["Authorization"] = f"Bearer {secret}"
    elif login := config.get("oauth2"):
        headers["Authorization"] = _tokens.bearer(login, post)
    return headers


class _Tokens:
    """OAuth2 tokens, kept until they end: for the client's credentials, or for a signed grant.

    https://www.rfc-editor.org/rfc/rfc6749#section-4.4
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def bearer(self, login: Mapping[str, Any], post: Post) -> str:
        is_signed = login.get("grant_type") == JWT_BEARER
        secret = text_of(login, "client_certificate_key" if is_signed else "client_secret")
        key = hashlib.sha256(json.dumps([login, secret], default=str).encode()).hexdigest()
        with self._lock:
            header, ends = self._kept.get(key, ("", 0.0))
        if time.monotonic() < ends:
            return header
        header, lifetime = _ask(login, secret, post, is_signed=is_signed)
        with self._lock:
            self._kept[key] = header, time.monotonic() + lifetime - EARLY
        return header

    def forget(self) -> None:
        """Ask for new tokens next time: a target did not take one."""
        with self._lock:
            self._kept.clear()


_tokens = _Tokens()
forget_tokens = _tokens.forget


def _ask(
    login: Mapping[str, Any], secret: str, post: Post, *, is_signed: bool
) -> tuple[str, float]:
    grant = JWT_BEARER if is_signed else "client_credentials"
    form = {"grant_type": grant, **(login.get("endpoint_params") or {})}
    if scopes := login.get("scopes"):
        form["scope"] = " ".join(scopes)
    transport = {**login, **(login.get("proxy_config") or {})}
    keep = ("tls_config", "proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header")
    config = {name: transport[name] for name in keep if transport.get(name)}
    url = str(login.get("token_url", ""))
    if is_signed:
        from contactpoints.delivery.signed_grant import signed_grant

        form["assertion"] = signed_grant(login, secret)
        answer = post(url, data=form, http_config=config, hidden=[form["assertion"]]).json()
    else:
        answer = _by_secret(url, form, str(login.get("client_id", "")), secret, config, post)
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise DeliveryError("the OAuth2 server gave no token", reason="authError")
    kind = str(answer.get("token_type") or "Bearer")
    lifetime = answer.get("expires_in")
    seconds = float(lifetime) if isinstance(lifetime, int | float) else 0.0
    return f"{'Bearer' if kind.lower() == 'bearer' else kind} {token}", seconds or 10**9


def _by_secret(
    url: str, form: dict[str, str], identity: str, secret: str, config: dict[str, Any], post: Post
) -> Any:
    header = {"Authorization": basic(quote_plus(identity), quote_plus(secret))}
    try:
        return post(url, data=form, headers=header, http_config=config).json()
    except DeliveryError as error:  # some servers take the client's name in the form only
        if error.status not in (400, 401, 403):
            raise
    form |= {"client_id": identity, "client_secret": secret}
    return post(url, data=form, http_config=config).json()
