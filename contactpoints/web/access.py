"""Access: tokens for programs and users, made and taken back by administrators."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from contactpoints.access.roles import ADMIN, Role
from contactpoints.admin.refusals import InvalidError
from contactpoints.web.answers import answer, at
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import actor, gate
from contactpoints.web.loading import body_of
from contactpoints.web.schemas.access import (
    ChangedUser,
    Done,
    MadeToken,
    NewToken,
    NewUser,
    Token,
    User,
)

blueprint = Blueprint("access", __name__, url_prefix="/api/v1")


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


from contactpoints.web import audit, session  # noqa: E402, F401 - each adds its views
