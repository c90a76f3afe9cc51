"""The pages to sign in and out."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import HTTPException

from contactpoints.access.roles import PUBLIC
from contactpoints.web import session
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page


@blueprint.get("/sign-in")
@endpoint(PUBLIC, "The form to sign in", tags=["Pages"])
def sign_in_form() -> Response:
    """Leads on to ``next``."""
    return page("sign_in.html", next=own(request.args.get("next", "")))


@blueprint.post("/sign-in")
@endpoint(PUBLIC, "Sign in", tags=["Pages"], answers={303: None})
def signed_in() -> Response:
    """Opens a session, or says why not."""
    onward = own(request.form.get("next", ""))
    name = request.form.get("user", "")
    try:
        found = session.sign_in(name, request.form.get("password", ""))
    except HTTPException as error:
        said = error.description or error.name
        return page("sign_in.html", error.code or 401, next=onward, user=name, problem=said)
    return led(found, onward)


@blueprint.post("/sign-out")
@endpoint(PUBLIC, "Sign out", tags=["Pages"], answers={303: None})
def signed_out() -> Response:
    """Ends the session."""
    return led(session.signed_out(), "/sign-in")


def led(response: Response, where: str) -> Response:
    """The same answer, cookies and all, as a redirect."""
    found = Response("", 303, {"Location": where})
    for cookie in response.headers.getlist("Set-Cookie"):
        found.headers.add("Set-Cookie", cookie)
    return found


def own(address: str) -> str:
    """An address of ours to go on to, whatever somebody has put into a link.

    >>> [own(each) for each in ("/support?a=b", "//evil.example", "/\\\\evil.example", "https://e.example")]
    ['/support?a=b', '/', '/', '/']
    """
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours and not any(ord(each) < 32 for each in address) else "/"
