"""Rendering: the settings of an integration, with templates drawn, secrets read and texts cut."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

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
    plan = _plans.get(integration)
    if plan is None or not plan.fits(integration):
        plan = _plans[integration] = Plan(integration)
    drawing = Drawing(integration.family, notification, renderer)
    late = late_words(notification.delay) if 0 < late_after < notification.delay else ""
    if late:
        drawing.late, drawing.marked = f"[{late}]", plan.marked
    made = plan.settings.copy()
    for setting in plan.changing if not late else plan.all:
        made[setting.name] = drawing.made(setting)
    settings = SimpleNamespace(**made)
    if drawing.marked and not str(made[drawing.marked]).startswith(drawing.late):
        _mark(settings, integration, drawing.late)
    return settings, drawing.notes


class Setting(NamedTuple):
    """One that has a value; ``html`` when what is drawn into it has to be escaped."""

    name: str
    field: Field
    value: Any
    is_drawn: bool
    html: bool


class Plan:
    """What stays the same in all that is rendered of an integration, and what does not.

    ``settings`` has every setting; the value of one that is ``changing`` is made for each attempt.
    ``marked`` is the setting that says how late a message is.
    """

    def __init__(self, integration: Integration) -> None:
        self.said = dict(integration.values), dict(integration.inherited)
        self.settings: dict[str, Any] = {}
        self.all: list[Setting] = []
        self.changing: list[Setting] = []
        for name, field in integration.fields.items():
            value = self.settings[name] = integration.value(name)
            if value is None:
                continue
            is_drawn = field.is_drawn(integration.family)
            html = is_drawn and draws_html(integration, name, field)
            setting = Setting(name, field, value, is_drawn, html)
            self.all.append(setting)
            if isinstance(value, FromFile | dict | list):  # senders may change their copy
                self.changing.append(setting)
            elif is_drawn:
                texts: list[str] = []
                self.settings[name] = field.render(value, partial(_undrawn, texts))
                if any("{{" in text for text in texts):
                    self.changing.append(setting)
        filled = {setting.name for setting in self.all if setting.value}
        self.marked = next((name for name in LATE_IN if name in filled), "")

    def fits(self, integration: Integration) -> bool:
        """Whether the integration says what it said when the plan was made."""
        return self.said == (integration.values, integration.inherited)


def _undrawn(texts: list[str], text: str, field: Field) -> str:
    texts.append(text)
    return cut(text, field.limit) if field.limit else text


_plans: WeakKeyDictionary[Integration, Plan] = WeakKeyDictionary()


class Drawing:
    """The texts of one attempt; ``late`` is what the setting ``marked`` begins with."""

    def __init__(self, family: Family, notification: Notification, renderer: Renderer) -> None:
        self.family, self.notification, self.renderer = family, notification, renderer
        self.notes: list[str] = []
        self.late = self.marked = ""

    def made(self, setting: Setting) -> Any:
        """The setting's value: files read, texts drawn, marked and cut."""
        value = setting.value
        if not isinstance(value, str):
            value = read_files(value)
        if not setting.is_drawn:
            return value
        return setting.field.render(value, partial(self._draw, setting))

    def _draw(self, setting: Setting, text: str, field: Field) -> str:
        if "{{" in text:
            text, error = self._drawn(text, setting.html)
            if error:
                self.notes.append(f"{setting.name}: {error}")
        if self.late and setting.name == self.marked and text.strip():
            text = f"{self.late} {text}"
        return cut(text, field.limit) if field.limit else text

    def _drawn(self, source: str, html: bool) -> tuple[str, str | None]:
        """A template's text and the error that ended it early; whoever cuts the text can learn how
        many alerts that leaves out, where it has a line for each.
        """
        notification, family = self.notification, self.family
        text, error = self.renderer.render(source, notification, family, html=html)
        if "\n" not in text:
            return text, error

        def length(alerts: int) -> int:
            limited = notification.limited(alerts)
            return len(self.renderer.render(source, limited, family, html=html)[0])

        return Drawn(text, len(notification.alerts), length), error


def _mark(settings: Any, integration: Integration, late: str) -> None:
    """Mark the first text that is not empty, as the one that should be turned out to be."""
    for name in LATE_IN:
        text = getattr(settings, name, None)
        if isinstance(text, str) and text.strip():
            limit = integration.fields[name].limit
            setattr(settings, name, cut(f"{late} {text}", limit) if limit else f"{late} {text}")
            return


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
