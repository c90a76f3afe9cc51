"""Origin: whether another site made a browser send a request; what an open service answers to.

https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

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


def problem_of_open(environ: Mapping[str, Any]) -> str | None:
    """Why a request cannot be answered while everybody may do everything: it may come from
    elsewhere, through a proxy or through a browser whose page has a name that leads here.
    ``environ``: what WSGI says of it.
    """
    if not is_local_host(host_of(environ.get("HTTP_HOST", ""))):
        return f"an open service answers only to the host localhost; {FIRST}"
    if not PROXIED.isdisjoint(environ):
        return f"an open service answers to no proxy; {FIRST}"
    address = environ.get("REMOTE_ADDR") or "localhost"
    if not (_is_local_connection(environ) and is_local_host(address)):
        return f"an open service answers only to its own machine; {FIRST}"
    return None


_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
"""Connections: where one came in stays so, and to ask the system is a wait for other threads."""


def _is_local_connection(environ: Mapping[str, Any]) -> bool:
    """Whether the connection came in at an address that only this machine has, as far as known."""
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return True
    found = _known.get(connection)
    if found is None:
        try:
            is_unix = connection.family == socket.AF_UNIX
            found = is_unix or is_local_host(connection.getsockname()[0])
        except OSError:
            return False
        _known[connection] = found
    return found
