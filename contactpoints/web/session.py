"""Session: people sign in and out, and see who they are."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.identity import Actor
from contactpoints.access.refusals import NotLetInError, ThrottledError
from contactpoints.access.roles import PUBLIC, VIEWER
from contactpoints.access.sessions import digest_of, word_of
from contactpoints.admin.refusals import ForbiddenError, InvalidError
from contactpoints.web import cookies
from contactpoints.web.access import blueprint
from contactpoints.web.answers import answer, at
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import StrangerError, actor, gate, later, who
from contactpoints.web.loading import body_of
from contactpoints.web.schemas.access import Done, NewPassword, SessionAnswer, SignIn


@blueprint.post("/session")
@endpoint(
    PUBLIC,
    "Sign in",
    tags=["Access"],
    body=SignIn,
    answers={200: SessionAnswer, 401: "the user or the password is wrong"},
)
def signed_in() -> Response:
    """A browser keeps the session in a cookie; every change sends ``csrfToken`` along."""
    given = body_of(SignIn())
    return sign_in(given["user"], given["password"])


def sign_in(name: str, password: str) -> Response:
    """The answer to who signs in, with the cookie.

    :raises Unauthorized, TooManyRequests: when that one does not get in.
    """
    its, address = gate(), request.remote_addr or ""
    its.declared.settle()
    try:
        identity, number = its.checker.sign_in(name, password, address)
    except ThrottledError as error:
        raise later(error) from None
    except NotLetInError as error:
        raise StrangerError(str(error)) from None
    by = Actor(identity.name, identity.role.value, address)
    opened = its.sessions.open(by, number, cookies.secret())
    shown = {
        "name": identity.name,
        "role": identity.role,
        "kind": "session",
        "contactPoint": None,
        "csrfToken": word_of(opened.secret),
        "expiresAt": at(opened.expires_at),
    }
    response = answer(shown)
    cookies.give(response, opened)
    return response


@blueprint.delete("/session")
@endpoint(PUBLIC, "Sign out", tags=["Access"], answers={200: Done})
def signed_out() -> Response:
    """The session ends, here and in the browser."""
    if (secret := cookies.secret()) is not None and cookies.has_word():
        gate().sessions.close(actor(), secret)
    elif secret is not None and who().kind == "session":
        raise ForbiddenError(f"the header {cookies.HEADER} is missing or old")
    response = answer({"message": "signed out"})
    cookies.take(response)
    return response


@blueprint.get("/session")
@endpoint(VIEWER, "Who am I", tags=["Access"], answers={200: SessionAnswer})
def session() -> Response:
    """The caller's name and role."""
    found = who()
    return answer(
        {
            "name": found.name,
            "role": found.role,
            "kind": found.kind,
            "contactPoint": found.contact_point,
            "csrfToken": cookies.word() if found.kind == "session" else None,
        }
    )


@blueprint.put("/session/password")
@endpoint(
    VIEWER, "Change one's own password", tags=["Access"], body=NewPassword, answers={200: Done}
)
def own_password() -> Response:
    """All other sessions of the user end."""
    found = who()
    if found.kind not in ("session", "user"):
        raise ForbiddenError("only a user has a password")
    given = body_of(NewPassword())
    its, address = gate(), request.remote_addr or ""
    try:
        its.checker.sign_in(found.name, given["current"], address)
    except ThrottledError as error:
        raise later(error) from None
    except NotLetInError:
        wrong = [{"path": "current", "message": "is not the password"}]
        raise InvalidError("the password was not changed", errors=wrong) from None
    secret = cookies.secret() if found.kind == "session" else None
    keep = digest_of(secret) if secret else None
    its.users.set_password(actor(), found.name, given["password"], keep=keep)
    return answer({"message": "the password was changed"})
