"""Exchange: one request and where its answers lead; no address is asked that must not be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.utils import requote_uri

from contactpoints.delivery.deadline import left
from contactpoints.delivery.network import check_host
from contactpoints.delivery.transport import proxies_for

MOST_REQUESTS = 10  # one after the other, as Go's client
KEEPS_BODY = frozenset({307, 308})  # https://www.rfc-editor.org/rfc/rfc9110#section-15.4
OF_BODY = ("Content-Length", "Content-Type", "Transfer-Encoding")


ADDRESSES = 4096  # whose quoted form is remembered: most requests go where others went


def prepared(
    method: str, url: str, headers: Mapping[str, Any], data: Any, files: Any
) -> requests.PreparedRequest:
    """A request, ready to be sent. A session's own way takes three times as long, for what no
    session here has: cookies, hooks, a login.

    :raises requests.RequestException: when the address or a header is not valid.
    """
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.url = _quoted(url)
    request.prepare_headers(headers)
    request.prepare_body(data, files)
    return request


@lru_cache(ADDRESSES)
def _quoted(url: str) -> str:
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return str(request.url)


def answered(
    session: requests.Session, request: requests.PreparedRequest, config: Mapping[str, Any]
) -> requests.Response:
    """The answer to ``request``, its body unread, once redirects are followed. Their own bodies,
    which may be endless, are never read: requests' own session would, even when it follows none.

    :raises requests.TooManyRedirects: when they do not end.
    """
    follows = config.get("follow_redirects", True) is not False
    for _ in range(MOST_REQUESTS):
        url = str(request.url)
        check_host(urlsplit(url).hostname or "")
        rest = left()
        response = session.get_adapter(url).send(
            request, stream=True, timeout=(rest, rest), proxies=proxies_for(url, config)
        )
        target = session.get_redirect_target(response) if follows else None
        if not target:
            return response
        response.close()
        request = redirected(session, request, response, target)
    raise requests.TooManyRedirects


def redirected(
    session: requests.Session,
    request: requests.PreparedRequest,
    response: requests.Response,
    target: str,
) -> requests.PreparedRequest:
    """The request that a redirect asks for. Another host gets no Authorization header."""
    following = request.copy()
    following.url = urljoin(str(request.url), requote_uri(target))
    session.rebuild_method(following, response)
    if response.status_code not in KEEPS_BODY:
        for name in OF_BODY:
            following.headers.pop(name, None)
        following.body = None
    session.rebuild_auth(following, response)  # type: ignore[no-untyped-call]
    return following
