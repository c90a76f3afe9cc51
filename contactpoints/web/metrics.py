"""/metrics for Prometheus."""

from __future__ import annotations

import time

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from contactpoints.access.roles import VIEWER
from contactpoints.delivery.metrics import exposition
from contactpoints.storage.history import depth, unclaimed
from contactpoints.web import service
from contactpoints.web.describing import endpoint

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@endpoint(
    VIEWER,
    "Metrics for Prometheus",
    tags=["Health"],
    answers={200: "text/plain"},
    public_if="public_metrics",
)
def metrics() -> Response:
    """Counters of all processes that share a folder, and what waits in the database."""
    now = time.time()
    with service().database.reading() as connection:
        waiting = [
            (name, count, max(0.0, now - oldest)) for name, count, oldest in depth(connection)
        ]
        first = unclaimed(connection)
    late = max(0.0, now - first) if first is not None else 0.0
    return Response(exposition(waiting, late), content_type=CONTENT_TYPE_LATEST)
