"""The shapes of Grafana's older API of its Alertmanager, and of Alertmanager's own."""

from __future__ import annotations

from marshmallow import fields

from contactpoints.web.schemas.shapes import Closed, Open


class Configuration(Open):
    """Everything in one document."""

    template_files = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    alertmanager_config = fields.Dict()


class IntegrationStatus(Open):
    """The last attempt of an integration; the zero time when there was none."""

    name = fields.String(required=True)
    sendResolved = fields.Boolean(required=True)  # noqa: N815 - Grafana's name
    lastNotifyAttempt = fields.String(required=True)  # noqa: N815
    lastNotifyAttemptDuration = fields.String(required=True)  # noqa: N815
    lastNotifyAttemptError = fields.String()  # noqa: N815


class Status(Open):
    """A contact point with the state of its deliveries."""

    name = fields.String(required=True)
    active = fields.Boolean(required=True)
    integrations = fields.List(fields.Nested(IntegrationStatus), required=True)


class ReceiverTest(Closed):
    """An alert, and the integrations to send it through."""

    alert = fields.Dict(allow_none=True)
    receivers = fields.List(fields.Dict(), required=True)


class TemplateTest(Closed):
    """A text with templates, and the alerts to draw them with."""

    template = fields.String(required=True)
    name = fields.String()
    alerts = fields.List(fields.Dict())


class ServerStatus(Open):
    """Alertmanager's status."""

    cluster = fields.Dict(required=True)
    config = fields.Dict(required=True)
    uptime = fields.String(required=True)
    versionInfo = fields.Dict(required=True)  # noqa: N815 - Alertmanager's name


class Receiver(Open):
    """The name of a contact point."""

    name = fields.String(required=True)


class GrafanaReceiver(Open):
    """A contact point with its integrations; secrets are only said to be there."""

    name = fields.String(required=True)
    grafana_managed_receiver_configs = fields.List(fields.Dict(), required=True)


class ReceiversWanted(Closed):
    """Which receivers."""

    names = fields.List(fields.String())
    limit = fields.Integer(metadata={"minimum": 0})
    offset = fields.Integer(metadata={"minimum": 0})
    decrypt = fields.Boolean(metadata={"description": "With secrets; needs the role admin."})
