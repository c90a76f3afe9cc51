"""Cookies: the one that a browser keeps for a session, and the word against forged requests."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.sessions import Opened, is_word_of, word_of

NAME = "contactpoints"
HEADER, FIELD = "X-CSRF-Token", "csrf_token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def name() -> str:
    """With this prefix no other host, and no answer without TLS, can set it:
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
    """
    return f"__Host-{NAME}" if request.is_secure else NAME


def secret() -> str | None:
    """What the browser's session cookie says."""
    return request.cookies.get(name())


def give(response: Response, opened: Opened) -> None:
    """Put the cookie of a new session on an answer.

    Lax: whoever follows a link in a message is signed in; what changes something asks for more.
    """
    response.set_cookie(
        name(),
        opened.secret,
        expires=opened.expires_at,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def take(response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        name(), secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )


def word() -> str:
    """The word of the session of this request, for its forms; empty without one."""
    mine = secret()
    return word_of(mine) if mine else ""


def has_word() -> bool:
    """Whether the request brings the word of its session: in a header, or in a form's field."""
    mine = secret()
    said = request.headers.get(HEADER)
    if said is None and request.mimetype in FORMS:
        said = request.form.get(FIELD)
    return mine is not None and said is not None and is_word_of(mine, said)
