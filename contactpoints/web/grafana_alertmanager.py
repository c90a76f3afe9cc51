"""Grafana's older API of its own Alertmanager: the whole configuration, its history, tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from alertmanager_configs.durations import parse_duration
from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import contact_points, older
from contactpoints.admin.decoding import BAD_REQUEST, decoded, texts_by_name, wrong
from contactpoints.admin.refusals import InvalidError
from contactpoints.admin.testing import (
    LONGEST,
    SECONDS,
    Alert,
    body_of,
    endpoints_of_rows,
    send_all,
    with_stored_secrets,
)
from contactpoints.delivery.outcome import Outcome
from contactpoints.web.answers import answer, at
from contactpoints.web.asking import admin, change, files, json_body, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanager import Configuration, ReceiverTest, Status, TemplateTest
from contactpoints.web.schemas.shapes import Message

blueprint = Blueprint("grafana_alertmanager", __name__, url_prefix="/api/alertmanager/grafana")

TAGS = ("Grafana's Alertmanager",)
CONFIG = "/config/api/v1/alerts"
WARNING = '299 - "This endpoint is deprecated: use /api/v1/provisioning"'
MOST = 100  # versions of one answer
TEST = {"alert": "object", "receivers": "list"}
TEMPLATE_TEST = {"alerts": "list", "template": "text", "name": "text"}


@blueprint.get(CONFIG)
@endpoint(
    VIEWER, "Show the whole configuration", tags=TAGS, answers={200: Configuration}, deprecated=True
)
def show_configuration() -> Response:
    """Everything in one document; secrets are only said to be there."""
    view = admin().view()
    found = tagged(older.shown(view, view.inhibit_rules), view.number)
    found.headers["Warning"] = WARNING
    return found


@blueprint.post(CONFIG)
@endpoint(
    EDITOR,
    "Replace the whole configuration",
    tags=TAGS,
    body=Configuration,
    answers={202: Message},
    deprecated=True,
)
def replace_configuration() -> Response:
    """Let everything be as the document says; secrets that it leaves out are kept."""
    body = json_body()
    _, stored = change(
        lambda document: older.replace(document, body, admin().languages, files()),
        "replaced the whole configuration",
    )
    return tagged({"message": "configuration created"}, stored.number, 202)


@blueprint.delete(CONFIG)
@endpoint(
    EDITOR, "Delete the whole configuration", tags=TAGS, answers={202: Message}, deprecated=True
)
def delete_configuration() -> Response:
    """Forget everything that is stored; what configuration files say stays."""

    def edit(document: dict[str, Any]) -> None:
        for part in ("contactPoints", "policies", "muteTimings", "templates", "inhibitRules"):
            document.pop(part, None)
        document.pop("imports", None)
        document.pop("fallbacks", None)

    _, stored = change(edit, "deleted the whole configuration")
    said = {"message": "configuration deleted; the default is applied"}
    return tagged(said, stored.number, 202)


@blueprint.get("/config/history")
@endpoint(
    VIEWER,
    "List earlier configurations",
    tags=TAGS,
    answers={200: "the configurations, the latest first"},
)
def list_history() -> Response:
    """Earlier configurations, the latest first, as they were."""
    said = request.args.get("limit", "10")
    if not (said.isascii() and said.isdigit()):
        raise BadRequest("limit must be a number")
    limit = min(int(said[:6]) or MOST, MOST)
    found = []
    keeper = admin().keeper
    for version in keeper.history(limit):
        document = keeper.version(version.number).document
        shown = older.shown(_Documented(document), document.get("inhibitRules") or [])
        found.append({"id": version.number, **shown, "last_applied": at(version.made_at)})
    return answer(found)


class _Documented:
    """A stored document with the parts of a view."""

    def __init__(self, document: Any) -> None:
        self.contact_points: list[dict[str, Any]] = document.get("contactPoints") or []
        self.policies: dict[str, Any] | None = document.get("policies")
        self.mute_timings: list[dict[str, Any]] = document.get("muteTimings") or []
        self.templates: list[dict[str, Any]] = document.get("templates") or []


@blueprint.post("/config/history/<int:number>/_activate")
@endpoint(EDITOR, "Restore an earlier configuration", tags=TAGS, answers={202: Message})
def activate(number: int) -> Response:
    """Let an earlier configuration be the newest."""
    from contactpoints.web.setups import restore_version

    stored = restore_version(number)
    return tagged({"message": "configuration activated"}, stored.number, 202)


@blueprint.get("/config/api/v1/receivers")
@endpoint(VIEWER, "Show the state of deliveries", tags=TAGS, answers={200: Status(many=True)})
def statuses() -> Response:
    """Every contact point with the last attempt of each of its integrations."""
    from contactpoints.web.delivery_status import receivers_with_status

    return answer(receivers_with_status())


@blueprint.post("/config/api/v1/receivers/test")
@endpoint(
    EDITOR,
    "Send a test through receivers",
    tags=TAGS,
    body=ReceiverTest,
    answers={
        200: "all were sent",
        207: "some failed; the answer says which and why",
        400: "all are invalid",
        408: "all took too long",
    },
)
def test_receivers() -> Response:
    """Send an alert once through each integration given. Secrets that are left out are those of
    the stored integration of the same uid. The header ``Request-Timeout`` says how many seconds it
    may take.
    """
    body = decoded(json_body(), TEST)
    alert = read_alert(body.get("alert"))
    seconds = read_timeout()
    if not body.get("receivers"):
        raise InvalidError(BAD_REQUEST, errors=[wrong("receivers", "must hold at least one")])
    stored = {row["uid"]: row for row in admin().view().contact_points}
    rows: list[dict[str, Any]] = []
    errors: dict[int, str] = {}
    receivers = []
    for index, given in enumerate(body["receivers"]):
        path = f"receivers[{index}]"
        receiver = decoded(given, older.RECEIVER, path)
        name = receiver.get("name", "")
        configs = []
        for config in receiver.get(older.CONFIGS, []):
            row = _row(config, name, stored, path, errors, len(rows))
            configs.append(len(rows))
            rows.append(row)
        receivers.append((name, configs))
    sound = [number for number in range(len(rows)) if number not in errors]
    endpoints = endpoints_of_rows(admin(), [rows[number] for number in sound])
    outcomes = dict(zip(sound, send_all(endpoints, alert, seconds), strict=True))
    said = {
        "alert": {"labels": dict(alert.labels), "annotations": dict(alert.annotations)},
        "receivers": [
            {
                "name": name,
                older.CONFIGS: [_result(rows[n], errors.get(n), outcomes.get(n)) for n in configs],
            }
            for name, configs in receivers
        ],
        "notified_at": at(datetime.now(UTC).timestamp()),
    }
    return answer(said, status_of(len(rows), errors, outcomes))


def read_alert(given: Any) -> Alert:
    """The alert of a test from ``{labels, annotations}``. :raises InvalidError: for other types."""
    found = decoded(given or {}, {"labels": "object", "annotations": "object"}, "alert")
    return Alert.of(
        texts_by_name(found.get("labels", {}), "alert.labels"),
        texts_by_name(found.get("annotations", {}), "alert.annotations"),
    )


def read_timeout() -> float:
    """How many seconds a test may take. :raises BadRequest: for what is no time."""
    said = request.headers.get("Request-Timeout", "").strip()
    if not said:
        return SECONDS
    try:
        seconds = parse_duration(said) / 1000 if said[-1:].isalpha() else float(said)
    except ValueError:
        raise BadRequest(f"Request-Timeout is no number of seconds: {said[:40]!r}") from None
    if not 0 < seconds <= LONGEST:
        raise BadRequest(f"Request-Timeout must be more than 0 and at most {LONGEST:.0f} seconds")
    return seconds


def _row(
    config: Any,
    name: str,
    stored: dict[str, Any],
    path: str,
    errors: dict[int, str],
    number: int,
) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise InvalidError(BAD_REQUEST, errors=[wrong(path, "must be an object")])
    try:
        row = contact_points.decode({**config, "name": name or config.get("name") or "test"})
    except InvalidError as error:
        errors[number] = error.message
        shown = {key.lower(): value for key, value in config.items()}
        return {"uid": str(shown.get("uid") or ""), "name": str(shown.get("name") or name)}
    old = stored.get(row["uid"])
    row = with_stored_secrets(row, {}, older.kept_of(config, old))
    if problems := admin().languages.check_row(row):
        first = problems[0]
        errors[number] = f"{first['path']}: {first['message']}"
    row["shown"] = str(config.get("name") or name)
    return row


def _result(row: dict[str, Any], invalid: str | None, outcome: Outcome | None) -> dict[str, Any]:
    error = invalid or (str(outcome.error) if outcome and outcome.error else "")
    found = {
        "name": row.get("shown") or row["name"],
        "uid": row["uid"],
        "status": "failed" if error else "ok",
    }
    return {**found, "error": error} if error else found


def status_of(count: int, errors: dict[int, str], outcomes: dict[int, Outcome]) -> int:
    """The status of a test: 200, or 400 when all are invalid, 408 when all took too long, 207."""
    failed = [each.error for each in outcomes.values() if each.error]
    if not errors and not failed:
        return 200
    if count and len(errors) == count:
        return 400
    late = [each for each in failed if each.reason == "contextDeadlineExceeded"]
    return 408 if len(late) == count else 207


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
