"""Filters: how the pages write times, durations and states."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from jinja2 import Environment
from markupsafe import Markup

STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (float("inf"), 86400, "d"))
TONES: Mapping[str, str] = {
    "delivered": "good",
    "failed": "bad",
    "waiting": "wait",
    "skipped": "dim",
    "superseded": "dim",
    "cancelled": "dim",
    "firing": "bad",
    "resolved": "good",
}


def ago(seconds: float | None, now: float | None = None) -> Markup:
    """A time as people say it, with the exact one to be seen: "3 min ago", "in 20 s".

    >>> str(ago(1000.0, 1180.0))
    '<time datetime="1970-01-01T00:16:40Z" title="1970-01-01 00:16:40 UTC">3 min ago</time>'
    """
    if not seconds:
        return Markup("never")
    away = (time.time() if now is None else now) - seconds
    said = f"in {lasting(-away)}" if away < -1 else f"{lasting(abs(away))} ago"
    moment = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.strftime("%Y-%m-%d %H:%M:%S"), said
    )


def lasting(seconds: float) -> str:
    """A length of time, in one unit.

    >>> [lasting(0.0123), lasting(1.26), lasting(59), lasting(7200), lasting(200000)]
    ['12 ms', '1.3 s', '59 s', '2 h', '2 d']
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 ", " ")
    whole, unit = next((one, unit) for most, one, unit in STEPS if seconds < most)
    return f"{int(seconds / whole)} {unit}"


def badge(text: str, tone: str = "") -> Markup:
    """A word in a frame, coloured by what it means."""
    return Markup('<span class="badge {}">{}</span>').format(tone or TONES.get(text, "dim"), text)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "policy", "policies"), counted(2, "delivery", "deliveries"), counted(0, "alert")
    ('1 policy', '2 deliveries', '0 alerts')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def add_to(environment: Environment) -> None:
    """Give templates all of these."""
    environment.filters.update(ago=ago, lasting=lasting, badge=badge, counted=counted)
