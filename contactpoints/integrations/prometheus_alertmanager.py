"""Another Alertmanager, by version 2 of its API."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from alertmanager_configs.urls import UrlError, check_http_url
from contactpoints.base import Absent, Integration
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.fields import Schema, Secret, Text
from contactpoints.grafana_data import public
from contactpoints.notification import Alert, Notification

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http


class PrometheusAlertmanager(Integration):
    """The alerts themselves, to one or more Alertmanagers.
    https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
    """

    type = "prometheus-alertmanager"
    label = "Alertmanager"
    alertmanager = Absent("Alertmanager does not forward alerts to another Alertmanager")
    terraform = "alertmanager"

    class Settings(Schema):
        url = Text(required=True, help="One base address, or several with commas between them")
        username = Text(grafana="basicAuthUser", help="User for basic authentication")
        password = Secret(grafana="basicAuthPassword", help="Password for basic authentication")

    def check(self) -> Iterable[tuple[str, str]]:
        urls = addresses(self.values.get("url"))
        if not urls:
            yield "", "could not find url property in settings"
        for url in urls:
            try:
                check_http_url(url)
            except UrlError as error:
                if "$" not in url:  # a variable is filled in later
                    yield "url", f"invalid url property in settings: {error.reason}"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        """To each address. It is enough that one takes the alerts, as it is for Prometheus."""
        alerts = [posted(alert) for alert in notification.alerts]
        urls = addresses(settings.url)
        login = (settings.username, settings.password)
        errors: list[DeliveryError] = []
        for position, url in enumerate(urls):
            share = (http.deadline - time.monotonic()) / (len(urls) - position)
            try:
                http.post(
                    f"{url}/api/v2/alerts",
                    json=alerts,
                    auth=login if all(login) else None,
                    timeout=max(share, 0.001),  # a dead one leaves time for the others
                )
            except DeliveryError as error:
                errors.append(error)
        if errors and len(errors) == len(urls):
            raise min(reversed(errors), key=lambda error: error.permanent)


def addresses(said: Any) -> list[str]:
    """The base addresses in a text that separates them by commas."""
    return [url.removesuffix("/") for part in str(said or "").split(",") if (url := part.strip())]


def posted(alert: Alert) -> dict[str, Any]:
    """One alert as the API takes it. A firing one ends never, so that ``resolve_timeout`` holds."""
    annotations = public(alert.annotations)
    if alert.image_url:
        annotations["image"] = alert.image_url
    return {
        "labels": public(alert.labels),
        "annotations": annotations,
        "startsAt": alert.starts_at,
        "endsAt": alert.ends_at,
        "generatorURL": alert.generator_url,
    }
