"""Quick: the plain post of a known sender, taken in without Flask's machinery around it.

Nearly all posts are alike: a body of known length, not packed, from a sender who was let in a
moment ago. What Flask does around a view costs more than to take such a post in. Everything else,
and everything that goes wrong, is the view's business (:mod:`.webhook`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import BadRequest

from contactpoints.delivery.metrics import received
from contactpoints.web import EXTENSION
from contactpoints.web.body import BROKEN, PIECE
from contactpoints.web.guard import known_poster
from contactpoints.web.headers import OF_JSON, TLS, TLS_NAME

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FAILED = "contactpoints.failed"
"""Where the environment of a request holds the error that the view has to answer."""

PATH = "/webhook"
PACKED = frozenset({"HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING"})
OVER_TLS = (*OF_JSON, (TLS_NAME, TLS))

counted = cache(received.labels)
"""The counter of one answer."""


class Quick:
    """Answers such posts itself, and hands everything else to ``beneath``."""

    def __init__(self, app: Flask, beneath: WSGIApplication) -> None:
        self.app = app
        self.beneath = beneath

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "POST" and path.startswith(PATH):
            data = self._taken(environ, path)
            if data is not None:
                more = OVER_TLS if environ["wsgi.url_scheme"] == "https" else OF_JSON
                own = ("Content-Type", "application/json"), ("Content-Length", str(len(data)))
                start_response("202 ACCEPTED", [*own, *more])
                return [data]
        return self.beneath(environ, start_response)

    def _taken(self, environ: WSGIEnvironment, path: str) -> bytes | None:
        """The answer; None when it is the view's to give."""
        name = path[len(PATH) + 1 :]
        if path[len(PATH) : len(PATH) + 1] not in ("", "/") or not _is_plain(name):
            return None
        its = self.app.extensions[EXTENSION]
        said = environ.get("CONTENT_LENGTH", "")
        size = int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
        if not 0 < size <= min(PIECE, its.environment.max_body) or not PACKED.isdisjoint(environ):
            return None
        poster = known_poster(self.app, environ)
        if poster is None:
            return None
        try:
            body = _read(environ["wsgi.input"], size)
            accepted = its.outbox.post(body, name or None, only=poster.contact_point)
        except Exception as error:
            environ[FAILED] = error
            environ["wsgi.input"] = BytesIO()
            return None
        counted("duplicate" if accepted.duplicate else "accepted").inc()
        return b'{"notification": %d, "deliveries": [%b], "duplicate": %b}\n' % (
            accepted.notification,
            ", ".join(map(str, accepted.deliveries)).encode(),
            b"true" if accepted.duplicate else b"false",
        )


def _is_plain(name: str) -> bool:
    """Whether a name in a path is the same however it is decoded."""
    return name.isascii() and name.isprintable()


def _read(stream: Any, size: int) -> bytes:
    """:raises BadRequest: when it does not come in whole."""
    try:
        body: bytes = stream.read(size)
    except Exception:  # the server's own errors for a broken stream have no common name
        raise BadRequest(BROKEN) from None
    if len(body) != size:
        raise BadRequest(BROKEN)
    return body
