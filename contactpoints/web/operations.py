"""Operations: one endpoint with one method, as OpenAPI says it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from werkzeug.routing import Rule

from contactpoints.access.roles import PUBLIC
from contactpoints.web.describing import Answer, Endpoint
from contactpoints.web.schemas.service import Failure

VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
INTEGER = {"type": "integer", "minimum": 0}
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, as `contactpoints token create` makes them.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "A user and a password, or any name with a token as the password.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "contactpoints",
        "description": "Made by `POST /api/v1/session`; every change sends X-CSRF-Token along.",
    },
}


def operation(rule: Rule, method: str, record: Endpoint, name: str) -> dict[str, Any]:
    """One endpoint with one method."""
    parameters: list[dict[str, Any]] = [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": INTEGER if "int:" + name in rule.rule else {"type": "string"},
        }
        for name in VARIABLE.findall(rule.rule)
    ]
    parameters += [
        {"in": place, "schema": schema}
        for place, schema in (("query", record.query), ("header", record.headers))
        if schema is not None
    ]
    said: dict[str, Any] = {
        "summary": record.summary,
        "operationId": name,
        "x-role": record.role.value,
        "responses": responses(record),
        "security": [] if record.role is PUBLIC else [{name: []} for name in SCHEMES],
    }
    if record.description:
        said["description"] = record.description
    if record.tags:
        said["tags"] = list(record.tags)
    if parameters:
        said["parameters"] = parameters
    if record.deprecated:
        said["deprecated"] = True
    if method in ("POST", "PUT", "PATCH") and (body := request_body(record)):
        said["requestBody"] = body
    return said


def request_body(record: Endpoint) -> dict[str, Any] | None:
    """What the body has to be; None when there is none."""
    shape: Any = record.body
    if shape is None:
        if record.consumes == ("application/json",):
            return None
        shape = {"type": "string"}
    content: dict[str, Any] = {kind: {"schema": shape} for kind in record.consumes}
    if record.examples:
        for kind in content.values():
            kind["examples"] = {n: {"value": value} for n, value in record.examples.items()}
    return {"required": True, "content": content}


def responses(record: Endpoint) -> dict[str, Any]:
    """What is answered, by status."""
    found: dict[str, Any] = {
        str(status): _response(status, said) for status, said in record.answers.items()
    }
    if record.role is not PUBLIC:
        found.setdefault("401", "Unauthorized")
        found.setdefault("403", "Forbidden")
    found.setdefault("default", "Failure")
    return dict(sorted(found.items()))


def _response(status: int, said: Answer) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    if said is None:
        return {"description": phrase}
    if isinstance(said, str):
        if "/" in said and " " not in said.split(",")[0]:
            kinds = [kind.strip() for kind in said.split(",")]
            return {"description": phrase, "content": {kind: {} for kind in kinds}}
        schema: Any = Failure if status >= HTTPStatus.BAD_REQUEST else {}
        return {"description": said, "content": {"application/json": {"schema": schema}}}
    return {"description": phrase, "content": {"application/json": {"schema": said}}}
