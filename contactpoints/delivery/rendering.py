"""Rendering: the settings of an integration, with templates drawn, secrets read and texts cut."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, Protocol

from contactpoints.base import Integration
from contactpoints.delivery.transport import text_of
from contactpoints.fields import Field, FromFile
from contactpoints.notification import Notification
from contactpoints.spelling import Family
from contactpoints.truncation import Drawn, cut

LATE_IN = (
    *("title", "subject", "summary", "description", "message", "text", "content", "body"),
    "state_message",
)
"""Where a late message says how late it is: the first of these texts that is not empty."""


class Renderer(Protocol):
    """Draws one text; app.py hands it in."""

    def render(
        self, text: str, notification: Notification, family: Family, *, html: bool = False
    ) -> tuple[str, str | None]:
        """The drawn text, and the error that ended it early, if one did."""


class Verbatim:
    """The renderer for a service without templates: texts stay as they are."""

    def render(
        self, text: str, notification: Notification, family: Family, *, html: bool = False
    ) -> tuple[str, str | None]:
        return text, None


def render_settings(
    integration: Integration, notification: Notification, renderer: Renderer, late_after: float = 0
) -> tuple[Any, list[str]]:
    """An object with an attribute for each setting, and notes on what was odd.

    A template that fails gives the text up to there and a note. ``late_after`` seconds of delay
    make the message say how late it is; 0 never.

    :raises DeliveryError: when the file of a secret cannot be read.
    """
    settings = SimpleNamespace()
    notes: list[str] = []
    late = late_words(notification.delay) if 0 < late_after < notification.delay else ""
    marked = ""
    if late:
        marked = next((n for n in LATE_IN if n in integration.fields and integration.value(n)), "")
    name = ""

    def draw(text: str, field: Field) -> str:
        if "{{" in text:
            text, error = drawn(renderer, text, notification, integration, name)
            if error:
                notes.append(f"{name}: {error}")
        if late and name == marked and text.strip():
            text = f"[{late}] {text}"
        return cut(text, field.limit) if field.limit else text

    for name, field in integration.fields.items():
        value = integration.value(name)
        if value is not None:
            value = read_files(value)
            if field.is_drawn(integration.family):
                value = field.render(value, draw)
        setattr(settings, name, value)
    if marked and not str(getattr(settings, marked)).startswith(f"[{late}]"):
        _mark(settings, integration, f"[{late}]")
    return settings, notes


def _mark(settings: Any, integration: Integration, late: str) -> None:
    """Mark the first text that is not empty, as the one that should be turned out to be."""
    for name in LATE_IN:
        text = getattr(settings, name, None)
        if isinstance(text, str) and text.strip():
            limit = integration.fields[name].limit
            setattr(settings, name, cut(f"{late} {text}", limit) if limit else f"{late} {text}")
            return


def drawn(
    renderer: Renderer, source: str, notification: Notification, integration: Integration, name: str
) -> tuple[str, str | None]:
    """A template's text and the error that ended it early; whoever cuts the text can learn how many
    alerts that leaves out.
    """
    family = integration.family
    html = draws_html(integration, name, integration.fields[name])

    @cache
    def length(alerts: int) -> int:
        return len(renderer.render(source, notification.limited(alerts), family, html=html)[0])

    text, error = renderer.render(source, notification, family, html=html)
    return Drawn(text, len(notification.alerts), length), error


def draws_html(integration: Integration, name: str, field: Field) -> bool:
    """Whether the text is HTML, so that what is put into it has to be escaped."""
    if field.html:
        return True
    asked = getattr(integration, "draws_html", None)
    return bool(asked and asked(name, integration.effective(), integration.family))


def read_files(value: Any) -> Any:
    """``value`` with the content of every file that a secret in it names."""
    if isinstance(value, FromFile):
        return text_of({"the setting": value}, "the setting")
    if isinstance(value, dict):
        return {key: read_files(item) for key, item in value.items()}
    if isinstance(value, list):
        return [read_files(item) for item in value]
    return value


def late_words(seconds: float) -> str:
    """How late, in words.

    >>> late_words(330), late_words(7300)
    ('5 min late', '2 h 1 min late')
    """
    hours, minutes = divmod(int(seconds // 60), 60)
    return f"{hours} h {minutes} min late" if hours else f"{minutes} min late"
