"""PagerDuty, by its Events API: version 2, and version 1 for Alertmanager's service keys."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.fields import GoDuration, Lose, Schema, SecretTemplate, Template, Url
from contactpoints.groups import ANYTHING, Parts, Tree
from contactpoints.http_settings import HttpSchema
from contactpoints.inline import inline
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

EVENTS_V2 = "https://events.pagerduty.com/v2/enqueue"
EVENTS_V1 = "https://events.pagerduty.com/generic/2010-04-15/create_event.json"
SUMMARY_LIMIT = (
    1024  # characters: https://developer.pagerduty.com/docs/events-api-v2-trigger-events
)
EVENT_LIMIT = (
    512_000  # bytes: https://developer.pagerduty.com/docs/events-api-v2-overview#size-limits
)
TOO_LARGE = (
    "Custom details have been removed because the original event exceeds the maximum size of 512KB"
)
SEVERITIES = ("critical", "error", "warning", "info")
LISTS = {
    "firing": '{{ template "__text_alert_list" .Alerts.Firing }}',
    "resolved": '{{ template "__text_alert_list" .Alerts.Resolved }}',
}
JSON_LISTS = {
    "firing": "{{ .Alerts.Firing | toJson }}",
    "resolved": "{{ .Alerts.Resolved | toJson }}",
}
COUNTS = {
    "num_firing": "{{ .Alerts.Firing | len }}",
    "num_resolved": "{{ .Alerts.Resolved | len }}",
}
FIXED = nowhere("Grafana fills it in itself")


class Image(Schema):
    src = Template()
    alt = Template()
    href = Template()


class Link(Schema):
    href = Template()
    text = Template()


class PagerDuty(Integration):
    """An incident, opened and resolved. https://developer.pagerduty.com/docs/events-api-v2-overview"""

    label = "PagerDuty"
    alertmanager = Receiver("pagerduty_configs", since="0.1.0", go="pagerduty.PagerdutyConfig")

    class Settings(HttpSchema):
        routing_key = SecretTemplate(
            grafana="integrationKey",
            alertmanager=spelled(since="0.10", file_since="0.25"),
            file=True,
            required=True,
            help="Integration key of an Events API v2 integration",
        )
        service_key = SecretTemplate(
            grafana=nowhere("Grafana knows version 2 of the Events API only"),
            alertmanager=spelled(file_since="0.25"),
            file=True,
            help="Integration key of the older Events API v1",
        )
        url = Url(
            alertmanager=spelled(inherits="pagerduty_url"),
            default=EVENTS_V2,
            help="Address of the Events API",
        )
        severity = Template(
            default=PerFamily("critical", "error"), help="critical, error, warning or info"
        )
        class_ = Template(
            grafana="class",
            alertmanager="class",
            default=PerFamily("default", ""),
            help="Class of the event",
        )
        component = Template(default=PerFamily("Grafana", ""), help="The part that is affected")
        group = Template(default=PerFamily("default", ""), help="Group of components")
        summary = Template(
            alertmanager="description",
            default=named("pagerduty.default.description", "default.title"),
            limit=SUMMARY_LIMIT,
            help="What the incident is called",
        )
        source = Template(alertmanager=since("0.25"), help="What is affected")
        client = Template(
            default=PerFamily("Grafana", template("pagerduty.default.client")),
            help="Name of the monitoring system",
        )
        client_url = Template(
            default=PerFamily("{{ .ExternalURL }}", template("pagerduty.default.clientURL")),
            help="Address behind that name",
        )
        details = Tree(
            go=ANYTHING,
            texts_until="0.30",
            default=PerFamily(LISTS | COUNTS, JSON_LISTS | COUNTS),
            help="Further details, by name",
        )
        images = Parts(
            Image, go="pagerduty.PagerdutyImage", grafana=FIXED, help="Pictures of the incident"
        )
        links = Parts(
            Link,
            go="pagerduty.PagerdutyLink",
            grafana=FIXED,
            help="Addresses shown with the incident",
        )
        timeout = GoDuration(
            grafana=nowhere("Grafana waits 30 seconds"),
            alertmanager=since("0.30"),
            help="Time for one request; 0 for no limit of its own",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        if self.family == "grafana" and not has("routing_key"):
            yield "", "could not find integration key property in settings"
        if self.family == "alertmanager" and not has("routing_key") and not has("service_key"):
            yield "", "missing service or routing key in PagerDuty config"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("url"):
            yield "", "no global PagerDuty URL set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if isinstance(values.get("details"), dict):
            for name, value in values["details"].items():
                if isinstance(value, dict | list):
                    lose(
                        f"details.{name}",
                        "changed",
                        "Grafana's details are texts: it is written as JSON",
                    )
            values["details"] = {
                name: json.dumps(value) if isinstance(value, dict | list) else value or ""
                for name, value in values["details"].items()
            }
        return values

    def value(self, name: str) -> Any:
        value = super().value(name)
        if name == "details" and name in self.values:  # they come beside the default ones
            return self.fields[name].default(self.family) | value
        return value

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        url, event = settings.url, self.event(notification, settings)
        if settings.service_key:
            url, event = EVENTS_V1, first_version(event, settings.service_key)
        http.post(url, json=event, http_config=settings.http_config, timeout=settings.timeout)

    def event(self, notification: Notification, settings: Any) -> dict[str, Any]:
        """The event of version 2."""
        grafana = self.family == "grafana"
        texts = {name: str(value) for name, value in settings.details.items()}
        payload = {
            "summary": settings.summary,
            "source": settings.source or (socket.gethostname() if grafana else settings.client),
            "severity": severity(settings.severity)
            if grafana
            else settings.severity or ("" if self.value("severity") else "error"),
            "class": settings.class_,
            "component": settings.component,
            "group": settings.group,
            "custom_details": texts if grafana else inline(settings.details),
        }
        needed = ("summary", "source", "severity")
        event = {
            "routing_key": settings.routing_key,
            "dedup_key": notification.dedup_key,
            "event_action": "trigger" if notification.is_firing else "resolve",
            "payload": {k: v for k, v in payload.items() if v or k in needed},
            "client": settings.client,
            "client_url": settings.client_url,
            "images": [
                {"alt": "", "href": "", **image}
                for image in settings.images or ()
                if image.get("src")
            ],
            "links": [{"text": "", **link} for link in settings.links or () if link.get("href")],
        }
        if grafana:
            event["links"] = [{"href": notification.external_url, "text": "External URL"}]
            event["images"] = [{"src": url} for url in notification.image_urls]
        event = {key: value for key, value in event.items() if value}
        if len(json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")) > EVENT_LIMIT:
            event["payload"]["custom_details"] = {"error": TOO_LARGE}
        return event


def first_version(event: dict[str, Any], service_key: str) -> dict[str, Any]:
    """The same event for version 1 of the API, as Alertmanager says it."""
    payload = event["payload"]
    made = {
        "service_key": service_key,
        "event_type": event["event_action"],
        "incident_key": event["dedup_key"],
        "description": payload["summary"],
        "details": payload["custom_details"],
        "event_action": "",
        "payload": None,
    }
    if event["event_action"] == "trigger":
        made |= {key: event[key] for key in ("client", "client_url") if key in event}
    return made


def severity(said: str) -> str:
    """Grafana sends only severities that PagerDuty knows."""
    return said.lower() if said.lower() in SEVERITIES else "critical"
