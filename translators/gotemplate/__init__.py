"""Go's text/template and html/template, compiled to Jinja2, for Alertmanager and Grafana.

templates = TemplateSet({"team.tmpl": text}, family="grafana")
text, error = templates.render('{{ template "default.title" . }}', notification_data(payload, …))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from translators.gotemplate.defaults import default_sources
from translators.gotemplate.errors import TemplateError, TemplateErrors
from translators.gotemplate.functions import Family
from translators.gotemplate.notification import example_payload, notification_data
from translators.gotemplate.programs import compiled_source
from translators.gotemplate.rendering import Rendered
from translators.gotemplate.templates import TemplateSet

if TYPE_CHECKING:
    from translators.gotemplate.copying import copied_defaults, copy_names, default_trees
    from translators.gotemplate.losses import (
        TemplateLoss,
        Translated,
        template_losses,
        translated_template,
    )
    from translators.gotemplate.wording import Said, said_otherwise

__all__ = [
    "Family",
    "Rendered",
    "Said",
    "TemplateError",
    "TemplateErrors",
    "TemplateLoss",
    "TemplateSet",
    "Translated",
    "compiled_source",
    "copied_defaults",
    "copy_names",
    "default_sources",
    "default_trees",
    "example_payload",
    "notification_data",
    "said_otherwise",
    "template_losses",
    "translated_template",
]

_TRANSLATING = {
    "copying": ("copied_defaults", "copy_names", "default_trees"),
    "losses": ("TemplateLoss", "Translated", "template_losses", "translated_template"),
    "wording": ("Said", "said_otherwise"),
}
_HOME = {name: module for module, names in _TRANSLATING.items() for name in names}
"""What only translating needs is imported by the first who asks: rendering starts without it."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
