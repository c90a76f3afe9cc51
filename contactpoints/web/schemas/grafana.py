"""The shapes of what Grafana's clients ask beside alerting."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Open


class GrafanaHealth(Open):
    """Whether the database answers, and the version of the API."""

    commit = fields.String()
    database = fields.String(required=True)
    version = fields.String(required=True)


class Build(Open):
    """The version, where a browser's settings have it."""

    buildInfo = fields.Dict(required=True)  # noqa: N815 - Grafana's name


class Organisation(Open):
    """An organisation."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class PageOfOrganisations(Open):
    """Which part of the list."""

    page = fields.Integer(metadata={"description": "Counted from 0."})
    perpage = fields.Integer()


class OrganisationOfUser(Open):
    """An organisation, and the user's role in it."""

    orgId = fields.Integer(required=True)  # noqa: N815 - Grafana's name
    name = fields.String(required=True)
    role = fields.String(required=True)


class User(Open):
    """Who asks."""

    id = fields.Integer(required=True)
    login = fields.String(required=True)
    orgId = fields.Integer(required=True)  # noqa: N815 - Grafana's name


class Plugin(Open):
    """A type of integration."""

    type = fields.String(required=True)
    name = fields.String(required=True)
    options = fields.List(fields.Dict())
