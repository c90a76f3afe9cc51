"""Tokens: secrets for programs, as ``cp_<id>_<secret>``. Only the digest of one is ever stored.

The secret has 160 random bits, so a fast digest is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Any, Protocol

from contactpoints.access.identity import Identity
from contactpoints.access.refusals import EndedError, NotLetInError
from contactpoints.access.roles import Role

FORM = re.compile(r"cp_([0-9a-f]{12})_([0-9a-f]{40})")
DECLARED = "environment"
"""The id of the token that the environment says, when it has another form."""
DECLARED_BY = "(environment)"
"""Who made it; no user can be called so."""
NOTED_EVERY = 3600.0  # seconds; that a token is used is written down no more often
WRONG = "the credentials are not valid"
_NONE = secrets.token_bytes(32)  # compared with when there is no such token


class Row(Protocol):
    """A row of the table of tokens."""

    id: Any
    name: Any
    role: Any
    contact_point: Any
    digest: Any
    expires_at: Any
    revoked_at: Any


def new() -> tuple[str, str]:
    """A new token: its id, and the whole of it."""
    id = secrets.token_hex(6)
    return id, f"cp_{id}_{secrets.token_hex(20)}"


def id_of(text: str) -> str:
    """The id under which a token is stored."""
    found = FORM.fullmatch(text)
    return found[1] if found else DECLARED


def digest_of(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def identify(text: str, row: Row | None, now: float) -> Identity:
    """Who shows the token ``text``, given the row of its id.

    It takes the same time whether there is such a row or not.

    :raises EndedError: when it is revoked or expired. Only who has the whole of it gets to know.
    :raises NotLetInError: when it is wrong.
    """
    fits = hmac.compare_digest(digest_of(text), bytes(row.digest) if row else _NONE)
    if row is None or not fits:
        raise NotLetInError(WRONG)
    if row.revoked_at is not None:
        raise EndedError("the token was revoked")
    if row.expires_at is not None and row.expires_at <= now:
        raise EndedError("the token has expired")
    return Identity(row.name, Role(row.role), "token", row.contact_point)
