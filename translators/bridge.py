"""The bridge: what Alertmanager cannot say becomes a webhook to this service, which delivers it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from alertmanager_configs.problems import Path
from contactpoints.base import Integration
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup
from translators.notices import label_of

if TYPE_CHECKING:
    from translators.dialect import Dialect
    from translators.losses import Report

TYPE = "webhook"
CREDENTIALS_FILE = "/run/secrets/contactpoints_token"
ADDRESS = re.compile(r"https?://.+/webhook/([^/?#]+)/([^/?#]+)")


@dataclass(frozen=True)
class Bridge:
    """Where the service is reached, and the file that holds the token for its ``Authorization``."""

    url: str
    credentials_file: str = CREDENTIALS_FILE
    labels: dict[Path, str] = field(default_factory=dict, compare=False)
    """How reports name the integrations, by the place where each stood in the input."""

    def address(self, contact_point: str, key: str) -> str:
        """Where the service takes notifications for one integration of a contact point."""
        return f"{self.url.rstrip('/')}/webhook/{quote(contact_point, '')}/{quote(key, '')}"

    def integration(
        self, contact_point: str, key: str, replaced: Integration, report: Report, label: str
    ) -> Integration:
        """The webhook in place of the integration that the service calls ``key``. What it tells of
        resolved alerts stays as it was.
        """
        address = self.address(contact_point, key)
        declared = integrations()[TYPE]
        told = replaced.send_resolved
        report.lose(
            (contact_point, label),
            "added",
            f"a webhook to {address}: contactpoints delivers it",
            replaced.path,
            is_of_contact_point=True,
        )
        return declared(
            {
                "url": address,
                "http_config": {"authorization": {"credentials_file": self.credentials_file}},
            },
            family="alertmanager",
            uid=key,
            send_resolved=told if told != declared.resolved_default("alertmanager") else None,
            path=replaced.path,
        )


def bridge_over(setup: Setup, bridge: Bridge, target: Dialect, report: Report) -> Setup:
    """``setup``, of the family of ``target``, with webhooks in place of the integrations that this
    one dialect of the family does not have.
    """
    points = []
    for point in setup.contact_points:
        kept = list(point.integrations)
        for index, key in enumerate(point.integration_keys()):
            replaced = point.integrations[index]
            if target.lacks(type(replaced)):
                label = bridge.labels.get(replaced.path) or label_of(point, index)
                report.forget(replaced.path)
                kept[index] = bridge.integration(point.name, key, replaced, report, label)
        points.append(replace(point, integrations=kept))
    return replace(setup, contact_points=points)


def bridged(point: ContactPoint, integration: Integration) -> str:
    """The key of the integration that a webhook of Alertmanager's goes to through the service; ""
    when it is no such webhook.
    """
    if integration.type != TYPE:
        return ""
    found = ADDRESS.fullmatch(str(integration.values.get("url", "")))
    return unquote(found[2]) if found and unquote(found[1]) == point.name else ""
