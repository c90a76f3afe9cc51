"""Grafana's tests of templates: what they come to for some alerts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from contactpoints.access.roles import VIEWER
from contactpoints.admin.decoding import BAD_REQUEST, decoded, texts_by_name, wrong
from contactpoints.admin.refusals import InvalidError
from contactpoints.admin.testing import Alert, body_of
from contactpoints.web.answers import answer
from contactpoints.web.asking import admin, json_body
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanager import TemplateTest

blueprint = Blueprint("template_tests", __name__, url_prefix="/api/alertmanager/grafana")

TAGS = ("Grafana's Alertmanager",)
TEMPLATE_TEST = {"alerts": "list", "template": "text", "name": "text"}


@blueprint.post("/config/api/v1/templates/test")
@endpoint(
    VIEWER,
    "Draw a template",
    tags=TAGS,
    body=TemplateTest,
    answers={200: "the texts, and the errors"},
)
def test_template() -> Response:
    """Draw every template that a text defines, with the alerts given or with an example."""
    body = decoded(json_body(), TEMPLATE_TEST)
    text, name = body.get("template", ""), body.get("name", "") or "test"
    if not text.strip():
        raise InvalidError(BAD_REQUEST, errors=[wrong("template", "must have content")])
    view = admin().view()
    others = {
        str(item["name"]): str(item["template"]) for item in view.templates if item["name"] != name
    }
    payload = payload_of(body.get("alerts") or [])
    results, errors = [], []
    for drawn in admin().languages.render(text, name, others, payload):
        if drawn.error:
            kind = "invalid_template" if drawn.is_invalid else "execution_error"
            errors.append({"name": drawn.name, "kind": kind, "message": drawn.error})
        else:
            results.append({"name": drawn.name, "text": drawn.text, "scope": "."})
    return answer({"results": results, "errors": errors})


def payload_of(alerts: list[Any]) -> dict[str, Any]:
    """A webhook's payload of alerts as Alertmanager takes them; of an example alert without any.

    :raises InvalidError: when one is none.
    """
    now = datetime.now(UTC)
    example: dict[str, Any] = json.loads(body_of(Alert.of({}, {}), "test", now.timestamp()))
    if not alerts:
        return example
    made = []
    for index, given in enumerate(alerts):
        kinds = {
            "labels": "object",
            "annotations": "object",
            "status": "text",
            "startsAt": "text",
            "endsAt": "text",
            "generatorURL": "text",
            "fingerprint": "text",
        }
        one = decoded(given, kinds, f"alerts[{index}]")
        for key in ("labels", "annotations"):
            one[key] = texts_by_name(one.get(key, {}), f"alerts[{index}].{key}")
        ends = one.get("endsAt", "")
        past = bool(ends) and not ends.startswith("0001") and ends < now.isoformat()
        one.setdefault("status", "resolved" if past else "firing")
        made.append({**example["alerts"][0], **one})
    common = {
        key: value
        for key, value in made[0]["labels"].items()
        if all(each["labels"].get(key) == value for each in made)
    }
    notes = {
        key: value
        for key, value in made[0]["annotations"].items()
        if all(each["annotations"].get(key) == value for each in made)
    }
    firing = any(each["status"] == "firing" for each in made)
    return {
        **example,
        "status": "firing" if firing else "resolved",
        "alerts": made,
        "groupLabels": {key: common[key] for key in ("alertname",) if key in common},
        "commonLabels": common,
        "commonAnnotations": notes,
    }
