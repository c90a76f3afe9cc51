"""Exchange: one request and where its answers lead; no address is asked that must not be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from requests.sessions import SessionRedirectMixin
from requests.utils import check_header_validity, requote_uri, urldefragauth
from urllib3 import BaseHTTPResponse, Retry
from urllib3.util import parse_url

from contactpoints.delivery.deadline import left
from contactpoints.delivery.network import check_host
from contactpoints.delivery.transport import pool_for, proxy_for, tls_key

MOST_REQUESTS = 10  # one after the other, as Go's client
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPS_BODY = frozenset({307, 308})  # https://www.rfc-editor.org/rfc/rfc9110#section-15.4
OF_BODY = frozenset({"content-length", "content-type", "transfer-encoding"})
WITHOUT_BODY = frozenset({"GET", "HEAD"})
NO_METHOD = re.compile(r"[^-!#$%&'*+.^_`|~0-9a-zA-Z]")
PORTS = {"http": 80, "https": 443}
ADDRESSES = 4096  # that are remembered: most requests go where others went
ONCE = Retry(False)  # nothing is sent twice
strips_login: Callable[[str, str], bool] = SessionRedirectMixin().should_strip_auth


class Request(NamedTuple):
    """A request, ready to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


class _Place(NamedTuple):
    """Where a request goes, taken apart."""

    scheme: str
    host: str
    port: int | None
    target: str
    host_header: str


def prepared(method: str, url: str, headers: Mapping[str, str], data: Any, files: Any) -> Request:
    """A request, ready to be sent. ``data``: bytes, or the fields of a form. A header's value that
    is not ASCII goes out in UTF-8: of each of its bytes a character is made, as http.client does.

    :raises requests.RequestException, ValueError: when the address or a header is not valid.
    """
    method, url = method.upper(), _quoted(url)
    if NO_METHOD.search(method):
        raise ValueError("the method is not a word")
    headers = {k: v if v.isascii() else v.encode().decode("latin-1") for k, v in headers.items()}
    for name, value in headers.items():
        name.encode("ascii")
        check_header_validity((name, value))
    if files or isinstance(data, Mapping):
        form = requests.PreparedRequest()
        form.prepare_method(method)
        form.prepare_headers(headers)
        form.prepare_body(data, files)
        headers, data = form.headers, form.body
        data = data.encode() if isinstance(data, str) else data
    return Request(method, url, _framed(method, headers, data), data or None)


@lru_cache(ADDRESSES)
def _quoted(url: str) -> str:
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return str(request.url)


def _framed(method: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, str]:
    if not body and method in WITHOUT_BODY:
        return dict(headers)
    return {**headers, "Content-Length": str(len(body or b""))}


@lru_cache(ADDRESSES)
def _place(url: str, is_by_proxy: bool) -> _Place:
    parts = urlsplit(url)
    scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    if is_by_proxy and scheme == "http":  # the proxy is told all of it
        whole = parse_url(urldefragauth(url))
        return _Place(scheme, host, port, whole.url, whole.netloc or "")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = host.rstrip(".")
    name = f"[{name}]" if ":" in name else name
    name = name if port in (None, PORTS.get(scheme)) else f"{name}:{port}"
    return _Place(scheme, host, port, target, name)


def answered(request: Request, config: Mapping[str, Any]) -> BaseHTTPResponse:
    """The answer to ``request``, its body unread, once redirects are followed. Their own bodies,
    which may be endless, are never read.

    :raises requests.TooManyRedirects: when they do not end.
    """
    key = tls_key(config)
    follows = config.get("follow_redirects", True) is not False
    for _ in range(MOST_REQUESTS):
        proxy = proxy_for(request.url, config)
        place = _place(request.url, bool(proxy))
        check_host(place.host)
        response = pool_for(key, proxy, place.scheme, place.host, place.port).urlopen(
            request.method,
            place.target,
            request.body,
            {"Host": place.host_header, "Accept-Encoding": "identity", **request.headers},
            ONCE,
            redirect=False,
            assert_same_host=False,
            timeout=left(),
            preload_content=False,
        )
        target = response.headers.get("Location") if response.status in REDIRECTS else None
        if not target or not follows:
            return response
        close(response)
        request = redirected(request, response.status, target.encode("latin-1").decode())
    raise requests.TooManyRedirects


def close(response: BaseHTTPResponse) -> None:
    """Be done with an answer: a connection that has more to say is closed as well."""
    response.close()
    response.release_conn()


def redirected(request: Request, status: int, target: str) -> Request:
    """The request that a redirect asks for. Another host gets no Authorization header."""
    method, body = request.method, request.body
    if (status in (302, 303) and method != "HEAD") or (status == 301 and method == "POST"):
        method = "GET"
    url = urljoin(request.url, requote_uri(target))
    drops = {"authorization"} if strips_login(request.url, url) else set()
    if status not in KEEPS_BODY:
        body = None
        drops |= OF_BODY
    kept = {name: value for name, value in request.headers.items() if name.lower() not in drops}
    return Request(method, url, _framed(method, kept, body), body)
