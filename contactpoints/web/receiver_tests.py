"""Grafana's tests of receivers: an alert is sent once, past the outbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from alertmanager_configs.durations import parse_duration
from contactpoints.access.roles import EDITOR
from contactpoints.admin import contact_points, older
from contactpoints.admin.decoding import BAD_REQUEST, decoded, texts_by_name, wrong
from contactpoints.admin.refusals import InvalidError
from contactpoints.admin.testing import (
    LONGEST,
    SECONDS,
    Alert,
    endpoints_of_rows,
    send_all,
    with_stored_secrets,
)
from contactpoints.delivery.outcome import Outcome
from contactpoints.web.answers import answer, at
from contactpoints.web.asking import admin, json_body
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.alertmanager import ReceiverTest

blueprint = Blueprint("receiver_tests", __name__, url_prefix="/api/alertmanager/grafana")

TAGS = ("Grafana's Alertmanager",)
TEST = {"alert": "object", "receivers": "list"}


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
