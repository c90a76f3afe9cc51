"""Access: sign in and out, tokens for programs, users, and what was done by whom."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from contactpoints.access.identity import Actor
from contactpoints.access.refusals import NotLetInError, ThrottledError
from contactpoints.access.roles import ADMIN, PUBLIC, VIEWER, Role
from contactpoints.access.sessions import digest_of, word_of
from contactpoints.admin.refusals import ForbiddenError, InvalidError
from contactpoints.storage.audits import find
from contactpoints.web import cookies, service
from contactpoints.web.answers import answer, at
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import StrangerError, actor, gate, later, who
from contactpoints.web.loading import body_of, query_of
from contactpoints.web.schemas.access import (
    Audit,
    AuditQuery,
    ChangedUser,
    Done,
    MadeToken,
    NewPassword,
    NewToken,
    NewUser,
    SessionAnswer,
    SignIn,
    Token,
    User,
)

blueprint = Blueprint("access", __name__, url_prefix="/api/v1")


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


@blueprint.get("/access/tokens")
@endpoint(ADMIN, "List tokens", tags=["Access"], answers={200: Token(many=True)})
def tokens() -> Response:
    """All tokens without their secrets, the latest first."""
    return answer([token_shown(row) for row in gate().tokens.listed()])


@blueprint.post("/access/tokens")
@endpoint(ADMIN, "Make a token", tags=["Access"], body=NewToken, answers={201: MadeToken})
def token_made() -> Response:
    """The answer is the only time that the token is shown."""
    given = body_of(NewToken())
    made = gate().tokens.create(
        actor(), given["name"], Role(given["role"]), given.get("contactPoint"), _end(given)
    )
    shown = {
        "id": made.id,
        "token": made.secret,
        "name": made.name,
        "role": made.role,
        "contactPoint": made.contact_point,
        "expiresAt": at(made.expires_at),
    }
    return answer(shown, 201)


def _end(given: dict[str, Any]) -> float | None:
    seconds, moment = given.get("expiresIn"), given.get("expiresAt")
    if seconds is not None and moment is not None:
        wrong = [{"path": "expiresAt", "message": "cannot be said together with expiresIn"}]
        raise InvalidError("the token cannot be made", errors=wrong)
    if isinstance(moment, datetime):
        return moment.timestamp()
    return None if seconds is None else time.time() + seconds


@blueprint.delete("/access/tokens/<id>")
@endpoint(ADMIN, "Revoke a token", tags=["Access"], answers={200: Done})
def token_revoked(id: str) -> Response:
    """It is not valid any more, at once for administration, within a second for notifications."""
    gate().tokens.revoke(actor(), id)
    return answer({"message": "the token was revoked"})


def token_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is answered."""
    return {
        "id": row["id"],
        "name": row["name"],
        "role": row["role"],
        "contactPoint": row["contact_point"],
        "createdAt": at(row["created_at"]),
        "createdBy": row["created_by"],
        "expiresAt": at(row["expires_at"]),
        "revokedAt": at(row["revoked_at"]),
        "usedAt": at(row["used_at"]),
    }


@blueprint.get("/access/users")
@endpoint(ADMIN, "List users", tags=["Access"], answers={200: User(many=True)})
def users() -> Response:
    """All users, by name."""
    return answer([user_shown(row) for row in gate().users.listed()])


@blueprint.post("/access/users")
@endpoint(ADMIN, "Make a user", tags=["Access"], body=NewUser, answers={201: User})
def user_made() -> Response:
    """A person with a password."""
    given = body_of(NewUser())
    its = gate().users
    name = its.create(actor(), given["name"], Role(given["role"]), given["password"])
    row = next(row for row in its.listed() if row["name"] == name)
    return answer(user_shown(row), 201)


@blueprint.patch("/access/users/<name>")
@endpoint(ADMIN, "Change a user", tags=["Access"], body=ChangedUser, answers={200: Done})
def user_changed(name: str) -> Response:
    """Another role, or another password, which ends the user's sessions."""
    given = body_of(ChangedUser())
    its, by = gate().users, actor()
    if "password" in given:
        its.set_password(by, name, given["password"])
    if "role" in given:
        its.set_role(by, name, Role(given["role"]))
    return answer({"message": "the user was changed" if given else "nothing was changed"})


@blueprint.delete("/access/users/<name>")
@endpoint(ADMIN, "Delete a user", tags=["Access"], answers={200: Done})
def user_deleted(name: str) -> Response:
    """The user's sessions end at once."""
    gate().users.delete(actor(), name)
    return answer({"message": "the user was deleted"})


def user_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is answered."""
    return {
        "name": row["name"],
        "role": row["role"],
        "createdAt": at(row["created_at"]),
        "passwordChangedAt": at(row["changed_at"]),
    }


@blueprint.get("/audit")
@endpoint(ADMIN, "Show the audit log", tags=["Access"], query=AuditQuery, answers={200: Audit})
def audit() -> Response:
    """Who changed what, the latest first; ``next`` is the address of the page after this one."""
    given = query_of(AuditQuery())
    limit = given.get("limit", 100)
    with service().database.reading() as connection:
        rows = find(connection, limit=limit, before=given.get("before"))
    following = None
    if len(rows) == limit:
        following = f"{request.path}?limit={limit}&before={rows[-1]['id']}"
    return answer({"entries": [{**row, "at": at(row["at"])} for row in rows], "next": following})
