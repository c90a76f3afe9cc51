"""Loading: a body or a query checked by its schema; everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError

from contactpoints.admin.refusals import InvalidError
from contactpoints.payload import PayloadError, decode
from contactpoints.web import service
from contactpoints.web.body import read_body

LARGEST = 64 * 1024  # bytes of a body that has a few fields


def body_of(schema: Schema) -> dict[str, Any]:
    """The JSON body. :raises InvalidError: when it is not as the schema says."""
    try:
        value = decode(read_body(request, min(LARGEST, service().environment.max_body)))
    except PayloadError as error:
        raise InvalidError("the body is not valid", errors=error.errors) from None
    return _loaded(schema, value)


def query_of(schema: Schema) -> dict[str, Any]:
    """The parameters of the query; others are nobody's business. :raises InvalidError: as above."""
    return _loaded(schema, request.args.to_dict(), unknown=EXCLUDE)


def _loaded(schema: Schema, value: Any, **options: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = schema.load(value, **options)
    except ValidationError as error:
        raise InvalidError("the request is not valid", errors=_places(error.messages)) from None
    return found


def _places(messages: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)[:100]
            yield from _places(inner, ".".join(filter(None, (path, step))))
    else:
        for message in messages:
            yield {"path": path, "message": str(message)}
