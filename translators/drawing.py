"""Drawing: what the service draws texts with: the templates of a setup, for either family."""

from __future__ import annotations

from typing import Any

from contactpoints.notification import Notification
from contactpoints.setup import Setup
from contactpoints.spelling import FAMILIES, Family
from translators.gotemplate import TemplateError, TemplateErrors, TemplateSet, notification_data


class TemplateRenderer:
    """Draws texts with the templates of a setup, each family with its own default set.

    A group of templates may use functions that only one family has: it belongs to that one then.

    :raises TemplateErrors: when one parses in neither.
    """

    def __init__(self, setup: Setup) -> None:
        self.sources = {file.name: file.text for file in setup.templates if file.text is not None}
        self._sets: dict[Family, TemplateSet] = {}
        wrong: dict[Family, dict[str, TemplateError]] = {}
        for family in FAMILIES:
            self._sets[family], wrong[family] = templates_of(self.sources, family)
        nowhere = [
            error for name, error in wrong["grafana"].items() if name in wrong["alertmanager"]
        ]
        if nowhere:
            raise TemplateErrors(nowhere)

    def render(
        self, text: str, notification: Notification, family: Family, *, html: bool = False
    ) -> tuple[str, str | None]:
        """The drawn text, and the error that ended it early, if one did."""
        kept: dict[str, Any] = vars(notification)  # the data is made once for all texts
        data = kept.get(_KEPT[family])
        if data is None:
            data = kept[_KEPT[family]] = notification_data(
                notification.payload, family=family, variables=notification.variables
            )
        drawn, error = self._sets[family].render(text, data, html=html)
        return drawn, None if error is None else str(error)


_KEPT: dict[Family, str] = {family: f"data of {family}" for family in FAMILIES}
"""Where a notification keeps what the templates of each family see of it."""


def templates_of(
    sources: dict[str, str], family: Family
) -> tuple[TemplateSet, dict[str, TemplateError]]:
    """The templates of ``sources`` that parse in ``family``, and why the others do not."""
    try:
        return TemplateSet(sources, family=family), {}
    except TemplateErrors as found:
        wrong = {error.name: error for error in found.errors}
    good = {name: text for name, text in sources.items() if name not in wrong}
    return TemplateSet(good, family=family), wrong
