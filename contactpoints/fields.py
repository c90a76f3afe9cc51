"""The kinds of settings. One line of a declaration is one field: its type, its rules and its
spelling everywhere.

Dialects, forms and the API use :meth:`Field.read` and :meth:`Field.write`, which know the family. A
value is plain data: ``str``, ``bool``, ``int``, lists and dicts of these, or :class:`FromFile`.
"""

from __future__ import annotations

from contactpoints.field import Draw, Field, Lose, Schema
from contactpoints.text_fields import (
    Choice,
    HostPort,
    Secret,
    SecretTemplate,
    SecretUrl,
    Template,
    TemplateUrl,
    Text,
    Url,
)
from contactpoints.typed_fields import Duration, Flag, GoDuration, Number
from contactpoints.values import (
    GRAFANA_REDACTED,
    REDACTED,
    Expression,
    FromFile,
    Interpolated,
    InvalidError,
)

__all__ = [
    "GRAFANA_REDACTED",
    "REDACTED",
    "Choice",
    "Draw",
    "Duration",
    "Expression",
    "Field",
    "Flag",
    "FromFile",
    "GoDuration",
    "HostPort",
    "Interpolated",
    "InvalidError",
    "Lose",
    "Number",
    "Schema",
    "Secret",
    "SecretTemplate",
    "SecretUrl",
    "Template",
    "TemplateUrl",
    "Text",
    "Url",
]
