"""One integration of one family made one of the other, and what of it does not get across."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from contactpoints.base import Absent, Integration, SaidAs
from contactpoints.fields import Field, FromFile, InvalidError, Text
from contactpoints.http_settings import HttpConfig
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint
from contactpoints.spelling import Family
from translators.accepted_http import accepted
from translators.bridge import bridged
from translators.defaults import differing_defaults
from translators.losses import Report, What
from translators.notices import label_of
from translators.refused_templates import refused_templates
from translators.secrets import Missing
from translators.texts import Texts

EMPTY = '{{ "" }}'
"""A template that draws nothing: in Grafana an empty text means the default, in Alertmanager it
means empty.
"""


class Crossing:
    """One integration on its way."""

    def __init__(self, point: ContactPoint, index: int, texts: Texts, report: Report) -> None:
        self.point, self.index, self.texts, self.report = point, index, texts, report
        self.integration = point.integrations[index]
        self.origin, self.to = self.integration.family, texts.write
        self.lost_texts: list[tuple[str, str, str, int]] = []
        self.gone: set[str] = set()

    def lose(self, setting: str, what: str, why: str, line: int = 0) -> None:
        head, _, rest = setting.partition(".")
        field = self.integration.fields.get(head)
        name = field.spelling(self.origin).name or field.spelling(self.to).name if field else head
        path = self.integration.path
        if field and head in self.integration.values:
            path = (*path, name)
        shown = f"{name}.{rest}" if rest else name
        where = (self.point.name, label_of(self.point, self.index), *([shown] if shown else []))
        self.report.lose(
            where, cast(What, what), why, path, is_of_contact_point=True, line_of_text=line
        )

    def lose_text(self, setting: str, what: str, why: str, line: int) -> None:
        """A loss within a text, which nobody needs to know when the whole setting is lost."""
        self.lost_texts.append((setting, what, why, line))

    def lose_below(self, name: str, path: Path, why: str) -> None:
        self.lose(".".join(map(str, (name, *path))), "dropped", why)

    def run(self) -> Integration | None:
        """The integration in the other family; ``None`` when it cannot be said there."""
        integration, to = self.integration, self.to
        absent = integration.alertmanager if to == "alertmanager" else integration.grafana
        if isinstance(absent, Absent):
            self.lose("", "dropped", absent.why)
            return None
        if to == "alertmanager" and integration.sends_nothing():
            return None
        if to == "grafana" and (key := bridged(self.point, integration)):
            self.lose(
                "",
                "notice",
                f"it goes through a bridge to {key}: what it really is stands in the "
                "configuration of that service",
            )
        values = self.said()
        unknown = {name: values.pop(name) for name in list(values) if self.is_unknown(name, values)}
        if to == "alertmanager":  # a hook always sees ``http_config`` in Alertmanager's shape
            values = integration.to_alertmanager(self.reshaped(values), self.lose)
        else:
            values = self.reshaped(integration.to_grafana(values, self.lose))
        values |= unknown
        told = values.pop("send_resolved", integration.send_resolved)
        self.add_defaults(values)
        crossed = {
            name: new
            for name, value in values.items()
            if (new := self.setting(name, value)) is not None
        }
        for lost in self.lost_texts:
            if lost[0].partition(".")[0] not in self.gone:
                self.lose(*lost)
        for key in integration.extra:
            self.lose(key, "dropped", "it is not a setting that is known")
        declared = integrations()[absent.type] if isinstance(absent, SaidAs) else type(integration)
        made = declared(
            crossed,
            family=to,
            uid=integration.uid,
            send_resolved=told if told != made_default(integration, to) else None,
            path=integration.path,
        )
        wrong = [message for _, message in made.check()]
        if to == "alertmanager":
            wrong += [message for _, message in made.check_inherited()]
            wrong += refused_templates(made, self.report.version)
        if wrong:
            self.lose("", "dropped", f"what is left is not valid there: {'; '.join(wrong)}")
            return None
        return made

    def is_unknown(self, name: str, values: dict[str, Any]) -> bool:
        """Whether a whole structure is not known here: nothing can be made of it."""
        return isinstance(values[name], Missing) and not isinstance(
            self.integration.fields[name], Text
        )

    def said(self) -> dict[str, Any]:
        """What is set, with its texts in the other family's words."""
        integration = self.integration
        values = integration.effective()
        if self.origin == "grafana":  # it takes an empty text for "left out"
            values = {name: value for name, value in values.items() if value != ""}
        if self.texts.keep_look:
            values |= self.texts.default(integration)
        fields, texts, lose = integration.fields, self.texts, self.lose_text
        return {
            name: said
            for name, value in values.items()
            if (said := texts.value(fields[name], value, lose)) is not None
        }

    def add_defaults(self, values: dict[str, Any]) -> None:
        """Say what was left out where the families' defaults differ and are plain values; report
        texts that differ."""
        plain, texts = differing_defaults(
            type(self.integration),  # type: ignore[arg-type]  # a class is hashable
            self.origin,
            self.to,
        )
        for name, default in plain:
            values.setdefault(name, default)
        missing = [key for name, key in texts if name not in values]
        if missing and not self.texts.keep_look:
            self.lose(
                "",
                "changed",
                f"left out, so the other family's default texts are used: {', '.join(missing)}",
            )

    def reshaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values whose form differs as a whole, in the other family's."""
        fields = self.integration.fields
        return {
            name: shaped
            for name, value in values.items()
            if (shaped := fields[name].cross(value, self.to, self.lose)) is not None
        }

    def setting(self, name: str, value: Any) -> Any:
        """One value in the other family, or ``None`` when it is lost or need not be said."""
        field = self.integration.fields[name]
        spelling = field.spellings[self.to]
        is_there = not spelling.why
        if self.to == "alertmanager" and is_there and (wrong := self.refused(field, value)):
            self.lose(name, "dropped", f"Alertmanager refuses it: {wrong}")
            return None
        if is_there and value.__class__ is str and value not in ("", EMPTY) and not spelling.kind:
            return None if value == field.default(self.to) and not field.required else value
        if not is_there:
            self.gone.add(name)
            if value not in (None, "", [], {}, field.default(self.origin)):
                self.lose(name, "dropped", spelling.why)
            return None
        if value == field.default(self.to) and not field.required:
            return None
        if isinstance(value, Missing) and not isinstance(field, Text):
            return value
        if isinstance(value, FromFile):
            if self.to == "alertmanager" and not field.file:
                self.lose(
                    name, "dropped", "Alertmanager takes this value only as text, not from a file"
                )
                return None
            return value
        if not field.is_drawn(self.to) and any(field.templates(value)):
            family = "Grafana" if self.to == "grafana" else "Alertmanager"
            self.lose(name, "dropped", f"{family} takes this value as it stands, not as a template")
            return None
        if self.to == "grafana" and value == "" and field.is_template:
            return EMPTY if field.default("grafana") else None
        if self.to == "alertmanager" and value == EMPTY:
            return None if field.default(self.to) in (None, "") else ""
        if self.to == "alertmanager" and isinstance(field, HttpConfig):
            return accepted(value, field, self.report.version, partial(self.lose_below, name))
        try:
            field.write(value, self.to)
        except InvalidError as error:
            self.lose(name, "dropped", f"it cannot be said there: {error}")
            return None
        return value

    def refused(self, field: Field, value: Any) -> str:
        """Why Alertmanager refuses what another family takes; mostly addresses."""
        if field.is_any_text["alertmanager"] or value in ("", EMPTY):
            return ""
        if value.__class__ is not str and value.__class__ is not int:
            return ""
        problems = Problems(self.report.version)
        try:
            said = field.write(value, "alertmanager")
        except InvalidError:
            return ""  # said below, in other words
        field.read(Quoted(said) if isinstance(said, str) else str(said), self.to, (), problems)
        return problems.errors[0].message if problems.errors else ""


def made_default(integration: Integration, to: Family) -> bool:
    """What the other family does with resolved alerts when nothing is said."""
    return integration.resolved_default(to)
