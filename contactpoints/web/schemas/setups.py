"""The shapes of the setup as a whole: versions, changes, texts to apply."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Closed, Open


class Paging(Closed):
    """A page of versions."""

    limit = fields.Integer(metadata={"minimum": 0})
    before = fields.Integer(metadata={"minimum": 0})


class Made(Open):
    """A version: who made it, when, and what for."""

    number = fields.Integer(required=True)
    madeAt = fields.String(allow_none=True)  # noqa: N815 - as all of the API
    author = fields.String(required=True)
    note = fields.String(required=True)


class Versions(Open):
    """Versions, the latest first."""

    versions = fields.List(fields.Nested(Made), required=True)


class Version(Made):
    """A version with its text, secrets hidden."""

    text = fields.String(required=True)


class Between(Closed):
    """Which version to compare with."""

    from_ = fields.Integer(data_key="from", metadata={"minimum": 0})


class Changes(Open):
    """What one version means otherwise than another, a line each."""

    changes = fields.List(fields.String(), required=True)


class Restored(Open):
    """The number of the version that a restored one has become."""

    message = fields.String(required=True)
    number = fields.Integer(required=True)


class ExportedSetup(Closed):
    """How everything is exported."""

    format = fields.String(metadata={"description": "The name of a dialect."})
    decrypt = fields.Boolean(metadata={"description": "With secrets; needs the role admin."})
    download = fields.Boolean(metadata={"description": "As a file to keep."})
    report = fields.Boolean(metadata={"description": "As JSON, with what was lost."})


class SetupText(Closed):
    """A setup in any dialect."""

    text = fields.String(required=True)
    from_ = fields.String(
        data_key="from",
        allow_none=True,
        metadata={"description": "The dialect; guessed when left out."},
    )
    files = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    dryRun = fields.Boolean(allow_none=True)  # noqa: N815
    merge = fields.Boolean(allow_none=True)
    strict = fields.Boolean(allow_none=True)


class Applied(Open):
    """What changed, or would."""

    changes = fields.List(fields.String(), required=True)
    applied = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    dialect = fields.String(required=True)
    report = fields.List(fields.Dict(), required=True)
