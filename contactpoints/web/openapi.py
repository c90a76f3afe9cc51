"""OpenAPI: the document of the HTTP API, made from what stands beside the views.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app
from marshmallow import Schema
from werkzeug.routing import Rule

from contactpoints.access.roles import PUBLIC
from contactpoints.signature import our_version
from contactpoints.web.describing import Endpoint, described, endpoint
from contactpoints.web.operations import SCHEMES, VARIABLE, operation
from contactpoints.web.schemas.service import Failure

blueprint = Blueprint("openapi", __name__)

EXTENSION = "contactpoints.openapi"
PAGES = "Pages"  # the tag of what people look at: it is no part of the API
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABOUT = """Grafana contact points for Prometheus Alertmanager.

Every error has one shape, `Failure`. The role that an endpoint asks for stands in `x-role`: viewer,
editor and admin each may do what the one before may; ingest may do nothing but post notifications;
editor and admin may do that too.
"""
REFUSALS = {
    "Unauthorized": "The credentials are missing or not valid.",
    "Forbidden": "The credentials are not enough for this.",
    "Failure": "Anything else that can be wrong.",
}


@blueprint.get("/api/openapi.json")
@endpoint(
    PUBLIC,
    "Show this document",
    tags=["Documentation"],
    answers={200: "the OpenAPI document"},
)
def openapi() -> Response:
    """What every endpoint asks for, takes and answers."""
    return Response(document_text(this_app()), mimetype="application/json")


def this_app() -> Flask:
    """The application that handles this request, itself."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def document_text(app: Flask) -> str:
    """The document of an application as JSON, made once."""
    if EXTENSION not in app.extensions:
        text = json.dumps(document(app), ensure_ascii=False, separators=(",", ":"))
        app.extensions[EXTENSION] = text
    return str(app.extensions[EXTENSION])


def document(app: Flask) -> dict[str, Any]:
    """The document of all endpoints of ``app``, but for its pages."""
    names: dict[str, type[Schema]] = {}
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: _name(names, schema))
    spec = APISpec(
        title="contactpoints",
        version=our_version(),
        openapi_version="3.1.0",
        info={"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        plugins=[plugin],
    )
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    for name, said in REFUSALS.items():
        content = {"application/json": {"schema": Failure}}
        spec.components.response(name, {"description": said, "content": content})
    paths: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for rule, method, record in sorted(operations(app), key=lambda each: str(each[0])):
        item = paths.setdefault(path_of(rule), {})
        name = _unique(used, _id(app, rule, method))
        item[method.lower()] = operation(rule, method, record, name)
    for path, item in paths.items():
        spec.path(path=path, operations=item)
    whole: dict[str, Any] = spec.to_dict()
    return whole


def operations(app: Flask) -> Iterator[tuple[Rule, str, Endpoint]]:
    """Every endpoint of the API, once for each method."""
    for rule in app.url_map.iter_rules():
        record = described(app.view_functions[rule.endpoint])
        if record is None or PAGES in record.tags:
            continue
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, record


def path_of(rule: Rule) -> str:
    """A path as OpenAPI writes it.

    >>> VARIABLE.sub(r"{\\\\1}", "/a/<int:number>/b/<name>")
    '/a/{number}/b/{name}'
    """
    return VARIABLE.sub(r"{\1}", rule.rule)


def _id(app: Flask, rule: Rule, method: str) -> str:
    """A name of its own for every operation."""
    mine = rule.endpoint.replace(".", "_")
    others = [
        each for each in app.url_map.iter_rules(rule.endpoint) if path_of(each) != path_of(rule)
    ]
    many = len(set(METHODS) & set(rule.methods or ())) > 1
    words = [method.lower(), mine] if many else [mine]
    if others and rule.arguments:
        words += ["of", *sorted(rule.arguments)]
    return "_".join(words)


def _unique(used: set[str], name: str) -> str:
    """A view may answer at several addresses."""
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name}_{number}"
    used.add(found)
    return found


def _name(names: dict[str, type[Schema]], schema: Any) -> str:
    """The name of a schema: that of its class, unless another class has it."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__
    if names.setdefault(name, kind) is not kind:
        name = kind.__module__.rpartition(".")[2].title() + name
        names[name] = kind
    return name
