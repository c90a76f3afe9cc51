"""Asking: what requests of administration have in common: bodies, provenance, versions, changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed

from contactpoints.access.roles import ADMIN
from contactpoints.admin.administration import Admin
from contactpoints.admin.keeper import Document, Stored
from contactpoints.admin.provenance import API, NONE, Files
from contactpoints.admin.refusals import ForbiddenError, InvalidError
from contactpoints.payload import PayloadError
from contactpoints.payload import decode as decode_json
from contactpoints.storage.audits import Entry
from contactpoints.web import service
from contactpoints.web.answers import answer
from contactpoints.web.body import read_body
from contactpoints.web.guard import actor, may

Answer = TypeVar("Answer")
TRUE = frozenset({"1", "t", "T", "true", "True", "TRUE"})  # of Go's strconv.ParseBool
WITHOUT = "X-Disable-Provenance"


def admin() -> Admin:
    """The administration of the service behind this request."""
    return service().admin


def files() -> Files:
    """What configuration files say now."""
    return Files.of(admin().view())


def raw_body() -> bytes:
    """The bytes of the body. :raises InvalidError: when it cannot be unpacked."""
    try:
        return read_body(request, service().environment.max_body)
    except PayloadError as error:
        raise InvalidError("bad request data", errors=error.errors) from None


def json_body() -> Any:
    """The body's JSON; an empty body is an empty object. :raises InvalidError: when it is none."""
    data = raw_body()
    if not data.strip():
        return {}
    try:
        return decode_json(data)
    except PayloadError as error:
        said = error.errors[0]["message"]
        raise InvalidError(f"bad request data: {said}", errors=error.errors) from None


def provenance() -> str:
    """The provenance that a write asks for: the header's presence counts, not its value."""
    return NONE if WITHOUT in request.headers else API


def flag(name: str) -> bool:
    """A yes or no of the query, as Go reads it; no for anything else."""
    return request.args.get(name, "") in TRUE


def decrypt() -> bool:
    """Whether secrets are asked for. :raises ForbiddenError: when they may not be given."""
    if not flag("decrypt"):
        return False
    if not may(ADMIN):
        raise ForbiddenError("only an admin may see secrets; ask without decrypt")
    return True


def expected() -> int | None:
    """The version of the setup that the caller has seen (``If-Match``); None when any will do.

    :raises PreconditionFailed: when it is not the newest one any more.
    """
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*"):
        return None
    number = admin().keeper.current().number
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in said.split(",")]
    if str(number) not in tags:
        raise PreconditionFailed(
            f"the setup has changed: it is at version {number}, not {said[:40]}"
        )
    return number


def change(
    edit: Callable[[Document], Answer], action: str, what: str = ""
) -> tuple[Answer, Stored]:
    """Change the stored setup in the caller's name. ``action`` and ``what`` say it in words.

    :raises Refused: as :meth:`Keeper.change`.
    """
    by = actor()
    note = f"{action} {what}".strip()
    entry = Entry(time.time(), by.name, by.role, by.address, action, what)
    return admin().keeper.change(edit, author=by.name, note=note, expected=expected(), audit=entry)


def tagged(value: Any, number: int, status: int = 200) -> Response:
    """An answer that says which version of the setup it shows."""
    return answer(value, status, ETag=f'"{number}"')


def nothing(number: int, status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status=status, headers={"ETag": f'"{number}"'})
