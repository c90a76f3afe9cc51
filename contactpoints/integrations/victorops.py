"""VictorOps, now Splunk On-Call."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.fields import FromFile, Interpolated, Lose, Secret, SecretTemplate, Template, Url
from contactpoints.groups import TextMap
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://alert.victorops.com/integrations/generic/20131114/alert/"
MESSAGE_LIMIT = (
    20480  # characters: https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/
)
URL = re.compile(r"(https?://[^{$]+/)(?:\$__file\{([^}]+)\}|([^/{$]+))/([^/]+)")
IN_URL = nowhere("in Grafana it is a part of url")
RESERVED = [
    "routing_key",
    "message_type",
    "state_message",
    "entity_display_name",
    "monitoring_tool",
    "entity_id",
    "entity_state",
]


class VictorOps(Integration):
    """An alert to an on-call rotation.
    https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/
    """

    label = "VictorOps"
    alertmanager = Receiver("victorops_configs", since="0.5.0", go="config.VictorOpsConfig")

    class Settings(HttpSchema):
        url = SecretTemplate(
            required=True,
            alertmanager=nowhere("its path does not end in an API key and a routing key"),
            help="REST endpoint with the API key and the routing key",
        )
        api_url = Url(
            grafana=IN_URL,
            alertmanager=spelled(inherits="victorops_api_url"),
            default=PerFamily(None, API),
            help="Base address of the REST endpoint",
        )
        api_key = Secret(
            grafana=IN_URL,
            alertmanager=spelled(inherits="victorops_api_key", file_since="0.22"),
            file=True,
            help="Key of the REST endpoint",
        )
        routing_key = Template(grafana=IN_URL, help="Who gets the incident")
        message_type = Template(
            grafana="messageType",
            default="CRITICAL",
            help="CRITICAL, WARNING or INFO while it fires",
        )
        entity_display_name = Template(
            grafana="title",
            default=named("victorops.default.entity_display_name", "default.title"),
            help="Title of the incident",
        )
        state_message = Template(
            grafana="description",
            default=named("victorops.default.state_message", "default.message"),
            limit=MESSAGE_LIMIT,
            help="Text of the incident",
        )
        monitoring_tool = Template(
            grafana=nowhere("Grafana names itself"),
            default=PerFamily("Grafana", template("victorops.default.monitoring_tool")),
            help="Name of the monitoring system",
        )
        custom_fields = TextMap(
            templated=True,
            grafana=nowhere("Grafana's message has fixed fields"),
            help="Further fields, by name",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if self.family == "grafana":
            if not self.values.get("url"):
                yield "", "could not find victorops url property in settings"
            return
        if not self.values.get("routing_key"):
            yield "", "missing Routing key in VictorOps config"
        for name in sorted(self.values.get("custom_fields") or ()):
            if name in RESERVED:
                yield (
                    "custom_fields",
                    f"victorOps config contains custom field {name} which cannot be used "
                    "as it conflicts with the fixed/static fields",
                )

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global VictorOps URL set"
        if not self.value("api_key"):
            yield "", "no global VictorOps API Key set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        address = values.pop("api_url", API).rstrip("/") + "/"
        key, routing_key = values.pop("api_key", ""), values.pop("routing_key", "")
        values["url"] = f"{address}{key}/{routing_key}"
        if isinstance(key, FromFile):  # Grafana fills a file in wherever it is named
            rest = routing_key.replace("$", "$$")
            values["url"] = Interpolated(f"{address}$__file{{{key.path}}}/{rest}")
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if parts := URL.fullmatch(str(values.get("url", ""))):
            address, file, key, routing_key = parts.groups()
            if isinstance(values.pop("url"), Interpolated):
                routing_key = routing_key.replace("$$", "$")
            values |= {"api_key": FromFile(file) if file else key, "routing_key": routing_key}
            if address != API:
                values["api_url"] = address
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        kind = (settings.message_type or "").strip().upper() or "CRITICAL"
        message = {
            "message_type": kind if notification.is_firing else "RECOVERY",
            "entity_id": notification.dedup_key,
            "entity_display_name": settings.entity_display_name,
            "state_message": settings.state_message,
            "monitoring_tool": settings.monitoring_tool,
        }
        if self.family == "grafana":
            url = settings.url
            message |= {
                "timestamp": int(time.time()),
                "alert_url": notification.link("/alerting/list"),
            }
            if notification.image_urls:
                message["image_url"] = notification.image_urls[0]
        else:
            url = f"{settings.api_url.rstrip('/')}/{settings.api_key}/{settings.routing_key}"
            if notification.is_firing and kind not in ("INFO", "WARNING", "CRITICAL"):
                message["message_type"] = "CRITICAL"
            message |= settings.custom_fields or {}
        http.post(url, json=message, http_config=settings.http_config)
