"""Attempt: send one delivery once, and say what became of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from contactpoints.delivery.deadline import until
from contactpoints.delivery.directory import Endpoint
from contactpoints.delivery.hiding import without_secrets
from contactpoints.delivery.http import TIME_LIMIT, DeliveryError, Http
from contactpoints.delivery.outcome import Outcome, plain
from contactpoints.delivery.rendering import Renderer, render_settings
from contactpoints.delivery.secrecy import read_secrets
from contactpoints.notification import Notification, parse_notification
from contactpoints.posted import Posted, PostedBy, PostedInMemory

log = logging.getLogger(__name__)

REMEMBERED = 512  # notifications whose parsed form is kept: several integrations, and retries
LATE = "X-Contactpoints-Late"
"""The header of what is delivered late: for how many seconds. The body of a webhook has no text of
ours that could say it.
"""
LARGE = 64 * 1024  # bytes of a body that is not worth keeping


@lru_cache(REMEMBERED)
def _remembered(body: bytes) -> Notification:
    return parse_notification(body)


def parsed(body: bytes) -> Notification:
    """The notification in ``body``. :raises PayloadError: when it is none."""
    return _remembered(body) if len(body) <= LARGE else parse_notification(body)


@dataclass(frozen=True)
class Sender:
    """What every attempt of a process shares."""

    renderer: Renderer
    time_limit: float = TIME_LIMIT
    late_after: float = 300.0
    posted: Posted = field(default_factory=PostedInMemory)

    def send(self, endpoint: Endpoint, body: bytes, accepted_at: float) -> Outcome:
        """Send what was posted through ``endpoint``; every failure is in the outcome."""
        started, begin = time.time(), time.monotonic()
        error: DeliveryError | None = None
        notes: list[str] = []
        secrets = set(endpoint.secrets)
        try:
            notification = replace(parsed(body), delay=max(0.0, started - accepted_at))
            self._send(endpoint, notification, notes, secrets)
        except DeliveryError as caught:
            error = caught
        except Exception as caught:  # a mistake in an integration must not stop the others
            where = caught.__traceback__
            while where and where.tb_next:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where else "?"
            name = type(caught).__name__
            said = plain(without_secrets(str(caught), secrets), 200)
            log.error(
                "type=%s error=%s at=%s said=%r", endpoint.integration.type, name, place, said
            )
            error = DeliveryError(f"a mistake in this program: {name} in {place}: {said}")
        if error:
            _hide(error, secrets)
        return Outcome(started, time.monotonic() - begin, error, tuple(notes))

    def _send(
        self, endpoint: Endpoint, notification: Notification, notes: list[str], secrets: set[str]
    ) -> None:
        integration = endpoint.integration
        notification = integration.told(notification)
        delay = notification.delay
        with until(time.monotonic() + self.time_limit):
            renderer = endpoint.renderer or self.renderer
            settings, said = render_settings(integration, notification, renderer, self.late_after)
            if endpoint.late:
                secrets |= set(read_secrets(integration, endpoint.late, settings))
            notes += [plain(without_secrets(note, secrets)) for note in said]
            http = Http(
                time_limit=self.time_limit,
                secrets=secrets,
                proxy_from_environment=integration.family == "grafana",
                headers={LATE: str(int(delay))} if 0 < self.late_after < delay else None,
                posted=PostedBy(self.posted, (endpoint.contact_point, endpoint.key)),
            )
            integration.send(notification, settings, http)


def _hide(error: DeliveryError, secrets: Iterable[str]) -> None:
    """Whatever an integration puts into its error, no configured secret is in it."""
    error.args = (without_secrets(str(error), secrets),)
