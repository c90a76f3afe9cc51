"""The pages of deliveries: the live list, one delivery with its attempts, retry and cancel."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import NotFound

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.storage.history import MOST, depth, find, one
from contactpoints.storage.tables import STATES
from contactpoints.storage.timeline import timeline
from contactpoints.web import service
from contactpoints.web.deliveries import cancelled, known, retried, wanted
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page, to
from contactpoints.web.pages.charts import bars

SHOWN = 50  # on one page, when nothing is said
HOURS = 24


@blueprint.get("/deliveries")
@endpoint(VIEWER, "Deliveries", tags=["Pages"])
def deliveries() -> Response:
    """The latest deliveries, filtered; the list renews itself."""
    given = {name: text for name, text in request.args.items() if text}
    given.setdefault("limit", str(SHOWN))
    wish = wanted(given)
    with service().database.reading() as connection:
        rows = find(connection, wish)
    following = ""
    if rows and len(rows) == min(wish.limit, MOST):
        following = "?" + urlencode({**given, "before": str(rows[-1]["id"])})
    names = sorted(service().directory.names)
    return page(
        "deliveries.html",
        rows=rows,
        wish=wish,
        states=STATES,
        names=names,
        following=following,
        query=urlencode(given),
    )


@blueprint.get("/deliveries/overview")
@endpoint(VIEWER, "Deliveries over time", tags=["Pages"])
def overview() -> Response:
    """What happened in the last day, and what waits: a part of the page of deliveries."""
    now = time.time()
    first = now // 3600 * 3600 - (HOURS - 1) * 3600
    with service().database.reading() as connection:
        spans = timeline(connection, [first + hour * 3600 for hour in range(HOURS)])
        waiting = sorted(depth(connection), key=lambda row: -row[1])
    return page("_overview.html", chart=bars(spans), waiting=waiting)


@blueprint.get("/deliveries/<int:number>")
@endpoint(VIEWER, "One delivery", tags=["Pages"])
def delivery(number: int) -> Response:
    """One delivery with every attempt."""
    with service().database.reading() as connection:
        row = one(connection, known(number))
    if row is None:
        raise NotFound(f"There is no delivery {number}.")
    return page("delivery.html", row=row)


@blueprint.post("/deliveries/<int:number>/retry")
@endpoint(EDITOR, "Retry a delivery", tags=["Pages"], answers={303: None})
def retry_delivery(number: int) -> Response:
    """Send it again."""
    retried(number)
    return to("delivery", number=number)


@blueprint.post("/deliveries/<int:number>/cancel")
@endpoint(EDITOR, "Cancel a delivery", tags=["Pages"], answers={303: None})
def cancel_delivery(number: int) -> Response:
    """Let it wait no more."""
    cancelled(number)
    return to("delivery", number=number)
