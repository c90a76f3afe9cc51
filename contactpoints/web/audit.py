"""Audit: what was done by whom, a page at a time."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.roles import ADMIN
from contactpoints.storage.audits import find
from contactpoints.web import service
from contactpoints.web.access import blueprint
from contactpoints.web.answers import answer, at
from contactpoints.web.describing import endpoint
from contactpoints.web.loading import query_of
from contactpoints.web.schemas.access import Audit, AuditQuery


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
