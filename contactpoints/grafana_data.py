"""What Grafana says of a notification where it posts one: alerts with links, values and a rule.

The rules are those of ``ExtendData`` in github.com/grafana/alerting/templates. An alert that
Grafana posted itself has it all; one that came from an Alertmanager gets it from its private labels
and annotations, such as ``__values__``, which are not shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from contactpoints.alert import Alert
from contactpoints.notification import Notification
from contactpoints.signature import our_version

RULE = "__alert_rule_uid__"
NAMED_BY_RULE = ("alertname", "grafana_folder")  # a rule's UID says both
BEFORE = timedelta(hours=1)  # the time before the start of an alert that a dashboard shows
OF_EVERY_ALERT = frozenset(
    ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"]
)
OF_PICTURES = frozenset(["imageURL", "embeddedImage"])


def grafana_data(notification: Notification, *, pictures: bool = True) -> dict[str, Any]:
    """The notification as Grafana's notifiers see it, for JSON; ``pictures``: with their links."""
    payload = notification.payload
    data = {
        "receiver": notification.receiver,
        "status": notification.status,
        "alerts": [extended(each, notification, pictures) for each in notification.alerts],
        "groupLabels": dict(notification.group_labels),
        "commonLabels": public(notification.common_labels),
        "commonAnnotations": public(notification.common_annotations),
        "externalURL": notification.external_url,
        "appVersion": payload.get("appVersion") or our_version(),
        "groupKey": notification.group_key,
    }
    if notification.truncated_alerts:
        data["truncatedAlerts"] = notification.truncated_alerts
    return data


def public(labels: Mapping[str, str]) -> dict[str, str]:
    """Without what Grafana keeps to itself: names such as ``__values__``."""
    return {
        name: text
        for name, text in labels.items()
        if not (name.startswith("__") and name.endswith("__"))
    }


def extended(alert: Alert, notification: Notification, pictures: bool) -> dict[str, Any]:
    """One alert."""
    posted, notes = alert.posted, alert.annotations
    org = notes.get("__orgId__", "")
    found = {
        "status": alert.status,
        "labels": public(alert.labels),
        "annotations": public(notes),
        "startsAt": alert.starts_at,
        "endsAt": alert.ends_at,
        "generatorURL": with_query(alert.generator_url, orgId=org) if org else alert.generator_url,
        "fingerprint": alert.fingerprint,
        "silenceURL": "",
        "dashboardURL": "",
        "panelURL": "",
        "values": values(notes.get("__values__", "")),
        "valueString": notes.get("__value_string__", ""),
    }
    if notification.external_url and "silenceURL" not in posted:
        found |= links(alert, notification, org)
    more = {"ruleUID": alert.labels.get(RULE), "orgId": int(org) if org.isdecimal() else None}
    told = {**found, **{key: value for key, value in more.items() if value}}
    told |= {
        key: value
        for key, value in posted.items()
        if key not in OF_EVERY_ALERT and key not in OF_PICTURES and not told.get(key)
    }
    if pictures and alert.image_url:
        told["imageURL"] = alert.image_url
    return told


def values(text: str) -> dict[str, Any] | None:
    """What the queries of the rule gave, as Grafana notes it down; ``None`` when it did not."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def links(alert: Alert, notification: Notification, org: str) -> dict[str, str]:
    """Where Grafana silences the alert, and shows its dashboard and panel."""
    said = {"orgId": org} if org else {}
    rule = alert.labels.get(RULE, "")
    hidden = NAMED_BY_RULE if rule else ()
    names = sorted(public(alert.labels), key=lambda name: (name != "alertname", name))
    matchers = [f"{RULE}={rule}"] if rule else []
    matchers += [f"{name}={alert.labels[name]}" for name in names if name not in hidden]
    silence = with_query(notification.link("/alerting/silence/new"), **said)
    found = {"silenceURL": with_query(silence, alertmanager="grafana", matcher=matchers)}
    if dashboard := alert.annotations.get("__dashboardUid__", ""):
        span = {"from": alert.started - BEFORE, "to": alert.ended or datetime.now(UTC)}
        times = {name: str(milliseconds(moment)) for name, moment in span.items()}
        address = notification.link("/d/" + quote(dashboard, safe=""))
        found["dashboardURL"] = with_query(address, **said, **times)
        if panel := alert.annotations.get("__panelId__", ""):
            found["panelURL"] = with_query(found["dashboardURL"], viewPanel=panel)
    return found


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def with_query(url: str, **said: str | list[str]) -> str:
    """``url`` with these parameters set, and all of them sorted, as Go's net/url writes them."""
    if not said:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in said]
    kept += [
        (name, item)
        for name, value in said.items()
        for item in ([value] if isinstance(value, str) else value)
    ]
    query = urlencode(sorted(kept, key=lambda pair: pair[0]))
    return urlunsplit(parts._replace(query=query))
