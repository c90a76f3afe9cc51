"""Schemas of the service itself: notifications, deliveries, health, translations."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, validate
from marshmallow.fields import (
    Boolean,
    DateTime,
    Dict,
    Float,
    Integer,
    List,
    Nested,
    String,
)

from contactpoints.notification import VERSIONS
from contactpoints.payload import MAX_TRUNCATED
from contactpoints.storage.history import MOST
from contactpoints.storage.tables import STATES
from contactpoints.web.schemas.fields import LARGEST, about

DIALECTS = "alertmanager, mimir, kubernetes, grafana-file, grafana-api or terraform"


class Problem(Schema):
    """One place that is wrong."""

    class Meta:
        unknown = INCLUDE

    path = String(required=True, metadata=about("where it is, dotted"))
    message = String(required=True)


class Failure(Schema):
    """Every error has this shape."""

    class Meta:
        unknown = INCLUDE

    message = String(required=True, metadata=about("what is wrong, for people"))
    statusCode = Integer(metadata=about("the status of HTTP"))  # noqa: N815
    messageId = String(metadata=about("what is wrong, for programs"))  # noqa: N815
    errors = List(Nested(Problem), metadata=about("every place that is wrong"))


class Health(Schema):
    """Whether it is well."""

    status = String(required=True)


class PostedAlert(Schema):
    """One alert of a notification."""

    class Meta:
        unknown = INCLUDE

    status = String(required=True, validate=validate.OneOf(["firing", "resolved"]))
    labels = Dict(keys=String(), values=String(), required=True)
    annotations = Dict(keys=String(), values=String(), allow_none=True)
    startsAt = DateTime(allow_none=True)  # noqa: N815
    endsAt = DateTime(allow_none=True)  # noqa: N815
    generatorURL = String(allow_none=True)  # noqa: N815
    fingerprint = String(allow_none=True)


class Notification(Schema):
    """What Alertmanager and Grafana post:
    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    """

    class Meta:
        unknown = INCLUDE

    version = String(
        required=True,
        validate=validate.OneOf(list(VERSIONS)),
        metadata=about("4 from Alertmanager, 1 from Grafana"),
    )
    groupKey = String(required=True)  # noqa: N815
    status = String(required=True, validate=validate.OneOf(["firing", "resolved"]))
    receiver = String(required=True, metadata=about("the contact point, if the address says none"))
    groupLabels = Dict(keys=String(), values=String(), allow_none=True)  # noqa: N815
    commonLabels = Dict(keys=String(), values=String(), allow_none=True)  # noqa: N815
    commonAnnotations = Dict(keys=String(), values=String(), allow_none=True)  # noqa: N815
    externalURL = String(allow_none=True)  # noqa: N815
    truncatedAlerts = Integer(allow_none=True, validate=validate.Range(0, MAX_TRUNCATED))  # noqa: N815
    alerts = List(Nested(PostedAlert), required=True, validate=validate.Length(min=1))


class Accepted(Schema):
    """The notification is stored, and will be delivered."""

    notification = Integer(required=True, metadata=about("its number"))
    deliveries = List(Integer(), required=True, metadata=about("their numbers"))
    duplicate = Boolean(required=True, metadata=about("whether the same was posted just before"))


class DeliveryQuery(Schema):
    """Which deliveries."""

    contact_point = String(metadata=about("only those of this contact point"))
    integration = String(metadata=about("only those of this integration"))
    state = String(validate=validate.OneOf(STATES), metadata=about("only those in this state"))
    notification = Integer(
        validate=validate.Range(0, LARGEST), metadata=about("only those of this notification")
    )
    before = Integer(validate=validate.Range(0, LARGEST), metadata=about("only earlier numbers"))
    after = Integer(validate=validate.Range(0, LARGEST), metadata=about("only later numbers"))
    limit = Integer(
        validate=validate.Range(0, LARGEST), metadata=about(f"how many, at most {MOST}")
    )


class Delivery(Schema):
    """One notification on its way through one integration."""

    id = Integer(required=True)
    notification = Integer(required=True)
    contact_point = String(required=True)
    integration = String(required=True, metadata=about("its key within the contact point"))
    type = String(required=True)
    state = String(required=True, validate=validate.OneOf(STATES))
    status = String(required=True, metadata=about("firing or resolved"))
    group_key = String(required=True)
    attempts = Integer(required=True)
    accepted_at = DateTime(required=True)
    next_attempt_at = DateTime(required=True, allow_none=True)
    finished_at = DateTime(required=True, allow_none=True)
    reason = String(required=True, allow_none=True, metadata=about("why the last attempt failed"))
    error = String(required=True, allow_none=True)
    note = String(required=True, allow_none=True)
    superseded_by = Integer(required=True, allow_none=True)
    fallback_for = Integer(required=True, allow_none=True)


class Attempt(Schema):
    """One attempt to deliver."""

    number = Integer(required=True)
    started_at = DateTime(required=True)
    duration = Float(required=True, metadata=about("in seconds"))
    status = Integer(required=True, allow_none=True, metadata=about("of the answer over HTTP"))
    reason = String(required=True, allow_none=True)
    error = String(required=True, allow_none=True)


class TriedDelivery(Delivery):
    """A delivery with every attempt."""

    tried = List(Nested(Attempt), required=True)


class Deliveries(Schema):
    """A page of deliveries, the latest first."""

    deliveries = List(Nested(Delivery), required=True)
    next = String(required=True, allow_none=True, metadata=about("the address of the next page"))


class Options(Schema):
    """How to translate."""

    from_ = String(data_key="from", metadata=about("the dialect of the text; else it is found out"))
    secrets = String(metadata=about("what becomes of secrets"))
    alertmanager_version = String(metadata=about("the version that is written for"))
    org = String(metadata=about("the organisation of Grafana's files"))
    kubernetes_version = String(metadata=about("the version of AlertmanagerConfig to write"))
    bridge_url = String(
        validate=validate.Regexp("^https?://"),
        metadata=about("this service, for what Alertmanager cannot send itself"),
    )
    bridge_credentials_file = String(metadata=about("the file with a token for it"))


class TranslationOptions(Options):
    """How to translate, when the body is the text itself."""

    to = String(metadata=about(DIALECTS))
    keep_look = String(metadata=about("whether the messages have to look the same"))
    strict = String(metadata=about("whether a loss is an error"))


class TranslationWish(Options):
    """What to translate, and how."""

    text = String(required=True, metadata=about("the configuration"))
    to = String(required=True, metadata=about(DIALECTS))
    files = Dict(keys=String(), values=String(), metadata=about("other files that it names"))
    keep_look = Boolean(metadata=about("whether the messages have to look the same"))
    strict = Boolean(metadata=about("whether a loss is an error"))


class Loss(Schema):
    """One thing that cannot be said in the other dialect."""

    class Meta:
        unknown = INCLUDE

    where = List(String(), required=True)
    what = String(required=True)
    why = String(required=True)
    line = Integer(allow_none=True)
    contact_point = String(allow_none=True)
    integration = String(allow_none=True)
    setting = String(allow_none=True)
    file = String()


class Translation(Schema):
    """A translation with its report."""

    text = String(required=True)
    files = Dict(keys=String(), values=String(), required=True)
    report = List(Nested(Loss), required=True, metadata=about("all that could not be said"))
