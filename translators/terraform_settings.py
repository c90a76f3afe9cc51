"""An integration as a block of Terraform's ``grafana_contact_point``, and back.

Names follow from Grafana's by rule, with the exceptions that marks on the declarations' lines say.
Source: the schema of terraform-provider-grafana 4.9, and what it sends for an attribute left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from contactpoints.base import Absent, Integration
from contactpoints.fields import Expression, Field, Flag, FromFile, Interpolated, Number, Text
from contactpoints.groups import Part, Parts, TextMap, Tree
from contactpoints.integrations import integrations
from contactpoints.values import Within
from translators.hcl.printing import Printed
from translators.json_writing import compact

COMMON = ("uid", "disable_resolve_message", "settings")
SEPARATORS = re.compile(r"[,;\n]")  # of the texts that the provider has lists for
ONLY_TEXTS = "the provider's block has no attribute for it, and its settings map holds only texts"

AS_JSON = "the provider's map holds only texts: it is written as JSON"

ReadFile = Callable[[FromFile], Any]
"""The text of a file beside the one that is read, or the :class:`FromFile` itself."""


@cache
def blocks() -> Mapping[str, type[Integration]]:
    """Every integration that the provider has a block for, by the block's type."""
    return {
        name: declared
        for declared in integrations().values()
        if declared.form_of is None
        and declared.grafana is None
        and isinstance(name := block_of(declared), str)
    }


def block_of(declared: type[Integration]) -> str | Absent:
    """The block's type, or why there is none."""
    return declared.terraform or declared.type.lower()


@cache
def attributes(declared: type[Integration]) -> Mapping[str, Field]:
    """The settings that the block has an attribute or block for, by its name."""
    return {
        field.terraform.name: field
        for field in declared.fields.values()
        if field.spelling("grafana").exists and field.terraform.exists
    }


def read_settings(
    declared: type[Integration], data: Mapping[str, Any], read_file: ReadFile
) -> tuple[dict[str, Any], list[str]]:
    """Grafana's settings for the values of a block, and the attributes that are not understood."""
    known = attributes(declared)  # type: ignore[arg-type]  # a class is hashable
    settings: dict[str, Any] = {}
    others: list[str] = []
    for name, value in data.items():
        field = known.get(name)
        if name in COMMON or value is None or value == "":
            continue
        told = _read(field, value, read_file) if field is not None else None
        if field is None or told is None:
            others.append(name)
        else:
            settings[field.spelling("grafana").name] = told
    for field in declared.fields.values():
        name = field.spelling("grafana").name
        if is_sent_as_false(field) and name not in settings:
            settings[name] = "false"
    more = data.get("settings")
    if isinstance(more, dict):
        for name, value in more.items():
            found = declared.spelled["grafana"].get(name)
            settings[name] = _plain(found[0], value) if found else value
    elif more is not None:
        others.append("settings")
    return settings, others


def is_sent_as_false(field: Field) -> bool:
    """Whether the provider sends false where Grafana alone would take true."""
    return (
        isinstance(field, Flag)
        and field.default("grafana") is True
        and field.spelling("grafana").exists
        and field.terraform.exists
    )


def _read(field: Field, value: Any, read_file: ReadFile) -> Any:
    """What Grafana says for an attribute's or block's value; ``None`` when it cannot be told."""
    if isinstance(value, Expression):
        return None if isinstance(field, Part | TextMap) else value
    if isinstance(value, FromFile):
        return value if field.is_secret else read_file(value)
    if isinstance(field, Parts):
        made = [_read_part(field, item, read_file) for item in value if isinstance(item, dict)]
        return made if isinstance(value, list) else None
    if isinstance(field, Part):
        if isinstance(value, list):
            value = value[0] if value else None
        return _read_part(field, value, read_file) if isinstance(value, dict) else None
    if field.terraform.form == "list" and isinstance(value, list):
        return ";".join(map(str, value))
    return _plain(field, value)


