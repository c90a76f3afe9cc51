"""Go's text/template and html/template, compiled to Jinja2, for Alertmanager and Grafana.

templates = TemplateSet({"team.tmpl": text}, family="grafana")
text, error = templates.render('{{ template "default.title" . }}', notification_data(payload, …))
"""

from translators.gotemplate.defaults import default_sources
from translators.gotemplate.errors import TemplateError, TemplateErrors
from translators.gotemplate.functions import Family
from translators.gotemplate.losses import (
    TemplateLoss,
    Translated,
    template_losses,
    translated_template,
)
from translators.gotemplate.notification import example_payload, notification_data
from translators.gotemplate.templates import Rendered, TemplateSet, compiled_source

__all__ = [
    "Family",
    "Rendered",
    "TemplateError",
    "TemplateErrors",
    "TemplateLoss",
    "TemplateSet",
    "Translated",
    "compiled_source",
    "default_sources",
    "example_payload",
    "notification_data",
    "template_losses",
    "translated_template",
]
