"""Grafana OnCall, now Grafana IRM: a webhook with a title and a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration, Notice
from contactpoints.fields import Number, Secret, SecretTemplate, Template, Text
from contactpoints.grafana_data import grafana_data
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

LOGINS = ("username", "password", "authorization_scheme", "authorization_credentials")


class OnCall(Integration):
    """An alert group in OnCall.
    https://grafana.com/docs/oncall/latest/configure/integrations/references/grafana-alerting/
    """

    label = "Grafana OnCall / Grafana IRM"
    alertmanager = Absent(
        "Alertmanager has no OnCall integration: OnCall gives its webhook an address of its own"
    )
    notice = Notice(
        "2026-03-24",
        "OnCall OSS was archived on 2026-03-24; Grafana Cloud goes on with it as Grafana IRM",
    )

    class Settings(HttpSchema):
        url = SecretTemplate(required=True, help="The integration's address in OnCall")
        http_method = Text(grafana="httpMethod", default="POST", help="POST or PUT")
        username = Text(terraform="basic_auth_user", help="User for basic authentication")
        password = Secret(terraform="basic_auth_password", help="Password for basic authentication")
        authorization_scheme = Text(
            help="First word of the Authorization header; Bearer when left out"
        )
        authorization_credentials = Secret(help="What follows the scheme")
        max_alerts = Number(
            grafana="maxAlerts",
            quoted=True,
            default=0,
            help="Most alerts of one message; 0 for all",
        )
        title = Template(default=PerFamily(template("default.title")), help="The payload's title")
        message = Template(
            default=PerFamily(template("default.message")), help="The payload's message"
        )

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        if not has("url"):
            yield "", "required field 'url' is not specified"
        if all(has(name) for name in LOGINS if name != "authorization_scheme"):
            yield (
                "",
                "both HTTP Basic Authentication and Authorization Header are set, "
                "only 1 is permitted",
            )

    def told(self, notification: Notification) -> Notification:
        told = super().told(notification)
        most = self.value("max_alerts")
        return told.limited(most) if most > 0 else told

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        headers = {}
        if credentials := settings.authorization_credentials:
            scheme = settings.authorization_scheme or "Bearer"
            headers["Authorization"] = f"{scheme} {credentials}"
        user, password = settings.username, settings.password
        http.post(
            settings.url,
            json={
                **grafana_data(notification),
                "version": "1",
                "orgId": notification.payload.get("orgId", 1),
                "title": settings.title,
                "state": "alerting" if notification.is_firing else "ok",
                "message": settings.message,
                "truncatedAlerts": notification.truncated_alerts,
            },
            method=(settings.http_method or "POST").upper(),
            headers=headers,
            auth=(user, password) if user and password else None,
            http_config=settings.http_config,
        )
