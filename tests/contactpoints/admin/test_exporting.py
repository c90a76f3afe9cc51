"""Exports: byte for byte the layout of Grafana's own.

The expected texts below are what Grafana's exports print (its test data for the contact point
``all-integrations`` and for policy trees, Grafana 13).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contactpoints.admin import exporting
from contactpoints.admin.decoding import fnv64
from contactpoints.admin.export_hcl import TYPES
from contactpoints.admin.export_yaml import Flow, to_yaml
from contactpoints.integrations import by_lower_type

ROWS: list[dict[str, Any]] = [
    {
        "uid": "sns-uid",
        "name": "all-integrations",
        "type": "sns",
        "settings": {
            "api_url": "https://sns.us-east-1.amazonaws.com",
            "attributes": {"attr1": "val1"},
            "message": "message",
            "sigv4": {"access_key": "access-key", "region": "us-east-1", "secret_key": "secret"},
            "subject": "subject",
            "topic_arn": "arn:aws:sns:us-east-1:0123456789:SNSTopicName",
        },
        "disableResolveMessage": False,
    },
    {
        "uid": "opsgenie-uid",
        "name": "all-integrations",
        "type": "opsgenie",
        "settings": {
            "apiKey": "test-api-key",
            "autoClose": False,
            "responders": [{"id": "test-id", "type": "team"}, {"type": "user", "username": "u"}],
        },
        "disableResolveMessage": True,
    },
    {
        "uid": "mqtt-uid",
        "name": "all-integrations",
        "type": "mqtt",
        "settings": {
            "brokerUrl": "tcp://localhost:1883",
            "clientId": "grafana-test-client-id",
            "qos": "0",
            "retain": False,
            "tlsConfig": {"caCertificate": "a\nb", "insecureSkipVerify": False},
            "topic": "grafana/alerts",
        },
        "disableResolveMessage": False,
    },
    {
        "uid": "webhook-uid",
        "name": "all-integrations",
        "type": "webhook",
        "settings": {
            "http_config": {
                "oauth2": {
                    "client_id": "test-client-id",
                    "client_secret": "s",
                    "endpoint_params": {"param1": "value1", "param20": "value2"},
                    "scopes": ["scope1", "scope2"],
                    "tls_config": {"insecureSkipVerify": False},
                }
            },
            "maxAlerts": "2",
            "title": "{{ range $i, $a := .Alerts }}${HOME}",
            "url": "http://localhost",
        },
        "disableResolveMessage": False,
    },
    {
        "uid": "email-uid",
        "name": "all-integrations",
        "type": "email",
        "settings": {"addresses": "a@b.c;d@e.f", "singleEmail": True},
        "disableResolveMessage": False,
    },
    {
        "uid": "jira-uid",
        "name": "all-integrations",
        "type": "jira",
        "settings": {"api_url": "http://localhost", "fields": {"test-field": "test-value"}},
        "disableResolveMessage": False,
    },
]

HCL = r"""resource "grafana_contact_point" "contact_point_2b661702215368fe" {
  name = "all-integrations"

  email {
    addresses    = ["a@b.c", "d@e.f"]
    single_email = true
  }

  jira {
    api_url = "http://localhost"
    fields  = "{\"test-field\":\"test-value\"}"
  }

  mqtt {
    broker_url = "tcp://localhost:1883"
    client_id  = "grafana-test-client-id"
    topic      = "grafana/alerts"
    qos        = 0
    retain     = false

    tls_config {
      insecure_skip_verify = false
      ca_certificate       = "[REDACTED]"
    }
  }

  opsgenie {
    disable_resolve_message = true
    api_key                 = "[REDACTED]"
    auto_close              = false

    responders {
      id   = "test-id"
      type = "team"
    }
    responders {
      username = "u"
      type     = "user"
    }
  }

  sns {
    api_url = "https://sns.us-east-1.amazonaws.com"

    sigv4 {
      region     = "us-east-1"
      access_key = "[REDACTED]"
      secret_key = "[REDACTED]"
    }

    topic_arn = "arn:aws:sns:us-east-1:0123456789:SNSTopicName"
    subject   = "subject"
    message   = "message"
    attributes = {
      attr1 = "val1"
    }
  }

  webhook {
    url        = "http://localhost"
    max_alerts = 2
    title      = "{{ range $i, $a := .Alerts }}$${HOME}"

    http_config {

      oauth2 {
        client_id     = "test-client-id"
        client_secret = "[REDACTED]"
        scopes        = ["scope1", "scope2"]
        endpoint_params = {
          param1  = "value1"
          param20 = "value2"
        }

        tls_config {
          insecure_skip_verify = false
        }
      }
    }
  }
}
"""

YAML = r"""apiVersion: 1
contactPoints:
    - orgId: 1
      name: all-integrations
      receivers:
        - uid: email-uid
          type: email
          settings:
            addresses: a@b.c;d@e.f
            singleEmail: true
          disableResolveMessage: false
        - uid: mqtt-uid
          type: mqtt
          settings:
            brokerUrl: tcp://localhost:1883
            clientId: grafana-test-client-id
            qos: "0"
            retain: false
            tlsConfig:
                caCertificate: |-
                    a
                    b
                insecureSkipVerify: false
            topic: grafana/alerts
          disableResolveMessage: false
        - uid: webhook-uid
          type: webhook
          settings:
            http_config:
                oauth2:
                    client_id: test-client-id
                    client_secret: s
                    endpoint_params:
                        param1: value1
                        param20: value2
                    scopes:
                        - scope1
                        - scope2
                    tls_config:
                        insecureSkipVerify: false
            maxAlerts: "2"
            title: '{{ range $$i, $$a := .Alerts }}$${HOME}'
            url: http://localhost
          disableResolveMessage: false
