"""How reports name integrations, and which of the services behind them are gone or going."""

from __future__ import annotations

from contactpoints.setup import ContactPoint, Setup
from translators.losses import Report


def report_notices(setup: Setup, report: Report) -> None:
    """Say which of the services that a setup sends to are gone or going."""
    for point in setup.contact_points:
        for index, integration in enumerate(point.integrations):
            if notice := integration.notice:
                where = (point.name, label_of(point, index))
                report.lose(
                    where, "notice", notice.text, integration.path, is_of_contact_point=True
                )


def label_of(point: ContactPoint, index: int) -> str:
    """How a report names an integration: its type, with its number when there are several of that
    type.
    """
    kind = point.integrations[index].type
    same = [position for position, each in enumerate(point.integrations) if each.type == kind]
    return f"{kind} #{same.index(index) + 1}" if len(same) > 1 else kind
