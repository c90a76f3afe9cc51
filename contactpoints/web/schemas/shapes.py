"""Shapes that many endpoints share."""

from __future__ import annotations

from marshmallow import EXCLUDE, INCLUDE, Schema, fields


class Closed(Schema):
    """An object of which only the known keys count."""

    class Meta:
        unknown = EXCLUDE


class Open(Schema):
    """An object that may have more keys."""

    class Meta:
        unknown = INCLUDE


class Wrong(Closed):
    """One place that is wrong."""

    path = fields.String(required=True)
    message = fields.String(required=True)


class Message(Closed):
    """What was done, in words."""

    message = fields.String(required=True)
