"""The shapes of Grafana's provisioning API."""

from __future__ import annotations

from marshmallow import fields, validate

from contactpoints.web.schemas.shapes import Closed, Open

FORMATS = "yaml, json, hcl, or the name of a dialect such as alertmanager"
Version = fields.String(metadata={"description": "Changes with every change of the item."})
Provenance = fields.String(
    metadata={"description": "Which way it came in: api, file, converted_prometheus, or nothing."}
)


class ContactPointBody(Closed):
    """One integration; those of one name are one contact point."""

    uid = fields.String(allow_none=True, metadata={"description": "Made when it is left out."})
    name = fields.String(required=True)
    type = fields.String(required=True)
    settings = fields.Dict(required=True)
    disableResolveMessage = fields.Boolean(allow_none=True)  # noqa: N815 - Grafana's name


class ContactPoint(Open):
    """One integration as it is shown: secrets read ``[REDACTED]``."""

    uid = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    settings = fields.Dict(required=True)
    disableResolveMessage = fields.Boolean()  # noqa: N815 - Grafana's name
    provenance = Provenance


class Route(Open):
    """A policy and those below it."""

    receiver = fields.String(allow_none=True)
    group_by = fields.List(fields.String(), allow_none=True)
    match = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    match_re = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    matchers = fields.List(fields.String(), allow_none=True)
    object_matchers = fields.List(
        fields.List(fields.String(), validate=validate.Length(equal=3)), allow_none=True
    )
    mute_time_intervals = fields.List(fields.String(), allow_none=True)
    active_time_intervals = fields.List(fields.String(), allow_none=True)
    group_wait = fields.String(allow_none=True)
    group_interval = fields.String(allow_none=True)
    repeat_interval = fields.String(allow_none=True)
    routes = fields.List(fields.Nested(lambda: Route()), allow_none=True)
    provenance = Provenance


class TemplateBody(Closed):
    """A group of named templates. With ``version`` nobody may have changed it since."""

    template = fields.String(required=True)
    version = fields.String(allow_none=True)


class Template(Open):
    """A group of named templates as it is shown."""

    name = fields.String(required=True)
    template = fields.String(required=True)
    version = Version
    provenance = Provenance


class CopyBody(Closed):
    """The name of the copy."""

    name = fields.String(required=True)


class Uses(Open):
    """Which templates a group defines, and the contact points that call them."""

    name = fields.String(required=True)
    templates = fields.List(fields.String(), required=True)
    contactPoints = fields.List(fields.String(), required=True)  # noqa: N815


class MuteTimingBody(Closed):
    """Named time intervals."""

    name = fields.String(allow_none=True)
    time_intervals = fields.List(fields.Dict(), allow_none=True)
    version = fields.String(allow_none=True)


class MuteTiming(Open):
    """Named time intervals as they are shown."""

    name = fields.String(required=True)
    time_intervals = fields.List(fields.Dict(), required=True)
    version = Version
    provenance = Provenance


class ByName(Closed):
    """Only what has exactly this name."""

    name = fields.String()


class OfVersion(Closed):
    """Only if this is the version that is stored."""

    version = fields.String()


class Exported(Closed):
    """How an export is written."""

    format = fields.String(metadata={"description": FORMATS})
    download = fields.Boolean(metadata={"description": "As a file to keep."})


class ExportedContactPoints(Exported):
    """How contact points are exported."""

    name = fields.String(metadata={"description": "Only the contact point of this name."})
    decrypt = fields.Boolean(metadata={"description": "With secrets; needs the role admin."})
