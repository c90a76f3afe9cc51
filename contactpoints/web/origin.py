"""Origin: whether another site made a browser send a request; what an open service answers to.

https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from flask import request

from contactpoints.access.opening import host_of, is_local_host

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PROXIED = frozenset(  # Forwarded, Via and others, as WSGI calls them
    f"HTTP_{name}"
    for name in ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_REAL_IP", "VIA")
)
FIRST = "give somebody access first: `contactpoints token create NAME --role admin`"


def is_safe() -> bool:
    """Whether the method only looks: no view changes anything by it."""
    return request.method in SAFE


def is_same() -> bool:
    """Whether the request comes from our own pages, or from no browser at all."""
    headers = request.headers
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    said = headers.get("Origin") or headers.get("Referer")
    if said is None:
        return True
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return bool(parts.netloc) and parts.netloc.lower() == request.host.lower()


def problem_of_open() -> str | None:
    """Why this request cannot be answered while everybody may do everything: it may come from
    elsewhere, through a proxy or through a browser whose page has a name that leads here.
    """
    if not is_local_host(host_of(request.headers.get("Host", ""))):
        return f"an open service answers only to the host localhost; {FIRST}"
    if not PROXIED.isdisjoint(request.environ):
        return f"an open service answers to no proxy; {FIRST}"
    if not (_is_local_connection() and is_local_host(request.remote_addr or "localhost")):
        return f"an open service answers only to its own machine; {FIRST}"
    return None


def _is_local_connection() -> bool:
    """Whether the connection came in at an address that only this machine has, as far as known."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return True
    try:
        if connection.family == socket.AF_UNIX:
            return True
        return is_local_host(connection.getsockname()[0])
    except OSError:
        return False
