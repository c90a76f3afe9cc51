"""What Alertmanager's own API shows of itself: its status and its receivers.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from contactpoints.access.roles import VIEWER
from contactpoints.admin.view import View
from contactpoints.signature import our_version
from contactpoints.web.answers import answer
from contactpoints.web.asking import admin
from contactpoints.web.describing import endpoint
from contactpoints.web.provisioning.exports import document_of
from contactpoints.web.schemas.alertmanager import Receiver, ServerStatus

blueprint = Blueprint("alertmanager", __name__)

TAGS = ("Alertmanager",)
STARTED = time.time()
_written: dict[int, tuple[View, str]] = {}


@blueprint.get("/api/v2/status")
@blueprint.get("/api/alertmanager/grafana/api/v2/status")
@endpoint(VIEWER, "Show the status as Alertmanager does", tags=TAGS, answers={200: ServerStatus})
def status() -> Response:
    """The version, the uptime, and the setup as an alertmanager.yml without secrets."""
    started = datetime.fromtimestamp(STARTED, UTC).isoformat(timespec="milliseconds")
    return answer(
        {
            "cluster": {"status": "disabled", "peers": []},
            "config": {"original": configuration(admin().view())},
            "uptime": started.replace("+00:00", "Z"),
            "versionInfo": {
                "branch": "",
                "buildDate": "",
                "buildUser": "",
                "goVersion": "",
                "revision": "",
                "version": our_version(),
            },
        }
    )


@blueprint.get("/api/v2/receivers")
@blueprint.get("/api/alertmanager/grafana/api/v2/receivers")
@endpoint(
    VIEWER, "List receivers as Alertmanager does", tags=TAGS, answers={200: Receiver(many=True)}
)
def receivers() -> Response:
    """The names of all contact points."""
    return answer([{"name": name} for name in admin().view().by_name])


def configuration(view: View) -> str:
    """The setup as an alertmanager.yml; what that cannot say is left out. Kept while it is true."""
    kept = _written.get(0)
    if kept is not None and kept[0] is view:
        return kept[1]
    document: dict[str, Any] = document_of(view)
    text = admin().languages.write(document, "alertmanager").text
    _written[0] = (view, text)
    return text
