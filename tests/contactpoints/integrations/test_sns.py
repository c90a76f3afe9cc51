"""Amazon SNS: what is published, and that Amazon would take the signature."""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from typing import Any
from urllib.parse import parse_qsl

import pytest

from contactpoints import aws
from contactpoints.delivery.http import DeliveryError
from contactpoints.spelling import Family
from tests.contactpoints.integrations.sending import HASH, faults, made, send
from tests.contactpoints.sinks import Answer, Received, Sink

TOPIC = "arn:aws:sns:eu-west-1:123456789012:topic"
KEYS = {"region": "eu-west-1", "access_key": "AKID", "secret_key": "aws-secret"}
FAMILIES: list[Family] = ["grafana", "alertmanager"]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws.session.cache_clear()
    aws._roles.clear()


def sns(sink: Sink, family: Family = "grafana", **more: Any) -> Any:
    return made("sns", family, {"api_url": sink.url, "sigv4": KEYS, "topic_arn": TOPIC} | more)


def form(got: Received) -> dict[str, str]:
    return dict(parse_qsl(got.body.decode(), keep_blank_values=True))


def signature(got: Received, secret: str, service: str = "sns") -> str:
    """Signature version 4 of a request, by its description.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    headers = {name.lower(): value for name, value in got.headers.items()}
    match = re.search("SignedHeaders=([^,]+)", headers["authorization"])
    assert match
    names = match[1].split(";")
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    body = hashlib.sha256(got.body).hexdigest()
    canonical = f"POST\n{got.path}\n\n{lines}\n{';'.join(names)}\n{body}"
    date = headers["x-amz-date"]
    scope = f"{date[:8]}/eu-west-1/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    said = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}"
    return hmac.new(key, said.encode(), "sha256").hexdigest()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_message_is_published_and_signed(sink: Sink, family: Family) -> None:
    send(sns(sink, family, message="m ö {{ .Status }}", subject="s"))
    (got,) = sink.received
    assert got.path == "/"
    wanted = {
        "Action": "Publish",
        "Version": "2010-03-31",
        "TopicArn": TOPIC,
        "Message": "m ö firing",
        "Subject": "s",
    }
    if family == "grafana":
        wanted["MessageAttributes"] = ""
    assert form(got) == wanted
    authorization = got.headers["Authorization"]
    assert "Credential=AKID/" in authorization
    assert authorization.endswith(f"Signature={signature(got, 'aws-secret')}")


@pytest.mark.parametrize("family", FAMILIES)
def test_attributes_are_drawn_by_name_and_value(sink: Sink, family: Family) -> None:
    given = {"{{ .Status }}": "{{ .CommonLabels.instance }}", "b": "x"}
    send(sns(sink, family, attributes=given))
    said = form(sink.received[0])
    entry = "MessageAttributes.entry"
    found = [(said[f"{entry}.{n}.Name"], said[f"{entry}.{n}.Value.StringValue"]) for n in (1, 2)]
    assert found == [("b", "x"), ("firing", "db1")]
    assert said[f"{entry}.1.Value.DataType"] == "String"


def test_a_queue_in_order_gets_the_group_as_key(sink: Sink) -> None:
    send(sns(sink, topic_arn=TOPIC + ".fifo"))
    said = form(sink.received[0])
    assert said["MessageDeduplicationId"] == said["MessageGroupId"] == HASH


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_too_long_is_cut_in_whole_characters_and_says_so(
    sink: Sink, family: Family
) -> None:
    phone = {"phone_number": "+15550100", "topic_arn": ""}
    send(sns(sink, family, message="€" * 700, subject="€" * 40, **phone))
    said = form(sink.received[0])
    assert said["PhoneNumber"] == "+15550100"
    assert said["Message"] == "€" * 533
    assert said["Subject"] == "€" * 33
    names = [value for key, value in said.items() if key.endswith(".Name")]
    assert names == ["subject_truncated", "truncated"]


def test_a_role_is_taken_on_once(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "endpoint", lambda service, region: f"{sink.url}/{service}")
    keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "role-secret", "SessionToken": "role-token"}
    said = "".join(f"<{name}>{text}</{name}>" for name, text in keys.items())
    sink.answers = [Answer(200, f"<C>{said}<Expiration>2199-01-01T00:00:00Z</Expiration>".encode())]
    integration = sns(
        sink,
        "alertmanager",
        sigv4=KEYS | {"role_arn": "arn:aws:iam::1:role/x", "external_id": "17"},
    )
    send(integration)
    send(integration)
    role, first, second = sink.received
    assert role.path == "/sts"
    assert form(role)["Action"] == "AssumeRole"
    assert form(role)["ExternalId"] == "17"
    assert role.headers["Authorization"].endswith(signature(role, "aws-secret", "sts"))
    for got in (first, second):
        assert got.headers["X-Amz-Security-Token"] == "role-token"
        assert got.headers["Authorization"].endswith(signature(got, "role-secret"))


def test_keys_and_region_may_come_from_the_environment(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "env-secret")
    send(sns(sink, sigv4={}))
    assert (
        sink.received[0]
        .headers["Authorization"]
        .endswith(signature(sink.received[0], "env-secret"))
    )


@pytest.mark.parametrize(
    ("sigv4", "sentence"),
    [({"region": "eu-west-1"}, "no AWS keys"), ({}, "no region")],
)
def test_what_the_environment_lacks_is_said(
    sink: Sink, sigv4: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DeliveryError, match=sentence):
        send(sns(sink, sigv4=sigv4))


def test_without_botocore_a_sentence_says_what_to_install(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(DeliveryError, match=r"pip install contactpoints\[sns\]"):
        send(sns(sink))


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("eu-west-1", "https://sns.eu-west-1.amazonaws.com/"),
        ("cn-north-1", "https://sns.cn-north-1.amazonaws.com.cn/"),
    ],
)
def test_a_region_has_its_own_address(region: str, address: str) -> None:
    assert aws.endpoint("sns", region) == address


@pytest.mark.parametrize(
    ("code", "reason", "permanent"),
    [("Throttling", "rateLimited", False), ("InvalidParameter", "clientError", True)],
)
def test_a_refusal_with_400_is_read(sink: Sink, code: str, reason: str, permanent: bool) -> None:
    sink.answer = Answer(400, f"<Error><Code>{code}</Code></Error>".encode())
    with pytest.raises(DeliveryError) as caught:
        send(sns(sink))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert "aws-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("family", "settings", "sentence"),
    [
        ("grafana", {}, "must specify topicArn, targetArn, or phone number"),
        ("grafana", {"topic_arn": "x"}, "invalid topic ARN provided"),
        ("grafana", {"target_arn": "arn:x"}, "invalid target ARN provided"),
        (
            "grafana",
            {"sigv4": {"access_key": "a"}},
            "must specify both access key and secret key",
        ),
        (
            "alertmanager",
            {"topic_arn": TOPIC, "phone_number": "1"},
            "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config",
        ),
        (
            "alertmanager",
            {"sigv4": {"secret_key": "a"}},
            "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in "
            "the SigV4 config",
        ),
        (
            "alertmanager",
            {"sigv4": {"external_id": "a"}},
            "external_id can only be used with role_arn",
        ),
    ],
)
def test_what_is_wrong_is_said(family: Family, settings: dict[str, Any], sentence: str) -> None:
    assert sentence in faults("sns", family, settings)
