"""MQTT: a message to a broker."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contactpoints.base import Absent, Integration
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.fields import (
    Choice,
    Flag,
    Interpolated,
    Number,
    Schema,
    Secret,
    Template,
    Text,
)
from contactpoints.grafana_data import grafana_data
from contactpoints.groups import Part
from contactpoints.http_settings import GrafanaTls
from contactpoints.notification import Notification
from contactpoints.spelling import named

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

SCHEMES = ("tcp", "mqtt", "tls", "ssl", "mqtts", "ws", "wss")


class Mqtt(Integration):
    """A message under a topic. https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html"""

    label = "MQTT"
    alertmanager = Absent("Alertmanager does not speak MQTT")
    terraform = Absent("Terraform's provider has no block for MQTT")

    class Settings(Schema):
        broker_url = Text(grafana="brokerUrl", required=True, help=f"With {', '.join(SCHEMES)}")
        topic = Text(required=True, help="Topic to publish to")
        message_format = Choice(
            ("json", "text"),
            grafana="messageFormat",
            default="json",
            error="invalid message format, must be 'json' or 'text'",
            help="The whole notification as JSON, or the message alone",
        )
        client_id = Text(grafana="clientId", help="Made up for each message when left out")
        message = Template(default=named(grafana="default.message"), help="Text of the message")
        username = Text(help="User at the broker")
        password = Secret(help="Password at the broker")
        qos = Number(
            quoted=True, default=0, help="0: at most once, 1: at least once, 2: exactly once"
        )
        retain = Flag(help="Let the broker keep the last message for new subscribers")
        tls_config = Part(GrafanaTls, grafana="tlsConfig", help="Certificates of broker and client")

    def check(self) -> Iterable[tuple[str, str]]:
        broker = self.values.get("broker_url")
        if not broker:
            yield "", "MQTT broker URL must be specified"
        elif not isinstance(broker, Interpolated) and not is_address(broker):
            yield "broker_url", f"failed to parse broker URL: it needs {', '.join(SCHEMES)}, a host"
        if not self.values.get("topic"):
            yield "", "MQTT topic must be specified"
        qos = self.values.get("qos", 0)
        if not isinstance(qos, Interpolated) and not 0 <= qos <= 2:
            yield "qos", f"invalid QoS level: {qos}. Must be 0, 1 or 2"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        try:
            from contactpoints.delivery.mqtt import publish
        except ImportError:
            raise DeliveryError(
                "MQTT needs the package paho-mqtt: pip install 'contactpoints[mqtt]'"
            ) from None
        text = settings.message
        if settings.message_format == "json":
            data = grafana_data(notification, pictures=False)
            body = {**data, "version": "1", "message": settings.message}
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        publish(
            settings.broker_url,
            settings.topic,
            text.encode("utf-8", "replace"),
            qos=settings.qos,
            retain=bool(settings.retain),
            client_id=settings.client_id or f"contactpoints_{secrets.token_hex(4)}",
            username=settings.username or "",
            password=settings.password or "",
            tls_config=settings.tls_config,
            deadline=http.deadline,
        )


def is_address(broker: str) -> bool:
    """Whether it is an address that a broker can have."""
    try:
        parts = urlsplit(broker)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
