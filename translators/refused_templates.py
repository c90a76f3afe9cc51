"""The few settings whose templates Alertmanager parses while it reads, and what it says of a broken
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alertmanager_configs.problems import Path
from alertmanager_configs.versions import Version
from contactpoints.base import Integration
from translators.gotemplate import TemplateError, TemplateSet

PARSED = ("webhook", "opsgenie")
"""The integrations that have such settings."""


def template_texts(integration: Any) -> Iterator[tuple[str, Any, Path, str]]:
    """Every template in the settings that were written: setting, field, path, text."""
    for name, value in integration.values.items():
        field = integration.fields[name]
        key = field.spelling(integration.family).name
        for path, text in field.templates(value):
            yield key, field, (*integration.path, key, *path), text


def refused_templates(integration: Integration, version: Version) -> Iterator[str]:
    """What Alertmanager says of the templates of one of its integrations."""
    if integration.type not in PARSED:
        return
    templates = TemplateSet({}, family="alertmanager")
    for name, field, path, text in template_texts(integration):
        for error in templates.check(text, html=field.html, name=name):
            if said := refused_template(integration, path, error, version):
                yield said


def refused_template(
    integration: Integration, path: Path, error: TemplateError, version: Version
) -> str:
    """What Alertmanager says of one broken template while it reads; mostly nothing."""
    said = f"template: :{error.line}: {error.message}"
    if integration.family != "alertmanager":
        return ""
    if integration.type == "webhook" and path[-1] == "url":
        return f"invalid template syntax: {said}"
    if integration.type == "opsgenie" and path[-1] == "type":
        index = path[-2]
        assert isinstance(index, int)
        them = integration.values["responders"][index]
        who = " ".join(them.get(name) or "" for name in ("id", "name", "username", "type"))
        is_new = version >= (0, 32, 0)
        wrong = "contains invalid template syntax" if is_new else "is not a valid template"
        return f"opsGenieConfig responder {{{who}}} type {wrong}: {said}"
    return ""
