"""Schemas of access: sessions, tokens, users, and the audit log."""

from __future__ import annotations

from marshmallow import Schema, validate
from marshmallow.fields import AwareDateTime, DateTime, Integer, List, Nested, String

from contactpoints.access.passwords import LONGEST, SHORTEST
from contactpoints.access.people import ROLES
from contactpoints.access.roles import HELD
from contactpoints.web.schemas.fields import LARGEST, about

YEARS = 100 * 366 * 24 * 3600  # seconds that a token may be valid


class SignIn(Schema):
    """Who signs in."""

    user = String(required=True, validate=validate.Length(1, 256))
    password = String(required=True, validate=validate.Length(1, LONGEST), load_only=True)


class SessionAnswer(Schema):
    """Who asks, and how that is known."""

    name = String(required=True)
    role = String(required=True, validate=validate.OneOf(HELD))
    kind = String(required=True, validate=validate.OneOf(["open", "token", "user", "session"]))
    contactPoint = String(  # noqa: N815
        required=True, allow_none=True, metadata=about("the only one that may be posted to")
    )
    csrfToken = String(  # noqa: N815
        required=True,
        allow_none=True,
        metadata=about("what a session sends in the header X-CSRF-Token with every change"),
    )
    expiresAt = DateTime(metadata=about("when a new session ends at the latest"))  # noqa: N815


class NewToken(Schema):
    """A token to be made."""

    name = String(required=True, validate=validate.Regexp(r"^\S(.{0,118}\S)?$"))
    role = String(required=True, validate=validate.OneOf(HELD))
    contactPoint = String(  # noqa: N815
        allow_none=True,
        validate=validate.Length(1, 1000),
        metadata=about("the only one that it may post to; for the role ingest"),
    )
    expiresIn = Integer(  # noqa: N815
        allow_none=True,
        strict=True,
        validate=validate.Range(1, YEARS),
        metadata=about("seconds that it is valid; for good if not said"),
    )
    expiresAt = AwareDateTime(  # noqa: N815
        allow_none=True, metadata=about("until when it is valid, instead of expiresIn")
    )


class Token(Schema):
    """A token, without the secret."""

    id = String(required=True)
    name = String(required=True)
    role = String(required=True, validate=validate.OneOf(HELD))
    contactPoint = String(required=True, allow_none=True)  # noqa: N815
    createdAt = DateTime(required=True)  # noqa: N815
    createdBy = String(required=True)  # noqa: N815
    expiresAt = DateTime(required=True, allow_none=True)  # noqa: N815
    revokedAt = DateTime(required=True, allow_none=True)  # noqa: N815
    usedAt = DateTime(  # noqa: N815
        required=True, allow_none=True, metadata=about("about when it was last used, to the hour")
    )


class MadeToken(Schema):
    """A new token. Its secret is shown here and never again."""

    id = String(required=True)
    token = String(required=True, metadata=about("the token itself"))
    name = String(required=True)
    role = String(required=True, validate=validate.OneOf(HELD))
    contactPoint = String(required=True, allow_none=True)  # noqa: N815
    expiresAt = DateTime(required=True, allow_none=True)  # noqa: N815


class NewUser(Schema):
    """A user to be made."""

    name = String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"))
    role = String(required=True, validate=validate.OneOf(ROLES))
    password = String(required=True, validate=validate.Length(SHORTEST, LONGEST), load_only=True)


class ChangedUser(Schema):
    """What to change of a user."""

    role = String(validate=validate.OneOf(ROLES))
    password = String(validate=validate.Length(SHORTEST, LONGEST), load_only=True)


class NewPassword(Schema):
    """One's own password, and another one."""

    current = String(required=True, validate=validate.Length(1, LONGEST), load_only=True)
    password = String(required=True, validate=validate.Length(SHORTEST, LONGEST), load_only=True)


class User(Schema):
    """A person with a password."""

    name = String(required=True)
    role = String(required=True, validate=validate.OneOf(ROLES))
    createdAt = DateTime(required=True)  # noqa: N815
    passwordChangedAt = DateTime(required=True)  # noqa: N815


class Done(Schema):
    """It was done."""

    message = String(required=True)


class AuditQuery(Schema):
    """Which entries."""

    limit = Integer(validate=validate.Range(1, 1000), metadata=about("how many; 100 if not said"))
    before = Integer(validate=validate.Range(0, LARGEST), metadata=about("only earlier numbers"))


class AuditEntry(Schema):
    """One thing that was done."""

    id = Integer(required=True)
    at = DateTime(required=True)
    who = String(required=True)
    role = String(required=True)
    address = String(required=True)
    action = String(required=True)
    object = String(required=True)
    detail = String(required=True)


class Audit(Schema):
    """A page of the audit log, the latest first."""

    entries = List(Nested(AuditEntry), required=True)
    next = String(required=True, allow_none=True, metadata=about("the address of the next page"))
