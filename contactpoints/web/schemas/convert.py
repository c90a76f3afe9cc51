"""The shapes of Grafana's import of an Alertmanager's configuration."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Closed, Open


class MimirConfiguration(Closed):
    """Mimir's form of an Alertmanager's configuration."""

    template_files = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    alertmanager_config = fields.String(
        required=True, metadata={"description": "The text of an alertmanager.yml."}
    )


class Imported(Open):
    """What came in, under which names, and what was lost."""

    status = fields.String(required=True)
    stats = fields.Dict(required=True)
    rename_resources = fields.Dict(required=True)
    report = fields.List(fields.Dict(), required=True)
