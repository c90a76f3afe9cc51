"""Which integration works where: the table of the README, made from the declarations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from contactpoints.base import Absent, Integration
from contactpoints.integrations import integrations

Format = Literal["text", "markdown", "json"]
HEADINGS = ("type", "label", "grafana", "alertmanager", "since", "note")


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


def support() -> list[Support]:
    """Every integration, sorted by type."""
    return [support_of(integration) for integration in integrations().values()]


def show(rows: Sequence[Support], form: Format) -> str:
    """The table as text for a terminal, as Markdown, or as a JSON list of objects."""
    if form == "json":
        return json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False) + "\n"
    if form == "markdown":
        lines = [_bar(HEADINGS), _bar(["---"] * len(HEADINGS))]
        lines += [
            _bar([f"`{row.type}`", row.label, row.grafana, _code(row.alertmanager), *row[4:]])
            for row in rows
        ]
        return "\n".join(lines) + "\n"
    table = [HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS) - 1)]
    return "".join(_padded(row, widths) + "\n" for row in table)


def _bar(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(key: str) -> str:
    return key if " " in key else f"`{key}`"


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[-1]]).rstrip()