"""


def test_contact_points_as_hcl_are_laid_out_as_grafana_does() -> None:
    assert exporting.contact_points(ROWS, "hcl").text == HCL


def test_contact_points_as_yaml_are_laid_out_as_grafana_does() -> None:
    wanted = [row for row in ROWS if row["type"] in ("email", "mqtt", "webhook")]
    assert exporting.contact_points(wanted, "yaml", decrypt=True).text == YAML


def test_json_has_the_same_keys_in_the_same_order() -> None:
    export = exporting.contact_points(ROWS[:1], "json")
    assert export.text == (
        '{"apiVersion":1,"contactPoints":[{"orgId":1,"name":"all-integrations","receivers":[{'
        '"uid":"sns-uid","type":"sns","settings":{"api_url":"https://sns.us-east-1.amazonaws.com",'
        '"attributes":{"attr1":"val1"},"message":"message","sigv4":{"access_key":"[REDACTED]",'
        '"region":"us-east-1","secret_key":"[REDACTED]"},"subject":"subject",'
        '"topic_arn":"arn:aws:sns:us-east-1:0123456789:SNSTopicName"},'
        '"disableResolveMessage":false}]}]}'
    )


def test_names_of_resources_are_grafanas_hash() -> None:
    """FNV-1, not 1a: the value is that of Grafana's own export."""
    assert fnv64("all-integrations") == "2b661702215368fe"
    assert fnv64("interval-1") == "28f674b3cd26d778"
    assert fnv64("interval-2") == "28f674b3cd26d77b"


def test_every_type_that_grafana_has_has_a_block() -> None:
    types = {each.type.lower() for each in by_lower_type().values()}
    assert TYPES.keys() >= types - {"hipchat", "sensu"}


TREE = {
    "receiver": "default-receiver",
    "group_by": ["g1", "g2"],
    "routes": [
        {
            "receiver": "nested-$receiver",
            "object_matchers": [["foo", "=", "bar"], ["x", "!=", "y"]],
            "mute_time_intervals": ["interval"],
            "active_time_intervals": ["active"],
            "continue": True,
            "group_wait": "5m",
        },
        {},
    ],
    "group_wait": "30s",
    "repeat_interval": "1h",
    "provenance": "api",
}


def test_policies_are_laid_out_as_grafana_does() -> None:
    assert (
        exporting.policies(TREE, "hcl").text
        == """resource "grafana_notification_policy" "notification_policy_1" {
  contact_point = "default-receiver"
  group_by      = ["g1", "g2"]

  policy {
    contact_point = "nested-$receiver"

    matcher {
      label = "foo"
      match = "="
      value = "bar"
    }
    matcher {
      label = "x"
      match = "!="
      value = "y"
    }

    mute_timings   = ["interval"]
    active_timings = ["active"]
    continue       = true
    group_wait     = "5m"
  }
  policy {
    contact_point = ""
  }

  group_wait      = "30s"
  repeat_interval = "1h"
}
"""
    )
    assert (
        exporting.policies(TREE, "yaml").text
        == """apiVersion: 1
policies:
    - orgId: 1
      receiver: default-receiver
      group_by:
        - g1
        - g2
      routes:
        - receiver: nested-$$receiver
          object_matchers:
            - - foo
              - =
              - bar
            - - x
              - '!='
              - "y"
          mute_time_intervals:
            - interval
          active_time_intervals:
            - active
          continue: true
          group_wait: 5m
        - {}
      group_wait: 30s
      repeat_interval: 1h
"""
    )


