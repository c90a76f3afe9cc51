"""Answers: JSON for everything, and one status for each way in which a request fails."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from contactpoints.delivery.directory import UnknownContactPointError
from contactpoints.payload import PayloadError
from contactpoints.storage.database import StorageError

log = logging.getLogger(__name__)

LATER = 5  # seconds after which a sender may come back when nothing can be stored


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


def handle_errors(app: Flask) -> None:
    """Give every failure its answer."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(PayloadError, on_payload)
    app.register_error_handler(UnknownContactPointError, on_unknown)
    app.register_error_handler(StorageError, on_storage)
    app.register_error_handler(Exception, on_mistake)


def on_http(error: HTTPException) -> Response:
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Location")}
    return answer({"error": error.description}, error.code or 500, **headers)


def on_payload(error: PayloadError) -> Response:
    return answer({"error": "this is no notification", "errors": error.errors}, 400)


def on_unknown(error: UnknownContactPointError) -> Response:
    return answer({"error": str(error), "near": error.near}, 404)


def on_storage(error: StorageError) -> Response:
    log.warning("storage=unavailable error=%r", str(error))
    return later({"error": f"nothing can be stored at present: {error}"})


def on_mistake(error: Exception) -> Response:
    """A mistake of ours is not the sender's: another version may take what was sent."""
    log.error("request=failed", exc_info=error)
    return later({"error": "this could not be handled at present"})


def later(value: Any) -> Response:
    """503, with a time to come back."""
    return answer(value, 503, **{"Retry-After": str(LATER)})
