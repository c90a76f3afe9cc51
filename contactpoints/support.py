"""Which integration works where: the table of the README, made from the declarations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from contactpoints.base import Absent, Integration
from contactpoints.integrations import integrations

Format = Literal["text", "markdown", "json"]
HEADINGS = ("type", "label", "grafana", "alertmanager", "since", "note", "documented")
ELSEWHERE = {
    **dict.fromkeys(
        ("email", "opsgenie", "pagerduty", "pushover", "slack", "victorops", "webex", "webhook"),
        "Supported",
    ),
    **dict.fromkeys(
        ("dingding", "discord", "googlechat", "kafka", "line", "teams", "prometheus-alertmanager"),
        "N/A",
    ),
    **dict.fromkeys(("sensugo", "telegram", "threema", "wecom", "zenduty"), "N/A"),
}
"""What Grafana's documentation marks under "Other Alertmanagers"; under "Grafana Alertmanager" it
marks all of these Supported. Source: its page "Contact points", of Grafana 10.
"""


class Support(NamedTuple):
    """One row. ``alertmanager`` is the receiver's key, or "via webhook"; ``since`` the version that
    brought it.
    """

    type: str
    label: str
    grafana: Literal["supported", "deprecated", "no"]
    alertmanager: str
    since: str
    note: str


def support_of(integration: type[Integration]) -> Support:
    """What the declaration of one integration says of its support."""
    notes = []
    grafana: Literal["supported", "deprecated", "no"] = "supported"
    if integration.grafana is not None:
        grafana = "no" if isinstance(integration.grafana, Absent) else "supported"
        notes.append(integration.grafana.why)
    elif integration.notice is not None:
        grafana = "deprecated"
    declared = integration.alertmanager
    key, since = (
        ("via webhook", "") if isinstance(declared, Absent) else (declared.key, declared.since)
    )
    if isinstance(declared, Absent):
        notes.append(declared.why)
    if integration.notice is not None:
        notes.append(integration.notice.text)
    return Support(integration.type, integration.label, grafana, key, since, "; ".join(notes))


def documentation(integration: type[Integration]) -> str:
    """The address of the vendor's documentation: it stands in the class's docstring."""
    found = re.search(r"https?://\S+", integration.__doc__ or "")
    return found.group() if found else ""


def support() -> list[Support]:
    """Every integration, sorted by type."""
    return [support_of(integration) for integration in integrations().values()]


def documented(name: str, row: Support) -> str:
    """The two marks of Grafana's documentation, and what has become of them since."""
    mark = ELSEWHERE.get(name.lower())
    if mark is None:
        return ""
    if mark == "N/A" and row.since:
        return f"Supported / {mark}: out of date, Alertmanager has it since {row.since}"
    return f"Supported / {mark}"


def show(rows: Sequence[Support], form: Format) -> str:
    """The table as text for a terminal, as Markdown, or as a JSON list of objects.

    People see one more column than programs: the marks of Grafana's documentation.
    """
    if form == "json":
        return json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False) + "\n"
    table = [(*row, documented(name, row)) for name, row in zip(integrations(), rows, strict=True)]
    if form == "markdown":
        lines = [_bar(HEADINGS), _bar(["---"] * len(HEADINGS))]
        lines += [_bar([f"`{row[0]}`", *row[1:3], _code(row[3]), *row[4:]]) for row in table]
        return "\n".join(lines) + "\n"
    shown = [HEADINGS, *table]
    widths = [max(len(row[column]) for row in shown) for column in range(len(HEADINGS))]
    return "".join(_padded(row, widths) + "\n" for row in shown)


def _bar(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(key: str) -> str:
    return key if " " in key else f"`{key}`"


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
