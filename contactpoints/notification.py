"""Notification: what Alertmanager posts to a webhook (or Grafana does), checked and made plain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct, ValidationError, convert
from msgspec import field as named
from msgspec.structs import asdict, force_setattr

from contactpoints.alert import Alert, common, fingerprint
from contactpoints.payload import (
    MAX_TRUNCATED,
    Check,
    PayloadError,
    Status,
    decode,
    is_time,
    kind,
    problem,
)

__all__ = ["Alert", "Notification", "PayloadError", "check_payload", "parse_notification"]

VERSIONS = {"4": "Alertmanager since 0.6", "1": "Grafana"}

QUOTED = re.compile(r"\\([\\.+*?()|\[\]{}^$])")  # https://pkg.go.dev/regexp#QuoteMeta


@dataclass(frozen=True)
class Notification:
    """What one post says, under the payload's own names. ``payload`` is the decoded JSON itself."""

    receiver: str
    status: str
    alerts: tuple[Alert, ...]
    group_labels: Mapping[str, str]
    common_labels: Mapping[str, str]
    common_annotations: Mapping[str, str]
    external_url: str
    version: str
    group_key: str
    payload: Mapping[str, Any] = field(repr=False)
    route_labels: Mapping[str, str] = field(default_factory=dict)
    truncated_alerts: int = 0
    delay: float = 0.0
    """Seconds between acceptance and this attempt; set by the delivery, 0 when fresh."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What an integration gives to its own templates; Grafana's ``.Vars``."""

    @property
    def receiver_name(self) -> str:
        """The receiver's real name: Alertmanager posts it with regexp's metacharacters escaped."""
        return QUOTED.sub(r"\1", self.receiver)

    @property
    def is_firing(self) -> bool:
        return self.status == "firing"

    @property
    def reason(self) -> str:
        """``notification_reason``, since Alertmanager 0.32; empty before."""
        reason = self.payload.get("notification_reason", "")
        return reason if isinstance(reason, str) else ""

    @cached_property
    def firing(self) -> tuple[Alert, ...]:
        return tuple(alert for alert in self.alerts if alert.status == "firing")

    @cached_property
    def resolved(self) -> tuple[Alert, ...]:
        return tuple(alert for alert in self.alerts if alert.status != "firing")

    @cached_property
    def dedup_key(self) -> str:
        """Hex SHA-256 of the group key: the alias or dedup key at vendors that keep incidents."""
        return hashlib.sha256(self.group_key.encode("utf-8", "replace")).hexdigest()

    @property
    def image_urls(self) -> list[str]:
        """The addresses of the alerts' pictures, in the alerts' order."""
        return [alert.image_url for alert in self.alerts if alert.image_url]

    def link(self, path: str) -> str:
        """``path`` joined to the sender's external address; its query stays."""
        parts = urlsplit(self.external_url)
        return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/" + path.lstrip("/")))

    def without_resolved(self) -> Notification:
        """The same with only what fires, for an integration that does not tell of resolved alerts.

        Common labels and annotations are computed anew from the alerts that are left.
        """
        return self._with(self.firing) if self.resolved else self

    def limited(self, most: int) -> Notification:
        """The same with the first ``most`` alerts (more than 0), the rest counted as truncated."""
        if len(self.alerts) <= most:
            return self
        cut = self.truncated_alerts + len(self.alerts) - most
        left = self._with(self.alerts[:most])
        payload = {**left.payload, "truncatedAlerts": cut}
        return replace(left, truncated_alerts=cut, payload=payload)

    def _with(self, alerts: tuple[Alert, ...]) -> Notification:
        labels = common(alert.labels for alert in alerts)
        annotations = common(alert.annotations for alert in alerts)
        status = "firing" if any(alert.is_firing for alert in alerts) else "resolved"
        payload = {
            **self.payload,
            "status": status,
            "alerts": [alert.posted for alert in alerts],
            "commonLabels": labels,
            "commonAnnotations": annotations,
        }
        return replace(
            self,
            status=status,
            alerts=alerts,
            common_labels=labels,
            common_annotations=annotations,
            payload=payload,
        )


