"""Health: whether the process runs, and whether it can take notifications."""

from __future__ import annotations

from flask import Blueprint, Response

from contactpoints.access.roles import PUBLIC
from contactpoints.storage.database import StorageError
from contactpoints.web import service
from contactpoints.web.answers import answer, later
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.service import Health

blueprint = Blueprint("health", __name__)


@blueprint.get("/-/healthy")
@endpoint(PUBLIC, "Whether the process runs", tags=["Health"], answers={200: Health})
def healthy() -> Response:
    """200 as long as the process answers."""
    return answer({"status": "healthy"})


@blueprint.get("/-/ready")
@endpoint(PUBLIC, "Whether notifications can be stored", tags=["Health"], answers={200: Health})
def ready() -> Response:
    """200 when a notification posted now could be stored; else 503 and why not."""
    try:
        service().check()
    except StorageError as error:
        return later(f"nothing can be stored: {error}", status="not ready")
    return answer({"status": "ready"})
