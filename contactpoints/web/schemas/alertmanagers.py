"""The shapes of other Alertmanagers."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Closed, Open


class AlertmanagerBody(Closed):
    """Where an Alertmanager is: its address, with a login if it asks for one, or its file."""

    name = fields.String(required=True)
    url = fields.String(allow_none=True)
    file = fields.String(allow_none=True)
    username = fields.String(allow_none=True)
    password = fields.String(allow_none=True)
    token = fields.String(allow_none=True)


class Alertmanager(Open):
    """An Alertmanager that may be looked at. ``kind`` is grafana for our own, url or file."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    url = fields.String()
    file = fields.String()


class AlertmanagerFiles(Open):
    """Files that may be looked at."""

    files = fields.List(fields.String(), required=True)


class Looked(Open):
    """The receivers of an Alertmanager."""

    name = fields.String(required=True)
    receivers = fields.List(fields.Dict(), required=True)
    problems = fields.List(fields.String(), required=True)
    version = fields.String()
    cluster = fields.String()
