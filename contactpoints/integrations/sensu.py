"""Sensu Core, the one before Sensu Go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.base import Absent, Integration, Notice
from contactpoints.fields import Schema, Secret, Template, Text, Url
from contactpoints.notification import Notification
from contactpoints.spelling import named

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

CRITICAL, OK = 2, 0
NOT_IN_NAMES = re.compile(  # https://docs.sensu.io/sensu-core/1.9/reference/checks/#check-naming
    r"[^\w.-]", re.ASCII
)


class Sensu(Integration):
    """A check result of a proxy client. https://docs.sensu.io/sensu-core/1.9/api/results/"""

    label = "Sensu"
    alertmanager = Absent("Alertmanager does not send to Sensu")
    terraform = Absent("Terraform's provider has no block for Sensu, only for Sensu Go")
    notice = Notice("2019-12-31", "Sensu Core ended on 2019-12-31: use Sensu Go (sensugo)")

    class Settings(Schema):
        url = Url(required=True, help="The whole address of the results API")
        source = Text(help="Name of the proxy client; made from the group of alerts when empty")
        handler = Text(help="Handler to run; the default one when left out")
        username = Text(help="User for basic authentication")
        password = Secret(help="Password for basic authentication")
        message = Template(default=named(grafana="default.message"), help="Output of the check")

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "could not find url property in settings"

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        result = {
            "name": name_of(notification),
            "source": settings.source or f"grafana_{notification.dedup_key[:16]}",
            "output": settings.message,
            "status": CRITICAL if notification.is_firing else OK,
            "ruleUrl": notification.link("/alerting/list"),
        }
        if settings.handler:
            result["handler"] = settings.handler
        if notification.image_urls:
            result["imageUrl"] = notification.image_urls[0]
        login = (settings.username, settings.password)
        http.post(settings.url, json=result, auth=login if all(login) else None)


def name_of(notification: Notification) -> str:
    """A name for the check that stays the same as long as the group does: a resolved notification
    has to find what it resolves.
    """
    labels = notification.group_labels
    name = labels.get("alertname") or " ".join(labels.values()) or notification.receiver_name
    return NOT_IN_NAMES.sub("_", name) or "alerts"
