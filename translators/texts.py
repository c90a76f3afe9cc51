"""The template texts of a setup on their way to the other family: files, settings, and on request
the default texts, so that messages look the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from contactpoints.base import Integration
from contactpoints.fields import Field, Interpolated
from contactpoints.setup import Setup, TemplateFile
from contactpoints.spelling import Family
from translators.losses import Report

SUSPICIOUS: Mapping[Family, re.Pattern[str]] = {
    "alertmanager": re.compile(
        r"\b(?:append|base64(?:de|en)code|dict|humanizeDuration|list|mustToDate|now|routeLabels"
        r"|safeUrl|since|toDate|toJson|urlUnescape|NotificationReason|RouteLabels)\b"
        r"|(?:template|block)\s+[\"`](?:__|[a-z0-9]+\.default\.)"
    ),
    "grafana": re.compile(
        r"\b(?:coll|data|grafanaExploreURL|queryFromGeneratorURL|tenantID|time|tmpl)\b"
        r"|\.(?:AppVersion|DashboardURL|EmbeddedImage|ExtraData|GroupKey|ImageURL|Len|OrgID"
        r"|PanelURL|RuleUID|SilenceURL|TruncatedAlerts|ValueString|Values|Vars)\b"
        r"|(?:template|block)\s+[\"`](?:__|(?:[a-z0-9]+\.)?default\.)"
    ),
}
"""What a text of a family has in it when the other family may not say it in the same way. A text
without any of it is the same in both, and is not even parsed."""

JSON = re.compile(r"\{\{ (\.Alerts(?:\.Firing|\.Resolved)?) \| toJson \}\}")
"""Alertmanager's default text for lists of alerts, which Grafana's own JSON has more in."""

LostText = Callable[[str, str, int], None]
"""What is called for a loss: what became of it, why, and the line within the text."""


class Texts:
    """The texts of ``setup``, for the family ``to``."""

    def __init__(self, setup: Setup, to: Family, report: Report, *, keep_look: bool) -> None:
        self.setup, self.read, self.write = setup, setup.family, to
        self.report, self.keep_look = report, keep_look
        self.wanted: set[str] = set()
        self._said: dict[str, Any] = {}
        self._same: set[str] = set()
        """Texts that say the same in both families: many come back."""

    @cached_property
    def defined(self) -> frozenset[str]:
        """The templates that the setup itself defines."""
        texts = " ".join(file.text for file in self.setup.templates if file.text)
        return frozenset(re.findall(r"\{\{-?\s*(?:define|block)\s+[\"`]([^\"`]+)[\"`]", texts))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The default templates that become copies, with the names of these: all of them when the
        look is kept, else those that the other family has not.
        """
        from translators.gotemplate import copy_names, default_trees

        names = copy_names(self.read, self.defined)
        if self.keep_look:
            return names
        theirs = default_trees(self.write)
        return {name: copy for name, copy in names.items() if name not in theirs}

    def default(self, integration: Integration) -> dict[str, Any]:
        """The default texts of the settings that were left out, where the families differ."""
        declared = type(integration)
        found: dict[str, Any] = {}
        for name, field in declared.fields.items():
            ours, theirs = field.default(self.read), field.default(self.write)
            if ours and theirs and (is_text(ours) or is_text(theirs)):
                value = integration.value(name)
                if value != integration.effective().get(name):
                    found[name] = self._as_json(value)
        return found

    def _as_json(self, value: Any) -> Any:
        if self.write != "grafana" or not isinstance(value, dict):
            return value
        name = self.names.get("alerts_as_json", "")
        made = {}
        for key, text in value.items():
            match = JSON.fullmatch(text) if isinstance(text, str) else None
            if match:
                self.wanted.add("alerts_as_json")
            made[key] = f'{{{{ template "{name}" {match[1]} }}}}' if match else text
        return made

    def value(self, field: Field, value: Any, lose: Callable[[str, str, str, int], None]) -> Any:
        """``value`` with its templates said for the other family; ``None`` when the whole cannot
        be.
        """
        if value.__class__ is str and (value in self._same or "{{" not in value):
            return value
        for path, text in list(field.templates(value)):
            if isinstance(text, Interpolated):
                continue
            if not SUSPICIOUS[self.read].search(text):
                self._same.add(text)
                continue
            shown = ".".join(map(str, (field.setting, *path)))
            said = self._say(text, partial(lose, shown))
            if said is None and not path:
                return None
            value = put(value, path, said or "")
        return value

    def _say(self, text: str, lose: LostText) -> str | None:
        from translators.gotemplate import TemplateError, said_otherwise

        if text not in self._said:
            try:
                said = said_otherwise(
                    text,
                    read=self.read,
                    write=self.write,
                    defined=self.defined,
                    renamed=self.names,
                )
            except TemplateError:
                said = None  # `check` says what is wrong with it
            self._said[text] = said
        said = self._said[text]
        if said is None:
            return text
        self.wanted |= {name for name, copy in self.names.items() if f'"{copy}"' in said.text}
        for loss in said.losses:
            way = "dropped" if loss.is_missing else "changed"
            lose(way, loss.why, loss.line)
        if "" in said.emptied:
            lose("dropped", "what is left would fail, so the default text is used", 0)
            return None
        return str(said.text)

    def files(self) -> list[TemplateFile]:
        """The template files for the other family, with one for the copies of default templates."""
        files = [self._file(file) for file in self.setup.templates]
        if self.wanted:
            from translators.gotemplate import copied_defaults

            copied = copied_defaults(
                self.wanted, self.names, read=self.read, write=self.write, defined=self.defined
            )
            name = f"{self.read}-defaults"
            while any(file.name == name for file in files):
                name = f"_{name}"
            files.append(TemplateFile(name, copied.text))
            self.report.lose(
                ("templates", name),
                "added",
                f"the default texts of {'Grafana' if self.read == 'grafana' else 'Alertmanager'} "
                "that are used, under names of their own",
            )
            if copied.without:
                fields = ", ".join(f".{field}" for field in copied.without)
                why = f"what they say of {fields}, which Alertmanager's alerts do not have"
                self.report.lose(("templates", name), "dropped", why)
            for loss in copied.losses:
                self.report.lose(
                    ("templates", name), "dropped" if loss.is_missing else "changed", loss.why
                )
        return files

    def _file(self, file: TemplateFile) -> TemplateFile:
        if file.text is None or not SUSPICIOUS[self.read].search(file.text):
            return file
        inside = not file.pattern
        where = ("templates", file.name)

        def lose(what: str, why: str, line: int) -> None:
            place = file.path if not inside else (*file.path, "template")
            here = f"{why} (line {line} of {file.name})" if line and not inside else why
            self.report.lose(
                where,
                "changed" if what == "changed" else "dropped",
                here,
                place,
                line_of_text=line if inside else 0,
            )

        text = self._say_file(file.text, lose)
        return replace(file, text=text)

    def _say_file(self, text: str, lose: LostText) -> str:
        said = self._say(text, lambda what, why, line: lose(what, why, line) if line else None)
        found = self._said[text]
        for name in found.emptied if found else ():
            if name:
                lose("dropped", f'template "{name}" would fail there: it is empty now', 0)
        return "" if said is None else said


def put(value: Any, path: tuple[Any, ...], text: Any) -> Any:
    """``value`` with ``text`` at the end of ``path``; what was there stays as it is."""
    if not path:
        return text
    if isinstance(value, list):
        return [put(v, path[1:], text) if i == path[0] else v for i, v in enumerate(value)]
    return {key: put(v, path[1:], text) if key == path[0] else v for key, v in value.items()}


def is_text(default: Any) -> bool:
    """Whether a default is a message text: a template that calls another one or is one itself."""
    if isinstance(default, dict):
        return any(is_text(value) for value in default.values())
    return isinstance(default, str) and "{{" in default
