"""The webhook: Alertmanager and Grafana post here. 202 means that it is stored for good."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    RequestEntityTooLarge,
    TooManyRequests,
    Unauthorized,
)
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from contactpoints.access.roles import INGEST
from contactpoints.delivery.directory import OtherContactPointError, UnknownContactPointError
from contactpoints.payload import PayloadError
from contactpoints.storage.database import StorageError
from contactpoints.web import service
from contactpoints.web.answers import answer, on_http, on_storage
from contactpoints.web.body import read_body
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import who
from contactpoints.web.quick import FAILED, Quick, counted
from contactpoints.web.schemas.service import Accepted, Notification

blueprint = Blueprint("webhook", __name__)

ANSWERS: dict[type[Exception], str] = {
    PayloadError: "invalid",
    RequestEntityTooLarge: "too large",
}


class NameConverter(BaseConverter):
    """The rest of a path, whatever is in it: contact points are called all kinds of things."""

    part_isolating = False
    regex = ".+"
    weight = 300


@blueprint.record_once
def _set_up(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.url_map.converters["name"] = NameConverter
    app.url_map.merge_slashes = False
    outer = app.wsgi_app
    if isinstance(outer, ProxyFix):  # what it says of the sender comes first
        outer.app = Quick(app, outer.app)
    else:
        app.wsgi_app = Quick(app, outer)  # type: ignore[method-assign]


@blueprint.post("/webhook", strict_slashes=False)
@blueprint.post("/webhook/<name:contact_point>")
@endpoint(
    INGEST,
    "Take a notification in",
    tags=["Notifications"],
    body=Notification,
    answers={202: Accepted},
)
def receive(contact_point: str | None = None) -> Response:
    """Take a notification for the contact point named, or one integration of it (its uid behind
    another ``/``), or for whom its receiver or the policies say.
    """
    its = service()
    only = who().contact_point
    try:
        if failed := request.environ.get(FAILED):
            raise failed
        body = read_body(request, its.environment.max_body)
        accepted = its.outbox.post(body, contact_point, only=only)
    except UnknownContactPointError:
        counted("unknown").inc()
        if only is not None:  # what else there is, is not this sender's business
            raise OtherContactPointError(only) from None
        raise
    except StorageError:
        raise  # it is counted below, as when it keeps us from knowing who asks
    except Exception as error:
        counted(ANSWERS.get(type(error), "refused")).inc()
        raise
    counted("duplicate" if accepted.duplicate else "accepted").inc()
    return answer(
        {
            "notification": accepted.notification,
            "deliveries": accepted.deliveries,
            "duplicate": accepted.duplicate,
        },
        202,
    )


@blueprint.errorhandler(StorageError)
def _unavailable(error: StorageError) -> Response:
    counted("unavailable").inc()
    return on_storage(error)


@blueprint.errorhandler(Unauthorized)
@blueprint.errorhandler(Forbidden)
@blueprint.errorhandler(TooManyRequests)
def _denied(error: HTTPException) -> Response:
    counted("refused").inc()
    return on_http(error)
