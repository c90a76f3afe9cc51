"""Charts: numbers over time as a small picture (SVG), drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from contactpoints.storage.timeline import Span

WIDTH, HEIGHT, BASE = 960, 100, 84  # in units of the picture
BAR = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>')


def bars(spans: Sequence[Span]) -> Markup:
    """A bar for each span, with what failed of it in another colour; the title says the numbers."""
    most = max([1, *(span.accepted for span in spans)])
    step = WIDTH / max(1, len(spans))
    parts = []
    for index, span in enumerate(spans):
        hour = datetime.fromtimestamp(span.start, UTC).strftime("%H:%M")
        title = Markup("<title>{} UTC: {:,} deliveries, {:,} failed</title>").format(
            hour, span.accepted, span.failed
        )
        for kind, number in (("all", span.accepted), ("failed", span.failed)):
            if number:
                tall = max(2.0, number / most * (BASE - 14))
                parts.append(BAR.format(kind, index * step + 1, BASE - tall, step - 2, tall, title))
        if index % 4 == 0:
            label = Markup('<text x="{:.1f}" y="{}">{}</text>')
            parts.append(label.format(index * step + 1, HEIGHT - 4, hour))
    total, failed = sum(s.accepted for s in spans), sum(s.failed for s in spans)
    said = (
        f"{total:,} deliveries in {len(spans)} hours, {failed:,} failed; at most {most:,} an hour"
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, said, Markup("").join(parts))
