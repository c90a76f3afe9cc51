"""Sensu Go: an event of an entity that stands in for what is watched."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration
from contactpoints.fields import Secret, Template, Url
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

DEFAULT = "default"  # entity, check and namespace, when nothing is said or drawn
CRITICAL, OK = (
    2,
    0,
)  # https://docs.sensu.io/sensu-go/latest/observability-pipeline/observe-schedule/checks/
INTERVAL = 86400  # seconds; an event needs one, and no check runs here


class SensuGo(Integration):
    """An event of a proxy entity. https://docs.sensu.io/sensu-go/latest/api/core/events/"""

    label = "Sensu Go"
    alertmanager = Absent("Alertmanager does not send to Sensu")

    class Settings(HttpSchema):
        url = Url(required=True, help="Address of the backend, with its port")
        api_key = Secret(
            grafana="apikey", terraform="api_key", required=True, help="Key of the API"
        )
        entity = Template(default=DEFAULT, help="Entity that the event is of")
        check_name = Template(grafana="check", default=DEFAULT, help="Check that the event is of")
        handler = Template(help="Handler to run")
        namespace = Template(default=DEFAULT, help="Namespace of the event")
        message = Template(default=named(grafana="default.message"), help="Output of the check")

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "could not find URL property in settings"
        if not self.values.get("api_key"):
            yield "", "could not find the API key property in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        namespace = settings.namespace or DEFAULT
        link = notification.link("/alerting/list")
        labels = {"ruleURL": link}
        if notification.image_urls:
            labels["imageURL"] = notification.image_urls[0]
        event = {
            "entity": {
                "metadata": {"name": settings.entity or DEFAULT, "namespace": namespace},
            },
            "check": {
                "metadata": {"name": settings.check_name or DEFAULT, "labels": labels},
                "output": settings.message,
                "issued": int(time.time()),
                "interval": INTERVAL,
                "status": CRITICAL if notification.is_firing else OK,
                "handlers": [settings.handler] if self.values.get("handler") else None,
            },
            "ruleUrl": link,
        }
        http.post(
            f"{settings.url.removesuffix('/')}/api/core/v2/namespaces/{namespace}/events",
            json=event,
            headers={"Authorization": f"Key {settings.api_key}"},
            http_config=settings.http_config,
        )
