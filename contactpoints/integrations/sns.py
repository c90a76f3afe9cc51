"""Amazon SNS, by its query API; requests are signed by botocore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from contactpoints.aws import Sigv4, call
from contactpoints.base import Absent, Integration, Receiver
from contactpoints.fields import Draw, Flag, Lose, Template
from contactpoints.groups import Part, TextMap
from contactpoints.http_settings import HttpConfig, HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, nowhere, since

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

VERSION = "2010-03-31"
SUBJECT_LIMIT = (
    100  # bytes, as the two below: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
)
MESSAGE_LIMIT = 256 * 1024
SMS_LIMIT = 1600
TARGETS = {"topic_arn": "TopicArn", "target_arn": "TargetArn", "phone_number": "PhoneNumber"}
ONE_TARGET = "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config"
KEYS = {
    "grafana": "must specify both access key and secret key",
    "alertmanager": "must provide a AWS SigV4 Access key and Secret Key if credentials are "
    "specified in the SigV4 config",
}


class Attributes(TextMap):
    """Names and texts, both of them templates."""

    def render(self, value: Any, draw: Draw) -> Any:
        return {draw(name, self): draw(text, self) for name, text in value.items()}


class Sns(Integration):
    """A message to a topic, an endpoint or a phone.
    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """

    label = "AWS SNS"
    alertmanager = Receiver("sns_configs", since="0.23.0", go="config.SNSConfig")
    terraform = Absent("the block of Terraform's provider is for Amazon Managed Grafana only")

    class Settings(HttpSchema):
        api_url = Template(help="Address of SNS; made from the region when left out")
        sigv4 = Part(
            Sigv4,
            what="SigV4",
            go="sigv4.plain",
            help="Who signs the requests, and for which region",
        )
        topic_arn = Template(help="Topic to publish to")
        target_arn = Template(help="Mobile endpoint, in place of a topic")
        phone_number = Template(help="Number for a text message, in place of a topic")
        subject = Template(
            default=named("sns.default.subject", "default.title"),
            help="Subject for mail subscribers",
        )
        message = Template(
            default=named("sns.default.message", "default.message"), help="Text of the message"
        )
        attributes = Attributes(templated=True, help="Attributes of the message, by name")
        use_aws_http_client = Flag(
            grafana=nowhere("Grafana has one HTTP client for SNS"), alertmanager=since("0.33")
        )
        http_config = HttpConfig(grafana=nowhere("Grafana's SNS integration takes none"))

    def check(self) -> Iterable[tuple[str, str]]:
        given = [name for name in TARGETS if self.values.get(name)]
        if self.family == "grafana":
            for name, what in (("topic_arn", "topic"), ("target_arn", "target")):
                if name in given and not is_arn(str(self.values[name])):
                    yield name, f"invalid {what} ARN provided"
            if not given:
                yield "", "must specify topicArn, targetArn, or phone number"
        elif len(given) % 2 == 0:  # three are taken as well
            yield "", ONE_TARGET
        sigv4 = self.values.get("sigv4") or {}
        if bool(sigv4.get("access_key")) != bool(sigv4.get("secret_key")):
            yield "sigv4", KEYS[self.family]
        if sigv4.get("external_id") and not sigv4.get("role_arn"):
            yield "sigv4", "external_id can only be used with role_arn"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        for name in ("external_id", "use_fips_sts_endpoint", "service_name"):
            if (values.get("sigv4") or {}).get(name):
                lose(f"sigv4.{name}", "dropped", "Grafana has no such setting")
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        for name in [name for name in TARGETS if values.get(name)][1:]:
            del values[name]
            lose(name, "dropped", "Alertmanager sends to one target only")
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        is_sms = bool(settings.phone_number)
        message = cut(settings.message or "", SMS_LIMIT if is_sms else MESSAGE_LIMIT)
        subject = cut(settings.subject or "", SUBJECT_LIMIT)
        attributes = dict(settings.attributes or {})
        if message != (settings.message or ""):
            attributes["truncated"] = "true"
        if subject != (settings.subject or ""):
            attributes["subject_truncated"] = "true"
        said = {theirs: getattr(settings, name) or "" for name, theirs in TARGETS.items()}
        said |= {"Subject": subject}
        said = {name: text for name, text in said.items() if text}
        said |= {"Action": "Publish", "Version": VERSION, "Message": message}
        if said.get("TopicArn", "").endswith(".fifo"):
            said |= dict.fromkeys(
                ("MessageDeduplicationId", "MessageGroupId"), notification.dedup_key
            )
        if self.family == "grafana" and not attributes:
            said["MessageAttributes"] = ""
        call(
            http,
            "sns",
            said | entries(attributes),
            settings.sigv4 or {},
            url=settings.api_url or "",
            http_config=settings.http_config,
            kind="application/x-www-form-urlencoded"
            + ("; charset=utf-8" if self.family == "grafana" else ""),
        )


def is_arn(text: str) -> bool:
    """Whether it is a name of a resource, as AWS's own library reads it: six parts."""
    return text.startswith("arn:") and text.count(":") >= 5


def entries(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a message as AWS's query protocol says a map."""
    found: dict[str, str] = {}
    for number, (name, text) in enumerate(sorted(attributes.items()), 1):
        entry = f"MessageAttributes.entry.{number}"
        found |= {
            f"{entry}.Name": name,
            f"{entry}.Value.DataType": "String",
            f"{entry}.Value.StringValue": text,
        }
    return found


def cut(text: str, limit: int) -> str:
    """At most ``limit`` bytes, in whole characters; an attribute says that more was there."""
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
