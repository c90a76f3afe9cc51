"""Testing: a notification that is sent at once, past the outbox, to see whether it arrives."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from contactpoints.admin.administration import Admin
from contactpoints.admin.redaction import REDACTED, places, put, secure_keys
from contactpoints.copying import copied
from contactpoints.delivery.attempt import Sender
from contactpoints.delivery.directory import Endpoint, endpoints_of
from contactpoints.delivery.outcome import Outcome

T = TypeVar("T")

LABELS: Mapping[str, str] = {"alertname": "TestAlert", "instance": "Grafana"}
ANNOTATIONS: Mapping[str, str] = {
    "summary": "Notification test",
    "__value_string__": "[ metric='foo' labels={instance=bar} value=10 ]",
}
"""The alert of a test, unless another one is given; both as Grafana has them."""

SECONDS, LONGEST = 15.0, 30.0
"""How long a test may take, and how long it may be asked to take."""

AT_ONCE = 8
ZERO = "0001-01-01T00:00:00Z"


@dataclass(frozen=True)
class Alert:
    """What a test tells of."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @classmethod
    def of(cls, labels: Mapping[str, str], annotations: Mapping[str, str]) -> Alert:
        """The alert that is given, over Grafana's own."""
        return cls({**LABELS, **labels}, {**ANNOTATIONS, **annotations})


def body_of(alert: Alert, receiver: str, now: float, resolved: bool = False) -> bytes:
    """What Grafana would post to a webhook for this one alert."""
    at = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    labels, annotations = dict(alert.labels), dict(alert.annotations)
    status = "resolved" if resolved else "firing"
    grouped = {"alertname": labels["alertname"], "instance": labels.get("instance", "")}
    said = ", ".join(f'{name}="{value}"' for name, value in sorted(grouped.items()))
    one = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": at,
        "endsAt": at if resolved else ZERO,
        "generatorURL": "",
        "fingerprint": hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16],
    }
    payload = {
        "receiver": receiver,
        "status": status,
        "alerts": [one],
        "groupLabels": grouped,
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "",
        "version": "4",
        "groupKey": f"{{}}:{{{said}}}:test-{now:.6f}",
        "truncatedAlerts": 0,
    }
    return json.dumps(payload).encode()


def endpoints_for(admin: Admin, name: str, key: str = "") -> list[Endpoint]:
    """The running integrations of a contact point, or the one of it with this key."""
    point = admin.view().setup.contact_point(name)
    if point is None:
        return []
    made = endpoints_of(point, {}, admin.languages.renderer(admin.view().setup))
    return [each for each in made if key in ("", each.key)]


def endpoints_of_rows(admin: Admin, rows: Sequence[Mapping[str, Any]]) -> list[Endpoint]:
    """Integrations that need not be stored, in the order of ``rows``.

    :raises SetupError: when one cannot be read.
    """
    renderer = admin.languages.renderer(admin.view().setup)
    found = []
    for row in rows:
        setup = admin.languages.alone([row])
        found += endpoints_of(setup.contact_points[0], {}, renderer)
    return found


def send_one(endpoint: Endpoint, alert: Alert, seconds: float = SECONDS) -> Outcome:
    """Send the alert once through one integration. Nothing is tried again."""
    now = time.time()
    sender = Sender(endpoint.renderer, seconds, float("inf"))  # type: ignore[arg-type]
    return sender.send(endpoint, body_of(alert, endpoint.contact_point, now), now)


def send_all(
    endpoints: Iterable[Endpoint], alert: Alert, seconds: float = SECONDS
) -> list[Outcome]:
    """Send the alert once through each, several at the same time."""
    return through_all(endpoints, lambda one: send_one(one, alert, seconds))


def through_all(endpoints: Iterable[Endpoint], act: Callable[[Endpoint], T]) -> list[T]:
    """What ``act`` gives for each, several at the same time, in the order of the endpoints."""
    found = list(endpoints)
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(found))), "test") as pool:
        return list(pool.map(act, found))


def with_stored_secrets(
    row: dict[str, Any], secure: Mapping[str, Any], stored: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A row whose secrets stand apart (``secure``), made whole: what is missing, or redacted, is
    taken from the stored row of the same uid.
    """
    settings: dict[str, Any] = copied(row.get("settings") or {})
    for key, value in secure.items():
        put(settings, key, value)
    if stored is not None and stored.get("type") == row["type"]:
        known = copied(stored.get("settings") or {})
        for dotted in secure_keys(row["type"]):
            has = [holder[key] for holder, key in places(settings, dotted)]
            if has and REDACTED not in has:
                continue
            for holder, key in places(known, dotted):
                put(settings, dotted, holder[key])
    return {**row, "settings": settings}
