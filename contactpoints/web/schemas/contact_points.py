"""The shapes of contact points grouped by name, and of tests."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Closed, Open


class Search(Closed):
    """What is looked for, and which part of it is shown."""

    search = fields.String(metadata={"description": "Words in names, types and labels."})
    type = fields.String(metadata={"description": "The type of an integration."})
    use = fields.String(metadata={"description": "used or unused: by policies."})
    limit = fields.Integer(metadata={"minimum": 0})
    offset = fields.Integer(metadata={"minimum": 0})


class Grouped(Open):
    """A contact point with its integrations."""

    name = fields.String(required=True)
    provenance = fields.String(required=True)
    editable = fields.Boolean(required=True)
    usedBy = fields.Dict(required=True)  # noqa: N815
    version = fields.String(required=True)
    integrations = fields.List(fields.Dict(), required=True)


class GroupedPage(Open):
    """A part of the contact points that were found."""

    items = fields.List(fields.Nested(Grouped), required=True)
    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class TestBody(Closed):
    """What to send, and through what."""

    alert = fields.Dict(allow_none=True, metadata={"description": "labels and annotations"})
    uid = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    integrations = fields.List(fields.Dict(), allow_none=True)


class Tested(Open):
    """What became of a test."""

    status = fields.String(required=True)
    alert = fields.Dict(required=True)
    results = fields.List(fields.Dict(), required=True)
