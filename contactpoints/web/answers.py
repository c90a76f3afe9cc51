"""Answers: JSON for everything, and one status for each way in which a request fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from contactpoints.admin.refusals import Refused
from contactpoints.delivery.directory import OtherContactPointError, UnknownContactPointError
from contactpoints.payload import PayloadError
from contactpoints.storage.database import StorageError

log = logging.getLogger(__name__)

LATER = 5  # seconds after which a sender may come back when nothing can be stored
KEPT = ("Allow", "Location", "WWW-Authenticate", "Retry-After")  # headers that errors bring


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """``value`` as JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str) + "\n"
    data = text.encode("utf-8", "replace")
    return Response(data, status, headers, mimetype="application/json")


def at(seconds: float | None) -> str | None:
    """A time as RFC 3339 in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def failure(
    message: str,
    status: int,
    message_id: str = "",
    errors: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The one shape of every error: ``{message, messageId?, statusCode, errors?}``, and ``more``.

    ``errors`` says every place that is wrong, as ``{path, message}``.
    """
    said: dict[str, Any] = {"message": message, "statusCode": status}
    if message_id:
        said["messageId"] = message_id
    if errors := list(errors):
        said["errors"] = errors
    return answer(said | more, status, **(headers or {}))


def handle_errors(app: Flask) -> None:
    """Give every failure its answer."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Refused, on_refusal)
    app.register_error_handler(PayloadError, on_payload)
    app.register_error_handler(UnknownContactPointError, on_unknown)
    app.register_error_handler(OtherContactPointError, on_other)
    app.register_error_handler(StorageError, on_storage)
    app.register_error_handler(Exception, on_mistake)


def on_http(error: HTTPException) -> Response:
    headers = {name: value for name, value in error.get_headers() if name in KEPT}
    return failure(error.description or error.name, error.code or 500, headers=headers)


def on_refusal(error: Refused) -> Response:
    return failure(error.message, error.status, error.message_id, error.errors)


def on_payload(error: PayloadError) -> Response:
    return failure("this is no notification", 400, errors=error.errors)


def on_unknown(error: UnknownContactPointError) -> Response:
    return failure(str(error), 404, near=error.near)


def on_other(error: OtherContactPointError) -> Response:
    return failure(str(error), 403)


def on_storage(error: StorageError) -> Response:
    log.warning("storage=unavailable error=%r", str(error))
    return later(f"nothing can be stored at present: {error}")


def on_mistake(error: Exception) -> Response:
    """A mistake of ours is not the sender's: another version may take what was sent."""
    log.error("request=failed", exc_info=error)
    return later("this could not be handled at present")


def later(message: str, **more: Any) -> Response:
    """503, with a time to come back."""
    return failure(message, 503, headers={"Retry-After": str(LATER)}, **more)
