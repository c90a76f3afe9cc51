"""Trying a contact point out: what is in the form is sent once, and every exchange is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from alertmanager_configs.problems import SetupError
from contactpoints.access.roles import EDITOR
from contactpoints.admin.refusals import InvalidError, Refused
from contactpoints.admin.testing import (
    Alert,
    endpoints_of_rows,
    send_one,
    through_all,
    with_stored_secrets,
)
from contactpoints.delivery.directory import Endpoint
from contactpoints.delivery.outcome import Outcome
from contactpoints.delivery.watching import Exchange, watching
from contactpoints.web.asking import admin
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page
from contactpoints.web.pages.editing import problems_of, sent


@dataclass(frozen=True)
class Tried:
    """What became of one integration's test."""

    label: str
    outcome: Outcome
    exchanges: Sequence[Exchange]


@blueprint.post("/contact-points/test")
@endpoint(EDITOR, "Test a contact point", tags=["Pages"])
def tested() -> Response:
    """Through every integration in the form, saved or not; secrets that are stored are used."""
    rows: list[dict[str, Any]] = []
    was = request.form.get("was", "")
    try:
        rows = sent(was)
        checked(rows)
        stored = {str(row.get("uid")): row for row in admin().view().by_name.get(was, [])}
        whole = [with_stored_secrets(row, {}, stored.get(row["uid"])) for row in rows]
        endpoints = endpoints_of_rows(admin(), whole)
    except (Refused, SetupError) as error:
        return page("_problems.html", problems=problems_of(error, rows))
    found = tried(endpoints, wanted_alert(request.form))
    return page("_tested.html", tests=found)


def checked(rows: Sequence[Mapping[str, Any]]) -> None:
    """:raises InvalidError: when an integration is not valid."""
    check = admin().languages.check_row
    errors = [
        {"path": f"{index}.{each['path']}", "message": each["message"]}
        for index, row in enumerate(rows)
        for each in check(row)
    ]
    if not rows:
        errors = [{"path": "", "message": "there is no integration"}]
    if errors:
        raise InvalidError("the contact point is not valid", "", errors)


def wanted_alert(form: Mapping[str, str]) -> Alert:
    """The predefined alert, or the one with the labels and annotations of the form."""
    if form.get("test.kind") != "custom":
        return Alert.of({}, {})
    return Alert.of(pairs(form.get("test.labels", "")), pairs(form.get("test.annotations", "")))


def pairs(text: str) -> dict[str, str]:
    """``name: value`` or ``name=value``, one a line.

    >>> pairs("severity: critical\\nteam=db")
    {'severity': 'critical', 'team': 'db'}
    """
    found = {}
    for line in filter(str.strip, text.splitlines()):
        mark = min((line.find(each) for each in ":=" if each in line), default=len(line))
        found[line[:mark].strip()] = line[mark + 1 :].strip()
    return found


def tried(endpoints: Sequence[Endpoint], alert: Alert) -> list[Tried]:
    """Send through each, and watch."""

    def send(one: Endpoint) -> Tried:
        with watching() as exchanges:
            outcome = send_one(one, alert)
        return Tried(one.integration.label, outcome, exchanges)

    return through_all(endpoints, send)
