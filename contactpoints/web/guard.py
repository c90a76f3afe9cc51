"""Guard: before a request reaches its view, it is known who asks, and that this one may.

A view that says no role (:mod:`.describing`) is open to nobody. What is not there answers only to
those who may see something, so strangers cannot find out what there is.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix

from contactpoints.access.gate import Gate
from contactpoints.access.identity import NOBODY, Actor, Identity
from contactpoints.access.refusals import NotLetInError, ThrottledError
from contactpoints.access.roles import INGEST, PUBLIC, Role
from contactpoints.web import cookies, origin
from contactpoints.web.body import DRAINED
from contactpoints.web.describing import described

log = logging.getLogger(__name__)

EXTENSION = "contactpoints.access"
OF_BROWSERS = frozenset({"HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_SEC_FETCH_SITE"})
CHALLENGE = 'Bearer realm="contactpoints"'
CHALLENGES = f'{CHALLENGE}, Basic realm="contactpoints", charset="UTF-8"'


def install(app: Flask, gate: Gate) -> None:
    """Let nobody into ``app`` but whom ``gate`` knows.

    Views read bodies up to their own limit and throw away some more, so that the answer is heard.
    """
    app.extensions[EXTENSION] = gate
    app.before_request(check)
    app.config["MAX_CONTENT_LENGTH"] = gate.environment.max_body * (1 + DRAINED)
    if proxies := gate.environment.proxies:  # believed, because the operator says they are there
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def gate() -> Gate:
    """What says who may do what in the application that handles this request."""
    return cast(Gate, current_app.extensions[EXTENSION])


def who() -> Identity:
    """Who asks. Of an endpoint for everybody it may be :data:`NOBODY`."""
    if "identity" not in g:
        try:
            g.identity = _identify()
        except NotLetInError:
            g.identity = NOBODY
    return cast(Identity, g.identity)


def may(role: Role) -> bool:
    """Whether who asks may do what asks for ``role``."""
    return who().may(role)


def actor() -> Actor:
    """Who asks, and from where, for the audit log."""
    found = who()
    return Actor(found.name, found.role.value, request.remote_addr or "")


def check() -> None:
    """Before a view is reached.

    :raises Unauthorized, Forbidden, TooManyRequests: when it may not be.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    record = described(view)
    role = record.role if record else None
    if record and record.public_if and getattr(gate().environment, record.public_if):
        role = PUBLIC
    if role is PUBLIC:
        _check_origin()
        return
    try:
        g.identity = identity = _identify_poster() if role is INGEST else _identify()
    except ThrottledError as error:
        raise later(error) from None
    except NotLetInError as error:
        raise _stranger(error) from None
    if identity.kind == "open" and (problem := origin.problem_of_open(request.environ)):
        raise Forbidden(problem)
    _check_origin()
    if identity.kind == "session" and not origin.is_safe() and not cookies.has_word():
        raise Forbidden(f"the header {cookies.HEADER} is missing or old: load the page anew")
    if view is None:
        return  # routing says what is wrong
    if role is None or not identity.may(role):
        needed = f"this needs the role {role}" if role else "this is open to nobody"
        raise Forbidden(f"{needed}; {identity.name!r} has {identity.role}")


def _identify() -> Identity:
    its = gate()
    its.declared.settle()
    header = request.headers.get("Authorization")
    cookie = cookies.secret() if header is None else None
    return its.checker.identify(header, cookie, request.remote_addr or "")


def _identify_poster() -> Identity:
    """As :func:`_identify`; what was valid within the last second still is."""
    header = request.headers.get("Authorization")
    if header is None and "Cookie" in request.headers:
        return _identify()
    found = gate().checker.recent(header)
    return found or gate().checker.remember(header, _identify())


def known_poster(app: Flask, environ: Mapping[str, Any]) -> Identity | None:
    """Who posts a notification, when that is known from within the last second and no browser has
    a part in it; None when :func:`check` has to look.
    """
    if not OF_BROWSERS.isdisjoint(environ):
        return None
    checker = cast(Gate, app.extensions[EXTENSION]).checker
    found = checker.recent(environ.get("HTTP_AUTHORIZATION"))
    if found is None or not found.may(INGEST):
        return None
    return None if found.kind == "open" and origin.problem_of_open(environ) else found


def _check_origin() -> None:
    """:raises Forbidden: for a change that another site made a browser ask for."""
    if origin.is_safe() or request.headers.get("Authorization", "")[:7].lower() == "bearer ":
        return  # no browser adds that by itself
    if not origin.is_same():
        raise Forbidden("the request comes from another site")


class StrangerError(Unauthorized):
    """401, with the ways to show who one is."""

    def get_headers(self, *args: Any, **options: Any) -> list[tuple[str, str]]:
        """Browsers are not asked for Basic: they would, in a window of their own, for good."""
        challenge = CHALLENGE if "Sec-Fetch-Mode" in request.headers else CHALLENGES
        return [*super().get_headers(*args, **options), ("WWW-Authenticate", challenge)]


def _stranger(error: NotLetInError) -> Unauthorized:
    given = "Authorization" in request.headers or cookies.secret() is not None
    log.log(
        logging.INFO if given else logging.DEBUG,
        "access=refused address=%s method=%s path=%r reason=%r",
        request.remote_addr,
        request.method,
        request.path[:200],
        str(error),
    )
    return StrangerError(str(error))


def later(error: ThrottledError) -> TooManyRequests:
    """429, with a time to come back."""
    log.info("access=throttled address=%s path=%r", request.remote_addr, request.path[:200])
    return TooManyRequests(str(error), retry_after=max(1, math.ceil(error.wait)))
