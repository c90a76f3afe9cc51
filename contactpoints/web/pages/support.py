"""The page Support: which integration works where."""

from __future__ import annotations

from flask import Response, request

from contactpoints.access.roles import VIEWER
from contactpoints.integrations import integrations
from contactpoints.support import documentation, support_of
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page

WORKS = {
    "": "everywhere and not",
    "grafana": "with Grafana",
    "alertmanager": "with an Alertmanager itself",
    "webhook": "with an Alertmanager through this service",
}


@blueprint.get("/support")
@endpoint(VIEWER, "Support", tags=["Pages"])
def support_table() -> Response:
    """Every integration, and what works with it; filtered by a word and by where it works."""
    wanted, where = request.args.get("search", ""), request.args.get("works", "")
    rows = [
        (row, documentation(integration))
        for integration in integrations().values()
        for row in [support_of(integration)]
        if wanted.lower() in f"{row.type} {row.label} {row.alertmanager} {row.note}".lower()
        and (where != "grafana" or row.grafana != "no")
        and (where != "alertmanager" or row.since)
        and (where != "webhook" or not row.since)
    ]
    return page("support.html", rows=rows, search=wanted, works=where, choices=WORKS)
