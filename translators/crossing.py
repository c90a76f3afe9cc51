"""Crossing: a setup of one family made a setup of the other, with a report of what does not get
across.

Within a family nothing is touched, so that a translation to the same family is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from contactpoints.base import Absent, Integration, SaidAs
from contactpoints.fields import FromFile, InvalidError
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup
from contactpoints.spelling import Family
from translators.losses import Report, What

EMPTY = '{{ "" }}'
"""A template that draws nothing: in Grafana an empty text means the default, in Alertmanager it
means empty.
"""


def cross(setup: Setup, to: Family, report: Report) -> Setup:
    """``setup`` for dialects of the family ``to``."""
    if setup.family == to:
        return setup
    points = []
    for point in setup.contact_points:
        crossed = [
            _Crossing(point, index, each, to, report).run()
            for index, each in enumerate(point.integrations)
        ]
        points.append(
            ContactPoint(
                point.name,
                [each for each in crossed if each is not None],
                point.labels,
                point.path,
                point.extra,
            )
        )
    return Setup(
        family=to,
        dialect=setup.dialect,
        contact_points=points,
        policy=setup.policy,
        mute_timings=setup.mute_timings,
        inhibitions=setup.inhibitions,
        templates=setup.templates,
        kept=setup.kept,
        document=setup.document,
    )


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


class _Crossing:
    """One integration on its way."""

    def __init__(
        self, point: ContactPoint, index: int, integration: Integration, to: Family, report: Report
    ) -> None:
        self.point, self.index, self.integration = point, index, integration
        self.origin, self.to, self.report = integration.family, to, report

    def lose(self, setting: str, what: str, why: str) -> None:
        head, _, rest = setting.partition(".")
        field = self.integration.fields.get(head)
        name = field.spelling(self.origin).name or field.spelling(self.to).name if field else head
        path = self.integration.path
        if field and head in self.integration.values:
            path = (*path, name)
        shown = f"{name}.{rest}" if rest else name
        where = (self.point.name, label_of(self.point, self.index), *([shown] if shown else []))
        self.report.lose(where, cast(What, what), why, path, is_of_contact_point=True)

    def run(self) -> Integration | None:
        """The integration in the other family; ``None`` when it cannot be said there."""
        integration, to = self.integration, self.to
        absent = integration.alertmanager if to == "alertmanager" else integration.grafana
        if isinstance(absent, Absent):
            self.lose("", "dropped", absent.why)
            return None
        if to == "alertmanager" and integration.sends_nothing():
            return None
        values = {
            name: value
            for name, value in integration.effective().items()
            if not self.is_silence(name, value)
        }
        if to == "alertmanager":  # a hook always sees ``http_config`` in Alertmanager's shape
            values = integration.to_alertmanager(self.reshaped(values), self.lose)
        else:
            values = self.reshaped(integration.to_grafana(values, self.lose))
        told = values.pop("send_resolved", integration.send_resolved)
        self.add_defaults(values)
        crossed = {
            name: new
            for name, value in values.items()
            if (new := self.setting(name, value)) is not None
        }
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
        wrong = [
            message
            for _, message in (
                *made.check(),
                *(made.check_inherited() if to == "alertmanager" else ()),
            )
        ]
        if wrong:
            self.lose("", "dropped", f"what is left is not valid there: {'; '.join(wrong)}")
            return None
        return made

    def is_silence(self, name: str, value: Any) -> bool:
        """Whether a value says nothing: Grafana takes an empty text for "left out"."""
        return self.origin == "grafana" and value == ""

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
        if missing := [key for name, key in texts if name not in values]:
            self.lose(
                "",
                "changed",
                f"left out, so the other family's default texts are used: {', '.join(missing)}",
            )

    def reshaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values whose form differs as a whole, in the other family's."""
        fields = self.integration.fields
        shaped = {
            name: fields[name].cross(value, self.to, self.lose) for name, value in values.items()
        }
        return {name: value for name, value in shaped.items() if value is not None}

    def setting(self, name: str, value: Any) -> Any:
        """One value in the other family, or ``None`` when it is lost or need not be said."""
        field = self.integration.fields[name]
        spelling = field.spelling(self.to)
        if not spelling.exists:
            if value not in (None, "", [], {}, field.default(self.origin)):
                self.lose(name, "dropped", spelling.why)
            return None
        if value == field.default(self.to) and not field.required:
            return None
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
        try:
            field.write(value, self.to)
        except InvalidError as error:
            self.lose(name, "dropped", f"it cannot be said there: {error}")
            return None
        return value


def made_default(integration: Integration, to: Family) -> bool:
    """What the other family does with resolved alerts when nothing is said."""
    return integration.resolved_default(to)


@cache
def differing_defaults(
    declared: type[Integration], origin: Family, to: Family
) -> tuple[Sequence[tuple[str, Any]], Sequence[tuple[str, str]]]:
    """What a setting that is left out means otherwise in the other family: plain values to say
    (setting, value), and message texts (setting, how ``origin`` spells it).
    """
    plain, texts = [], []
    for name, field in declared.fields.items():
        if not (field.spelling(origin).exists and field.spelling(to).exists):
            continue
        ours, theirs = field.default(origin), field.default(to)
        if is_text(ours) or is_text(theirs):
            if ours and theirs:
                texts.append((name, field.spelling(origin).name))
        elif ours is not None and ours != theirs:
            plain.append((name, ours))
    return plain, texts


def is_text(default: Any) -> bool:
    """Whether a default is a message text: a template that calls another one or is one itself."""
    if isinstance(default, dict):
        return any(is_text(value) for value in default.values())
    return isinstance(default, str) and "{{" in default
