"""Deliveries: what became of each notification; retry and cancel by hand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.setup import did_you_mean
from contactpoints.storage.history import MOST, Wish, find, one
from contactpoints.storage.tables import STATES
from contactpoints.storage.upkeep import Retry, cancel, retry
from contactpoints.web import service
from contactpoints.web.answers import answer, at
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import actor, gate
from contactpoints.web.schemas.service import Deliveries, DeliveryQuery, TriedDelivery

blueprint = Blueprint("deliveries", __name__, url_prefix="/api/v1/deliveries")

NUMBERS = ("notification", "before", "after", "limit")
TEXTS = ("contact_point", "integration", "state")
TIMES = ("accepted_at", "next_attempt_at", "finished_at", "started_at")
LARGEST = 2**63 - 1


@blueprint.get("", strict_slashes=False)
@endpoint(
    VIEWER,
    "List deliveries",
    tags=["Deliveries"],
    query=DeliveryQuery,
    answers={200: Deliveries},
)
def listed() -> Response:
    """Deliveries, the latest first; ``next`` is the address of the page after this one."""
    wish = wanted(request.args)
    with service().database.reading() as connection:
        rows = find(connection, wish)
    following = None
    if rows and len(rows) == min(wish.limit, MOST):
        following = "?".join(
            (request.path, urlencode({**request.args, "before": str(rows[-1]["id"])}))
        )
    return answer({"deliveries": [shown(row) for row in rows], "next": following})


@blueprint.get("/<int:number>")
@endpoint(VIEWER, "Show a delivery", tags=["Deliveries"], answers={200: TriedDelivery})
def single(number: int) -> Response:
    """One delivery with every attempt."""
    with service().database.reading() as connection:
        row = one(connection, known(number))
    if row is None:
        raise NotFound(f"there is no delivery {number}")
    return answer(shown(row) | {"tried": [shown(attempt) for attempt in row["tried"]]})


@blueprint.post("/<int:number>/retry")
@endpoint(EDITOR, "Retry a delivery", tags=["Deliveries"], answers={200: TriedDelivery})
def retried(number: int) -> Response:
    """Send again what failed or was cancelled, with a new time to live."""
    its, now = service(), time.time()
    wish = Retry(known(number), now, now + its.environment.time_to_live)
    if not gate().store.change(
        lambda connection: retry(connection, [wish])[0], actor(), "delivery.retry", str(number)
    ):
        raise _conflict(number, "it has not failed, nor was it cancelled")
    return single(number)


@blueprint.post("/<int:number>/cancel")
@endpoint(EDITOR, "Cancel a delivery", tags=["Deliveries"], answers={200: TriedDelivery})
def cancelled(number: int) -> Response:
    """Let it wait no more. What is on its way at this moment may still arrive."""
    wish = (known(number), time.time())
    if not gate().store.change(
        lambda connection: cancel(connection, [wish])[0], actor(), "delivery.cancel", str(number)
    ):
        raise _conflict(number, "it does not wait")
    return single(number)


def _conflict(number: int, why: str) -> Conflict | NotFound:
    with service().database.reading() as connection:
        row = one(connection, number)
    if row is None:
        return NotFound(f"there is no delivery {number}")
    return Conflict(f"delivery {number} is {row['state']}: {why}")


def known(number: int) -> int:
    """A number that a delivery may have. :raises NotFound: for any other."""
    if number > LARGEST:
        raise NotFound("there is no such delivery")
    return number


def wanted(arguments: Mapping[str, str]) -> Wish:
    """What the query asks for. :raises BadRequest: with all that is wrong with it."""
    problems = []
    values: dict[str, Any] = {}
    for name, text in arguments.items():
        if name in NUMBERS:
            if text.isascii() and text.isdigit() and int(text[:30]) <= LARGEST:
                values[name] = int(text)
            else:
                problems.append(f"{name} must be a number, not {text[:40]!r}")
        elif name in TEXTS:
            values[name] = text.replace("\0", "\ufffd")
        else:
            problems.append(f"unknown parameter {name[:40]!r}{did_you_mean(name, NUMBERS + TEXTS)}")
    state = values.get("state")
    if state is not None and state not in STATES:
        problems.append(f"unknown state {state[:40]!r}; states are {', '.join(STATES)}")
    if problems:
        raise BadRequest("; ".join(problems))
    return Wish(**values)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its times as people and programs read them."""
    return {name: at(value) if name in TIMES else value for name, value in row.items()}
