"""Pages: the screen for people. Jinja2 on the server, htmx for the parts that change, and nothing
from anywhere else.

A page asks the same functions as the HTTP API. Every page works without JavaScript, but for the
live parts.
"""

from __future__ import annotations

import hashlib
import json
import logging
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, send_from_directory, url_for
from werkzeug.exceptions import HTTPException, Unauthorized

from contactpoints.access.roles import PUBLIC, Role
from contactpoints.admin.refusals import Refused
from contactpoints.storage.database import StorageError
from contactpoints.web import cookies
from contactpoints.web.answers import LATER
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import may, who
from contactpoints.web.pages import filters

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600
HTMX = json.dumps(
    {
        "includeIndicatorStyles": False,  # a <style> of its own, which our policy does not allow
        "allowEval": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,  # pages may hold names that are nobody else's business
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "[45]..", "swap": True, "error": True, "target": "#notice"},
        ],
    }
)
"""htmx's own settings: https://htmx.org/reference/#config"""
PARTS = (
    ("Contact points", "/contact-points"),
    ("Templates", "/templates"),
    ("Policies", "/policies"),
    ("Deliveries", "/deliveries"),
    ("Translate", "/translate"),
    ("Support", "/support"),
)

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.record_once
def _set_up(state: Any) -> None:
    filters.add_to(state.app.jinja_env)


@blueprint.context_processor
def _for_all() -> dict[str, Any]:
    return {
        "htmx": HTMX,
        "parts": PARTS,
        "here": "/" + request.path.split("/")[1],
        "file": address_of,
        "csrf_token": lambda: cookies.word() if who().kind == "session" else "",
        "may": lambda role: may(Role(role)),
        "who": who,
    }


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page, or a part of one: ``template`` drawn with ``values``."""
    text = render_template(f"pages/{template}", **values)
    return Response(text, status, mimetype="text/html")


def for_part() -> bool:
    """Whether htmx asks, which puts the answer into a page that is there."""
    return request.headers.get("HX-Request") == "true"


@cache
def address_of(name: str) -> str:
    """The address of a static file; another one when its content is another."""
    content = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={content}"


@blueprint.get("/static/<path:name>")
@endpoint(PUBLIC, "A style or a script of the pages", tags=["Pages"])
def static_file(name: str) -> Response:
    """Kept by browsers for a year: another content has another address."""
    kept = YEAR if "v" in request.args else 0
    return send_from_directory(STATIC, name, max_age=kept)


@blueprint.get("/")
@endpoint(PUBLIC, "The first page", tags=["Pages"], answers={302: None})
def first() -> Response:
    """Leads to the contact points."""
    return Response("", 302, {"Location": PARTS[0][1]})


def noticed(message: str, status: int, errors: Any = ()) -> Response:
    """A failure as people see it: a notice in the page, or a page of its own."""
    name = "_notice.html" if for_part() else "failed.html"
    return page(name, status, message=message, code=status, errors=list(errors))


@blueprint.errorhandler(Unauthorized)
def _to_sign_in(error: Unauthorized) -> Response:
    """Who has not signed in does that first, and comes back."""
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return led("/sign-in?" + urlencode({"next": target}))


@blueprint.errorhandler(HTTPException)
def _on_http(error: HTTPException) -> Response:
    return noticed(error.description or error.name, error.code or 500)


@blueprint.errorhandler(Refused)
def _on_refusal(error: Refused) -> Response:
    return noticed(error.message, error.status, error.errors)


@blueprint.errorhandler(StorageError)
def _on_storage(error: StorageError) -> Response:
    found = noticed(f"Nothing can be read or stored at present: {error}", 503)
    found.headers["Retry-After"] = str(LATER)
    return found


@blueprint.errorhandler(Exception)
def _on_mistake(error: Exception) -> Response:
    log.error("page=failed", exc_info=error)
    return noticed("This could not be handled at present; the service's log says why.", 503)


def to(view: str, **values: Any) -> Response:
    """A redirect to another page, after something was done."""
    return led(url_for(f"pages.{view}", **values))


def led(where: str) -> Response:
    """A redirect, in the way that whoever asks understands."""
    if for_part():
        return Response("", 200, {"HX-Redirect": where})
    return Response("", 303, {"Location": where})


from contactpoints.web.pages import (  # noqa: E402 - each adds its views
    alertmanagers,
    contact_points,
    deliveries,
    editing,
    exporting,
    policies,
    signing,
    support,
    templating,
    translating,
    trying,
)

__all__ = [
    "alertmanagers",
    "contact_points",
    "deliveries",
    "editing",
    "exporting",
    "policies",
    "signing",
    "support",
    "templating",
    "translating",
    "trying",
]
