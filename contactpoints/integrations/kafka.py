"""Kafka, by its REST proxy: version 2 and version 3 of its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration
from contactpoints.delivery.outcome import DeliveryError, is_retryable, reason_of
from contactpoints.fields import Choice, Secret, Template, Text, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http, Reply

HEADERS = {  # https://docs.confluent.io/platform/current/kafka-rest/api.html#content-types
    "v2": {
        "Content-Type": "application/vnd.kafka.json.v2+json",
        "Accept": "application/vnd.kafka.v2+json",
    },
    "v3": {"Content-Type": "application/json", "Accept": "application/json"},
}
RETRIABLE = 2  # of version 2, for one record; 1 is for good, all others begin with an HTTP status


class Kafka(Integration):
    """A record in a topic. https://docs.confluent.io/platform/current/kafka-rest/api.html"""

    label = "Kafka REST Proxy"
    alertmanager = Absent("Alertmanager does not write to Kafka")

    class Settings(HttpSchema):
        rest_proxy = Url(
            grafana="kafkaRestProxy",
            terraform="rest_proxy_url",
            required=True,
            help="Address of Confluent's REST proxy",
        )
        topic = Template(
            grafana="kafkaTopic", terraform="topic", required=True, help="Topic to write to"
        )
        username = Text(help="User at the proxy")
        password = Secret(help="Password at the proxy")
        api_version = Choice(
            ("v2", "v3"),
            grafana="apiVersion",
            default="v2",
            error="unsupported api version: {}",
            help="Version of the proxy's interface",
        )
        cluster_id = Template(
            grafana="kafkaClusterId", terraform="cluster_id", help="Needed with version 3"
        )
        description = Template(
            default=named(grafana="default.title"), help="The record's description"
        )
        details = Template(default=named(grafana="default.message"), help="The record's details")

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("rest_proxy"):
            yield "", "could not find kafka rest proxy endpoint property in settings"
        if not self.values.get("topic"):
            yield "", "could not find kafka topic property in settings"
        if self.values.get("api_version") == "v3" and not self.values.get("cluster_id"):
            yield "", "kafka cluster id must be provided when using api version 3"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        record = {
            "description": settings.description,
            "client": "Grafana",
            "details": settings.details,
            "alert_state": "alerting" if notification.is_firing else "ok",
            "client_url": notification.link("/alerting/list"),
            "contexts": [{"type": "image", "src": url} for url in notification.image_urls],
            "incident_key": notification.dedup_key,
        }
        record = {key: item for key, item in record.items() if item or key == "description"}
        body: dict[str, Any] = {"records": [{"value": record}]}
        path = f"/topics/{settings.topic}"
        if settings.api_version == "v3":
            body = {"value": {"type": "JSON", "data": record}}
            path = f"/v3/clusters/{settings.cluster_id}{path}/records"
        login = (settings.username, settings.password)
        reply = http.post(
            settings.rest_proxy.rstrip("/") + path,
            json=body,
            headers=HEADERS[settings.api_version],
            auth=login if all(login) else None,
            http_config=settings.http_config,
        )
        (check_v3 if settings.api_version == "v3" else check_v2)(reply)


def check_v2(reply: Reply) -> None:
    """Every record has an answer of its own. :raises DeliveryError: when one was not taken."""
    answer = reply.json()
    offsets = answer.get("offsets") if isinstance(answer, dict) else None
    for record in offsets if isinstance(offsets, list) else ():
        if isinstance(record, dict) and record.get("error_code"):
            raise not_taken(record["error_code"], record.get("error"))


def check_v3(reply: Reply) -> None:
    """:raises DeliveryError: unless the answer says that the record was taken."""
    answer = reply.json()
    if not isinstance(answer, dict) or "error_code" not in answer:
        raise DeliveryError("the REST proxy did not say whether the record was taken")
    if status_of(answer["error_code"]) // 100 != 2:
        raise not_taken(answer["error_code"], answer.get("message"))


def not_taken(code: Any, message: Any) -> DeliveryError:
    """The error for a record that was not taken: ``code`` as the proxy says it."""
    status = status_of(code)
    return DeliveryError(
        f"the record was not taken: {code}: {message}",
        reason=reason_of(status),
        permanent=code != RETRIABLE and not is_retryable(status),
        of_target=status == 429 or status >= 500,
    )


def status_of(code: Any) -> int:
    """The HTTP status that an error code begins with: 40403 is a kind of 404."""
    return int(str(code)[:3]) if str(code).isdigit() else 0
