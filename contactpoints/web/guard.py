"""Guard: before a request reaches its view, it is known who asks, and that this one may.

A view that says no role (:mod:`.describing`) is open to nobody. What is not there answers only to
those who may see something, so strangers cannot find out what there is.
"""

from __future__ import annotations

import logging
import math
from typing import cast

from flask import Flask, Response, current_app, g, request

from contactpoints.access.gate import Gate
from contactpoints.access.identity import NOBODY, Actor, Identity
from contactpoints.access.refusals import NotLetInError, ThrottledError
from contactpoints.access.roles import INGEST, PUBLIC, Role
from contactpoints.web import cookies, origin
from contactpoints.web.answers import failure
from contactpoints.web.describing import described

log = logging.getLogger(__name__)

EXTENSION = "contactpoints.access"
CHALLENGE = 'Bearer realm="contactpoints"'
CHALLENGES = f'{CHALLENGE}, Basic realm="contactpoints", charset="UTF-8"'


def install(app: Flask, gate: Gate) -> None:
    """Let nobody into ``app`` but whom ``gate`` knows."""
    app.extensions[EXTENSION] = gate
    app.before_request(check)


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


def check() -> Response | None:
    """None when the view may be reached, else the answer."""
    view = current_app.view_functions.get(request.endpoint or "")
    record = described(view)
    role = record.role if record else None
    if record and record.public_if and getattr(gate().environment, record.public_if):
        role = PUBLIC
    if role is PUBLIC:
        return None if origin.is_safe() else _forged()
    try:
        g.identity = identity = _identify_poster() if role is INGEST else _identify()
    except ThrottledError as error:
        return _later(error)
    except NotLetInError as error:
        return _stranger(error)
    if identity.kind == "open" and (problem := origin.problem_of_open()):
        return failure(problem, 403)
    if not origin.is_safe() and (refusal := _forged()):
        return refusal
    if identity.kind == "session" and not origin.is_safe() and not cookies.has_word():
        return failure(
            "the word against forged requests is missing or old: load the page anew", 403
        )
    if view is None:
        return None  # routing says what is wrong
    if role is None or not identity.may(role):
        needed = f"this needs the role {role}" if role else "this is open to nobody"
        return failure(f"{needed}; {identity.name!r} has {identity.role}", 403)
    return None


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


def _forged() -> Response | None:
    """The answer to a request that another site made a browser send."""
    if request.headers.get("Authorization", "")[:7].lower() == "bearer ":
        return None  # no browser adds this by itself
    if origin.is_same():
        return None
    return failure("the request comes from another site", 403)


def _stranger(error: NotLetInError) -> Response:
    given = "Authorization" in request.headers or cookies.secret() is not None
    log.log(
        logging.INFO if given else logging.DEBUG,
        "access=refused address=%s method=%s path=%r reason=%r",
        request.remote_addr,
        request.method,
        request.path[:200],
        str(error),
    )
    challenge = CHALLENGE if "Sec-Fetch-Mode" in request.headers else CHALLENGES
    return failure(str(error), 401, headers={"WWW-Authenticate": challenge})


def _later(error: ThrottledError) -> Response:
    log.info("access=throttled address=%s path=%r", request.remote_addr, request.path[:200])
    wait = str(max(1, math.ceil(error.wait)))
    return failure(str(error), 429, headers={"Retry-After": wait})