def _plain(field: Field, value: Any) -> Any:
    """Numbers and bools may stand in quotes: Terraform takes them out."""
    if isinstance(field, Flag | Number) and isinstance(value, str):
        return value if isinstance(value, Interpolated) else str(value)
    return value


def _read_part(part: Part, value: Mapping[str, Any], read_file: ReadFile) -> dict[str, Any]:
    known = {each.terraform.name: each for each in part.parts.values()}
    read = {
        known[name].spelling("grafana").name: _read(known[name], item, read_file)
        for name, item in value.items()
        if name in known and item is not None and item != ""
    }
    return {name: item for name, item in read.items() if item is not None}


class SettingsBlock:
    """Writes one integration; ``lose`` gets (setting, what, why)."""

    def __init__(self, integration: Integration, lose: Callable[[str, Any, str], None]) -> None:
        self.integration, self.lose = integration, lose
        self.block = Printed(str(block_of(type(integration))))
        self.settings: dict[str, Any] = {}

    def write(self) -> Printed:
        """The block."""
        integration = self.integration
        if not integration.send_resolved:
            self.block.attributes["disable_resolve_message"] = True
        for name, field in integration.fields.items():
            if name in integration.values:
                self.put(field, integration.values[name])
            elif is_sent_as_false(field):
                self.block.attributes[field.terraform.name] = True
            if field.required and field.terraform.exists and field.terraform.name:
                self.require(field)
        for key, value in integration.extra.items():
            if isinstance(value, str) and not isinstance(key, Within):
                self.settings[key] = value
            else:
                self.lose(key, "dropped", ONLY_TEXTS)
        if self.settings:
            self.block.attributes["settings"] = self.settings
        return self.block

    def require(self, field: Field) -> None:
        """Say a setting that the provider wants to be said, although there is nothing to say."""
        if field.terraform.name not in self.block.attributes:
            self.block.attributes[field.terraform.name] = ""
            key = field.spelling("grafana").name
            self.lose(key, "added", "the provider requires it; it sends nothing for an empty text")

    def put(self, field: Field, value: Any) -> None:
        key = field.spelling("grafana").name
        if value is None or value == "":
            return
        if field.terraform.exists:
            if isinstance(field, Tree) and isinstance(value, dict):
                for name, item in value.items():
                    if not isinstance(item, str):
                        self.lose(f"{key}.{name}", "changed", AS_JSON)
            put(self.block, field, value)
        elif isinstance(field, Text):
            self.settings[key] = field.write(value, "grafana")
        elif value not in ([], {}, field.default("grafana")):
            self.lose(key, "dropped", field.terraform.why)


def put(block: Printed, field: Field, value: Any) -> None:
    """Put one setting into a block, as the attribute or block that the provider has for it."""
    name = field.terraform.name
    if isinstance(value, Interpolated | FromFile):
        block.attributes[name] = [value] if field.terraform.form == "list" else value
    elif isinstance(field, Part):
        inner = [_part(field, item) for item in (value if isinstance(field, Parts) else [value])]
        if field.terraform.form == "map":
            block.attributes[name] = inner[0].attributes
        else:
            block.inner += [Printed(name, each.attributes, each.inner) for each in inner]
    else:
        told = field.write(value, "grafana")
        if field.terraform.form == "list" and isinstance(told, str):
            told = split_text(told)
        if isinstance(field, Tree) and isinstance(told, dict):  # the provider has a map of texts
            told = {key: _text_of(item) for key, item in told.items()}
        block.attributes[name] = told


def _text_of(value: Any) -> str:
    """A part of a structure as text: JSON, which Grafana takes apart again."""
    return value if isinstance(value, str) else compact(value)


def split_text(text: str) -> list[str]:
    """The list that the provider has for a text with separators; a template stays whole."""
    parts = [text] if "{{" in text else SEPARATORS.split(text)
    return [word for part in parts if (word := part.strip())]


def _part(part: Part, value: Mapping[str, Any]) -> Printed:
    block = Printed("")
    for name, each in part.parts.items():
        if name in value and value[name] is not None and each.terraform.exists:
            put(block, each, value[name])
    return block
