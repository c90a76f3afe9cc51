"""Reference: the page of the HTTP API, on which every endpoint can be tried. It loads nothing from
elsewhere, and has no script or style but in files of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, send_from_directory

from contactpoints.access.roles import PUBLIC
from contactpoints.web.describing import endpoint
from contactpoints.web.openapi import document_text, this_app

HERE = Path(__file__).parent
DEEPEST = 4  # levels of an example, and of a shape that is shown

blueprint = Blueprint("reference", __name__, template_folder=".", url_prefix="/api/docs")


@blueprint.get("", strict_slashes=False)
@endpoint(PUBLIC, "The page of this document", tags=["Pages"], answers={200: "text/html"})
def page() -> Response:
    """Every endpoint, to be read and tried."""
    document = json.loads(document_text(this_app()))
    text = render_template("reference.html", document=document, groups=groups(document))
    return Response(text, mimetype="text/html")


@blueprint.get("/reference.<any(css, js):kind>")
@endpoint(PUBLIC, "A file of the page", tags=["Pages"])
def file(kind: str) -> Response:
    """Its style, or its script."""
    return send_from_directory(HERE, f"reference.{kind}", max_age=0)


def groups(document: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The operations by their first tag, in the order of their paths."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method, said in item.items():
            tag = (said.get("tags") or ["Others"])[0]
            content = said.get("requestBody", {}).get("content", {})
            shown = {
                "method": method.upper(),
                "path": path,
                "said": said,
                "kinds": list(content),
                "example": example_of(document, content),
                "answers": [
                    (status, answer_of(document, answer))
                    for status, answer in said["responses"].items()
                ],
            }
            found.setdefault(tag, []).append(shown)
    return sorted(found.items())


def example_of(document: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """A body to begin with."""
    for kind in content.values():
        for example in kind.get("examples", {}).values():
            return as_text(example["value"])
        value = sample(document, kind.get("schema", {}))
        return value if isinstance(value, str) else as_text(value)
    return ""


def answer_of(document: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """An answer's meaning, and its shape as an example."""
    if "$ref" in answer:
        answer = _target(document, answer["$ref"])
    for kind in answer.get("content", {}).values():
        if schema := kind.get("schema"):
            value = as_text(sample(document, schema, everything=True))
            return {"description": answer["description"], "schema": value}
    return {"description": answer["description"], "schema": ""}


def sample(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    depth: int = 0,
    *,
    everything: bool = False,
) -> Any:
    """A value of a schema: what is required, or ``everything``."""
    if "$ref" in schema:
        if depth > DEEPEST:
            return {}
        schema = _target(document, schema["$ref"])
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return sample(document, schema[several][0], depth, everything=everything)
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "array":
        if depth > DEEPEST:
            return []
        return [sample(document, schema.get("items", {}), depth + 1, everything=everything)]
    if kind == "object":
        needed = schema.get("required", ())
        return {
            name: sample(document, inner, depth + 1, everything=everything)
            for name, inner in schema.get("properties", {}).items()
            if (everything or name in needed) and depth <= DEEPEST
        }
    return {"string": "", "integer": 0, "number": 0.0, "boolean": False}.get(kind)


def as_text(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _target(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    target: Mapping[str, Any] = found
    return target
