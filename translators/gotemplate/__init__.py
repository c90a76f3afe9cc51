"""Go's text/template and html/template, compiled to Jinja2, for Alertmanager and Grafana.

templates = TemplateSet({"team.tmpl": text}, family="grafana")
text, error = templates.render('{{ template "default.title" . }}', notification_data(payload, …))
"""

from translators.gotemplate.copying import copied_defaults, copy_names, default_trees
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
from translators.gotemplate.programs import compiled_source
from translators.gotemplate.rendering import Rendered
from translators.gotemplate.said_otherwise import Said, said_otherwise
from translators.gotemplate.templates import TemplateSet

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
