"""Metrics: what Prometheus is told, right also for several processes of one gunicorn.

prometheus-client adds up the processes that share a folder. Each ``contactpoints serve`` makes one;
for plain gunicorn with several workers, set PROMETHEUS_MULTIPROC_DIR to an empty folder.
https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from contactpoints.delivery.shared_folder import shared_folder

if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # read when prometheus-client is imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared_folder()

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

Depth = list[tuple[str, int, float]]
"""For each contact point with something waiting: how many, and seconds since the oldest came."""

ATTEMPT = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
DELIVERY = (0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21600, 86400)

_own = CollectorRegistry()

received = Counter(
    "contactpoints_notifications_received",
    "Posts to the webhook, by what they were answered",
    ["answer"],
    registry=_own,
)
attempts = Counter(
    "contactpoints_attempts",
    "Attempts to send; the reason is empty when it was delivered",
    ["contact_point", "integration", "reason"],
    registry=_own,
)
deliveries = Counter(
    "contactpoints_deliveries",
    "Deliveries that came to an end",
    ["contact_point", "integration", "state", "reason"],
    registry=_own,
)
attempt_seconds = Histogram(
    "contactpoints_attempt_seconds",
    "Time that an attempt took",
    ["integration"],
    buckets=ATTEMPT,
    registry=_own,
)
delivery_seconds = Histogram(
    "contactpoints_delivery_seconds",
    "Time from a notification's acceptance to its delivery",
    ["integration"],
    buckets=DELIVERY,
    registry=_own,
)
accept_seconds = Histogram(
    "contactpoints_accept_seconds",
    "Time to store a notification for good",
    buckets=ATTEMPT,
    registry=_own,
)


class Waiting(Collector):
    """What waits in the outbox, read when it is asked for."""

    def __init__(self, depth: Depth, unclaimed: float) -> None:
        self.depth = depth
        self.unclaimed = unclaimed

    def collect(self) -> Iterator[Metric]:
        """Depth and age for each contact point that has something waiting."""
        waiting = GaugeMetricFamily(
            "contactpoints_waiting", "Deliveries that wait", labels=["contact_point"]
        )
        oldest = GaugeMetricFamily(
            "contactpoints_oldest_waiting_seconds",
            "Age of the oldest delivery that waits",
            labels=["contact_point"],
        )
        for name, count, age in self.depth:
            waiting.add_metric([name], count)
            oldest.add_metric([name], age)
        yield waiting
        yield oldest
        yield GaugeMetricFamily(
            "contactpoints_unclaimed_seconds",
            "Time for which something has been due that no process took",
            value=self.unclaimed,
        )


def exposition(depth: Depth, unclaimed: float = 0.0) -> bytes:
    """All metrics in Prometheus' text format. ``unclaimed`` is the time in seconds for which
    something has been due that no process took.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Waiting(depth, unclaimed))
    return generate_latest(registry)
