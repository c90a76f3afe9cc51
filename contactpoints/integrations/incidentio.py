"""incident.io, by an alert source for Alertmanager."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration, Receiver
from contactpoints.fields import GoDuration, Number, Secret, Url
from contactpoints.http_crossing import has_authorization
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.truncation import size

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

BODY_LIMIT = 512 * 1024  # bytes: https://docs.incident.io/alerts/prometheus


class IncidentIo(Integration):
    """An alert in incident.io.
    https://prometheus.io/docs/alerting/latest/configuration/#incidentio_config
    """

    label = "incident.io"
    alertmanager = Receiver("incidentio_configs", since="0.29.0", go="incidentio.IncidentioConfig")
    grafana = Absent("Grafana has no incident.io integration")

    class Settings(HttpSchema):
        url = Url(file=True, required=True, help="The alert source's address")
        alert_source_token = Secret(file=True, help="Token of the alert source")
        max_alerts = Number(
            go="uint64", least=0, default=0, help="Most alerts of one message; 0 for all"
        )
        timeout = GoDuration(help="Time for one request; 0 for no limit of its own")

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "one of url or url_file must be configured"
        own = self.values.get("http_config")
        has_login = has_authorization(own)
        has_token = bool(self.values.get("alert_source_token"))
        if has_login and has_token:
            yield (
                "",
                "cannot specify alert_source_token or alert_source_token_file when using "
                "http_config.authorization",
            )
        if own is not None and not has_login and not has_token:
            yield (
                "",
                "at least one of alert_source_token, alert_source_token_file or "
                "http_config.authorization must be configured",
            )

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        if settings.max_alerts:
            notification = notification.limited(settings.max_alerts)
        said = {
            **notification.payload,
            "version": "1",
            "truncatedAlerts": notification.truncated_alerts,
        }
        if size(said) > BODY_LIMIT:  # the first alert makes the incident
            said["truncatedAlerts"] += len(said["alerts"]) - 1
            said["alerts"] = said["alerts"][:1]
        token = settings.alert_source_token
        http.post(
            settings.url,
            json=said,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            http_config=settings.http_config,
            timeout=settings.timeout,
        )