TIMINGS = [
    {
        "name": "interval-2",
        "time_intervals": [
            {
                "location": "America/New_York",
                "times": [{"start_time": "10:00", "end_time": "12:00"}],
                "weekdays": ["monday", "wednesday"],
                "days_of_month": ["1", "14:16"],
                "years": ["2023:2025"],
            }
        ],
    },
    {"name": "interval-1", "time_intervals": []},
]


def test_mute_timings_are_laid_out_as_grafana_does() -> None:
    assert (
        exporting.mute_timings(TIMINGS, "hcl").text
        == """resource "grafana_mute_timing" "mute_timing_28f674b3cd26d778" {
  name = "interval-1"
}
resource "grafana_mute_timing" "mute_timing_28f674b3cd26d77b" {
  name = "interval-2"

  intervals {

    times {
      start = "10:00"
      end   = "12:00"
    }

    weekdays      = ["monday", "wednesday"]
    days_of_month = ["1", "14:16"]
    years         = ["2023:2025"]
    location      = "America/New_York"
  }
}
"""
    )
    assert (
        exporting.mute_timings(TIMINGS, "yaml").text
        == """apiVersion: 1
muteTimes:
    - orgId: 1
      name: interval-1
      time_intervals: []
    - orgId: 1
      name: interval-2
      time_intervals:
        - times:
            - start_time: "10:00"
              end_time: "12:00"
          weekdays: [monday, wednesday]
          days_of_month: ["1", "14:16"]
          years: ['2023:2025']
          location: America/New_York
"""
    )


def test_nothing_is_an_empty_file() -> None:
    assert exporting.contact_points([], "yaml").text == "apiVersion: 1\n"
    assert exporting.contact_points([], "json").text == '{"apiVersion":1}'
    assert exporting.contact_points([], "hcl").text == ""


@pytest.mark.parametrize(
    ("format_", "download", "media_type", "file"),
    [
        ("yaml", False, "text/yaml", ""),
        ("yaml", True, "text/yaml", "export.yaml"),
        ("json", True, "application/json", "export.json"),
        ("hcl", False, "text/hcl", ""),
        ("hcl", True, "application/terraform+hcl", "export.tf"),
    ],
)
def test_an_export_says_what_it_is(
    format_: str, download: bool, media_type: str, file: str
) -> None:
    export = exporting.policies(TREE, format_, download=download)
    assert (export.media_type, export.file) == (media_type, file)


@pytest.mark.parametrize(
    ("asked", "accept", "format_"),
    [
        ("", "", "yaml"),
        ("", "text/yaml", "yaml"),
        ("", "application/yaml, application/json", "json"),
        ("hcl", "application/json", "hcl"),
    ],
)
def test_the_format_is_asked_for_by_name_or_by_what_is_accepted(
    asked: str, accept: str, format_: str
) -> None:
    assert exporting.format_of(asked, accept) == format_


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "on",
        "1_0",
        "0x1",
        "- a",
        "a: b",
        "a #b",
        "a\n",
        "\na",
        " a\nb",
        "~",
        "?",
        "12:30",
        "=",
        "a\n\n",
        "2024-01-01",
        "1e3",
        ".5",
        "---",
        "<<",
        "-",
        ":",
        "a:",
        "#",
        "é",
        "\u2028",
        "🤖",
    ]
)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-5, 5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | st.lists(TEXTS, max_size=3).map(Flow)
    ),
    max_leaves=8,
)


class Loader(yaml.SafeLoader):
    """YAML 1.1 without its bare ``=``, which nobody has."""


Loader.add_constructor("tag:yaml.org,2002:value", Loader.construct_yaml_str)


@given(st.dictionaries(TEXTS, VALUES, max_size=3))
def test_whatever_is_written_as_yaml_is_read_back(value: dict[str, Any]) -> None:
    assert yaml.load(to_yaml({"a": value}), Loader) == {"a": json.loads(json.dumps(value))}