def parse_notification(body: bytes) -> Notification:
    """The notification in ``body``.

    Version 4 of Alertmanager's payload, and Grafana's webhook body, which says version 1 and
    holds more. What a sender may leave out because it follows from the rest is filled in. Lone
    surrogates become U+FFFD, as in Go.

    :raises PayloadError: with everything that is wrong.
    """
    return check_payload(decode(body))


def check_payload(payload: Any) -> Notification:
    """The notification in a decoded payload. :raises PayloadError: with all that is wrong."""
    return _plain(payload) or check_closely(payload)


class Plain(Struct, rename="camel"):
    """What nearly every payload is: all of it there, nothing null. To see that takes a small part
    of the time that it takes to look at value after value.
    """

    receiver: str
    status: Status
    alerts: tuple[Alert, ...]
    group_labels: dict[str, str]
    common_labels: dict[str, str]
    common_annotations: dict[str, str]
    version: Literal["4", "1"]
    group_key: str
    external_url: str = named(name="externalURL")
    route_labels: dict[str, str] = {}
    truncated_alerts: int = 0


def _plain(payload: Any) -> Notification | None:
    """The notification; None when the payload is not that plain."""
    try:
        plain = convert(payload, Plain)
    except ValidationError:
        return None
    alerts = plain.alerts
    if not alerts or not 0 <= plain.truncated_alerts <= MAX_TRUNCATED:
        return None
    for alert, posted in zip(alerts, payload["alerts"], strict=True):
        if not is_time(alert.starts_at) or not is_time(alert.ends_at):
            return None
        force_setattr(alert, "posted", posted)
    return Notification(payload=payload, **asdict(plain))


def check_closely(payload: Any) -> Notification:
    """As :func:`check_payload`, for every payload, value after value."""
    if type(payload) is not dict:
        raise PayloadError([problem("", f"the body must be a JSON object, not {kind(payload)}")])
    check = Check()
    version = check.text(payload, "version", "", None)
    if version not in VERSIONS and isinstance(payload.get("version"), str):
        known = ", ".join(f"{number} ({sender})" for number, sender in VERSIONS.items())
        check.error("version", f"{version[:40]!r} is not understood; understood are {known}")
    alerts = _alerts(check, payload)
    truncated = payload.get("truncatedAlerts")
    if truncated is not None and (
        type(truncated) is not int or not 0 <= truncated <= MAX_TRUNCATED
    ):
        check.error("truncatedAlerts", "must be a whole number that is not negative")
    notification = Notification(
        receiver=check.text(payload, "receiver", "", None),
        status=check.status(payload, ""),
        alerts=alerts,
        group_labels=check.labels(payload, "groupLabels", ""),
        common_labels=check.labels(payload, "commonLabels", ""),
        common_annotations=check.labels(payload, "commonAnnotations", ""),
        external_url=check.text(payload, "externalURL", ""),
        version=version,
        group_key=check.text(payload, "groupKey", "", None),
        payload=payload,
        route_labels=check.labels(payload, "routeLabels", ""),
        truncated_alerts=truncated or 0,
    )
    if check.errors:
        raise PayloadError(check.errors)
    return notification


def _alerts(check: Check, payload: Mapping[str, Any]) -> tuple[Alert, ...]:
    posted = payload.get("alerts")
    if posted is None:
        check.error("alerts", "is missing")
        return ()
    if type(posted) is not list:
        check.error("alerts", f"must be a list, not {kind(posted)}")
        return ()
    if not posted:
        check.error("alerts", "must hold at least one alert")
    alerts = []
    for index, item in enumerate(posted):
        alerts.append(_alert(check, item, f"alerts[{index}]"))
        if check.is_full:
            break
    return tuple(alerts)


def _alert(check: Check, item: Any, path: str) -> Alert:
    if type(item) is not dict:
        check.error(path, f"must be an object, not {kind(item)}")
        item = {"status": "firing", "labels": {}}
    at = path + "."
    labels = check.labels(item, "labels", at, needed=True)
    posted = check.text(item, "fingerprint", at)
    return Alert(
        status=check.status(item, at),
        labels=labels,
        annotations=check.labels(item, "annotations", at),
        starts_at=check.time(item, "startsAt", at),
        ends_at=check.time(item, "endsAt", at),
        generator_url=check.text(item, "generatorURL", at),
        fingerprint=posted or (fingerprint(labels) if not check.errors else ""),
        posted=item,
    )
