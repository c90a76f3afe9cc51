"""Kubernetes: the operators' fields are all known, references stay references, and an object comes
back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertmanager_configs.problems import SetupError
from contactpoints.integrations import by_receiver_key
from translators import Translation, read_setup, read_text, translate
from translators.kubernetes.keys import Key, Shape
from translators.kubernetes.names import APIS, Api, camel, shape_of
from translators.kubernetes.references import FromSecret, KnownSecret

FIELDS = json.loads((Path(__file__).parent / "kubernetes_fields.json").read_text())
TYPES = {
    "text": "string",
    "duration": "string",
    "number": "integer",
    "flag": "boolean",
    "secret": "secret",
    "either": "either",
}
ONLY_THERE = {"sendResolved", "send_resolved", "name"}
UNTYPED = "any"  # what a definition leaves open, to keep itself short


def fields_of(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = FIELDS[f"{api.group}/{api.version} {api.kind}"]
    return found


def compared(shape: Shape, fields: dict[str, Any], api: Api, path: str) -> Iterator[str]:
    """Where our names and the definition's differ."""
    types = {name.removesuffix("*"): each for name, each in fields.items()}
    known = ONLY_THERE | {
        name for key in shape.values() for name in (key.name, key.plain, *key.aliases)
    }
    yield from (f"{path}.{name} is not known" for name in types if name not in known)
    for key in shape.values():
        if key.name not in types:
            yield f"{path} has no {key.name}"
        elif key.plain and types.get(key.plain) != "string":
            yield f"{path} has no {key.plain}"
        else:
            yield from compared_type(key, types[key.name], api, f"{path}.{key.name}")


def compared_type(key: Key, found: Any, api: Api, path: str) -> Iterator[str]:
    if found == "http":
        found = fields_of(api)["http"]
    if key.kind in ("object", "objects"):
        inner = found[0] if key.kind == "objects" else found
        if inner != UNTYPED:
            yield from compared(key.parts, inner, api, path)
    elif key.kind in TYPES:
        if found != TYPES[key.kind]:
            yield f"{path} is {found}, not {key.kind}"
    elif key.kind == "pairs":
        if found != [{"key*": "string", "value*": "string"}]:
            yield f"{path} is {found}"
    elif key.kind == "texts":
        if found != ["string"]:
            yield f"{path} is {found}"
    elif key.kind in ("map", "secrets", "headers", "tree") and not found.startswith("map["):
        yield f"{path} is {found}"


@pytest.mark.parametrize("api", APIS, ids=lambda api: f"{api.kind}-{api.version}")
def test_every_field_of_the_definition_is_known_and_no_other(api: Api) -> None:
    """The definitions were read with a program of their own: see the file's ``source``."""
    receivers = fields_of(api)["receivers"][0]
    names = set()
    wrong: list[str] = []
    for key, declared in by_receiver_key().items():
        shape = shape_of(api, declared)
        if shape is None:
            assert api.key(key) not in receivers
            continue
        names.add(api.key(key))
        wrong += compared(shape, receivers[api.key(key)][0], api, key)
    aliases = {f"{key}.http_config has no proxyUrl" for key in by_receiver_key()}
    assert set(wrong) - aliases == set()
    assert {name.removesuffix("*") for name in receivers} - names == {"name"}


@pytest.mark.parametrize("api", APIS, ids=lambda api: f"{api.kind}-{api.version}")
def test_a_required_field_is_marked_unless_alertmanager_requires_it_as_well(api: Api) -> None:
    receivers = fields_of(api)["receivers"][0]
    for key, declared in by_receiver_key().items():
        shape = shape_of(api, declared) or {}
        fields = receivers.get(api.key(key), [{}])[0]
        required = {name.removesuffix("*") for name in fields if name.endswith("*")}
        assert {each.name for each in shape.values() if each.required} == required


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("api_url", "apiURL"),
        ("require_tls", "requireTLS"),
        ("url_title", "urlTitle"),
        ("use_aws_http_client", "useAWSHTTPClient"),
        ("topic_arn", "topicARN"),
        ("msteamsv2_configs", "msteamsv2Configs"),
    ],
)
def test_names_follow_from_alertmanagers_by_one_rule(name: str, wanted: str) -> None:
    assert camel(name) == wanted


ALPHA = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata:
  name: team
  namespace: shop
  labels:
    alertmanagerConfig: main
spec:
  route:
    receiver: chat
    groupBy:
    - alertname
    groupWait: 30s
    repeatInterval: 12h
    matchers:
    - name: severity
      value: critical|warning
      matchType: =~
    continue: true
    muteTimeIntervals:
    - nights
    routes:
    - receiver: pages
      matchers:
      - name: team
        value: db
        matchType: '!='
      later: unknown
  receivers:
  - name: chat
    slackConfigs:
    - sendResolved: false
      apiURL:
        name: slack
        key: url
      channel: '#shop'
      callbackId: c
      fields:
      - title: a
        value: b
        short: true
      newField:
        deep: 1
    emailConfigs:
    - to: a@example.com
      headers:
      - key: Subject
        value: Alert
      threading:
        threadByDate: Daily
  - name: pages
    webhookConfigs:
    - httpConfig:
        basicAuth:
          username:
            name: login
            key: user
          password:
            name: login
            key: password
        proxyURL: http://proxy:3128
        proxyConnectHeader:
          X-A:
          - name: proxy
            key: header
        tlsConfig:
          ca:
            secret:
              name: tls
              key: ca.crt
          insecureSkipVerify: true
        followRedirects: false
      url: http://hook.example.com/
      maxAlerts: 5
      timeout: 1m30s
    - httpConfig:
        oauth2:
          clientId:
            configMap:
              name: oauth
              key: id
          clientSecret:
            name: oauth
            key: secret
            optional: true
          tokenUrl: https://login.example.com/token
      urlSecret:
        name: hook
        key: url
    pagerdutyConfigs:
    - routingKey:
        name: pd
        key: routing
      details:
      - key: a
        value: '5'
      pagerDutyLinkConfigs:
      - href: https://example.com
        alt: more
    telegramConfigs:
    - botTokenFile: /etc/token
      chatID: -5
  inhibitRules:
  - sourceMatch:
    - name: severity
      value: critical
      matchType: '='
    targetMatch:
    - name: severity
      value: warning
      matchType: '='
    equal:
    - namespace
  muteTimeIntervals:
  - name: nights
    timeIntervals:
    - times:
      - startTime: '00:00'
        endTime: '06:00'
      weekdays:
      - monday:friday
      months:
      - january:march
      years:
      - '2026'
      daysOfMonth:
      - start: 1
        end: -1
status:
  bindings: []
"""
BETA = ALPHA.replace("v1alpha1", "v1beta1").replace(
    "  muteTimeIntervals:\n  - name", "  timeIntervals:\n  - name"
)
VICTORIA = """\
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMAlertmanagerConfig
metadata:
  name: team
  namespace: shop
spec:
  route:
    receiver: chat
    group_by:
    - alertname
    matchers:
    - severity=~"critical|warning"
    active_time_intervals:
    - days
    routes:
    - receiver: chat
      repeat_interval: 12h
      matchers:
      - team!="db"
  receivers:
  - name: chat
    discord_configs:
    - send_resolved: false
      webhook_url_secret:
        name: discord
        key: url
    - webhook_url: https://discord.example.com/plain
    opsgenie_configs:
    - api_key:
        name: og
        key: key
      apiURL: https://og.example.com/
      details:
        a: b
    jira_configs:
    - api_url: https://jira.example.com/
      project: P
      issue_type: Bug
      custom_fields:
        x:
        - 1
        - true
    pagerduty_configs:
    - http_config:
        basic_auth:
          password_file: /etc/password
        http_headers:
          X-A:
            values:
            - v
            secrets:
            - name: h
              key: k
        noProxy: localhost
        proxyURL: http://proxy:8080
        tls_config:
          caFile: /etc/ca
          serverName: s
      service_key:
        name: pd
        key: service
      images:
      - source: https://example.com/i.png
  inhibit_rules:
  - source_matchers:
    - severity="critical"
    target_matchers:
    - severity="warning"
  time_intervals:
  - name: days
    time_intervals:
    - times:
      - start_time: '09:00'
        end_time: '17:00'
      days_of_month:
      - '1:5'
      location: Europe/Berlin
"""


def losses(done: Translation, *kinds: str) -> list[str]:
    return [str(loss) for loss in done.report if not kinds or loss.what in kinds]


def loaded(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=yaml.BaseLoader))


@pytest.mark.parametrize("text", [ALPHA, BETA, VICTORIA], ids=["v1alpha1", "v1beta1", "vm"])
def test_an_object_comes_back_with_all_that_it_says_known_or_not(text: str) -> None:
    done = translate(text, write="kubernetes")
    assert loaded(done.text) == loaded(text)
    assert losses(done, "dropped", "changed", "added") == []


def test_a_file_of_several_objects_lists_and_others_comes_back() -> None:
    other = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
    item = "  " + ALPHA.replace("name: team", "name: second").replace("\n", "\n  ").rstrip()
    listed = f"apiVersion: v1\nkind: List\nitems:\n-{item[1:]}\n"
    text = "---\n".join([other, VICTORIA, listed])
    assert loaded(translate(text, write="kubernetes").text) == loaded(text)


@pytest.mark.parametrize("before", ["# a comment\n---\n", "---\n# a comment\n\n", "--- # x\n"])
def test_objects_are_known_without_being_told(before: str) -> None:
    assert read_text(before + ALPHA).dialect.name == "kubernetes"


def test_json_from_the_api_server_is_read() -> None:
    text = json.dumps(yaml.safe_load(ALPHA))
    reading = read_text(text)
    assert reading.dialect.name == "kubernetes"
    assert [point.name for point in reading.setup.contact_points[:2]] == ["chat", "pages"]
    assert not reading.problems


def test_reading_says_which_secret_and_key() -> None:
    setup = read_text(ALPHA).setup
    slack = setup.contact_points[0].integrations[0]
    url = slack.values["url"]
    assert isinstance(url, FromSecret)
    assert (url.name, url.key) == ("slack", "url")
    http = setup.contact_points[1].integrations[1].values["http_config"]
    client = http["oauth2"]["client_id"]
    assert (client.kind, client.name, client.key) == ("configMap", "oauth", "id")


def test_what_the_operator_adds_is_said_and_not_written() -> None:
    done = translate(ALPHA, write="alertmanager")
    assert "namespace=" not in done.text
    assert "shop/team/" not in done.text
    (notice,) = losses(done, "notice")
    assert notice.startswith("AlertmanagerConfig shop/team: notice:")
    assert 'namespace="shop"' in notice
    assert "shop/team/ before the names" in notice
    assert notice.endswith("(line 4)")


def test_a_top_route_that_does_not_take_all_gets_a_root_above_it() -> None:
    done = translate(ALPHA, write="alertmanager")
    route = yaml.safe_load(done.text)["route"]
    assert route["receiver"] == "null"
    (below,) = route["routes"]
    assert (below["receiver"], below["continue"]) == ("chat", True)
    assert any(each.startswith("route: added: a root above") for each in losses(done, "added"))


def test_a_top_route_that_takes_all_is_the_root() -> None:
    text = VICTORIA.replace('    matchers:\n    - severity=~"critical|warning"\n', "", 1)
    text = text.replace("    active_time_intervals:\n    - days\n", "", 1)
    setup = read_text(text).setup
    assert setup.policy is not None
    assert setup.policy.receiver == "chat"
    assert [point.name for point in setup.contact_points] == ["chat"]


def test_what_stands_in_a_secret_is_a_file_for_alertmanager() -> None:
    done = translate(ALPHA, write="alertmanager")
    slack = yaml.safe_load(done.text)["receivers"][0]["slack_configs"][0]
    assert slack["api_url_file"] == "/run/secrets/slack_url"
    assert (
        "chat › slack › api_url: changed: it stands in the Secret slack, key url; it is read from "
        "/run/secrets/slack_url, which you have to write (line 34)"
    ) in losses(done)


SECRET = """\
---
apiVersion: v1
kind: Secret
metadata:
  name: slack
  namespace: shop
data:
  url: aHR0cHM6Ly9ob29rcy5zbGFjay5jb20veA==
"""


def test_a_secret_in_the_same_text_is_used() -> None:
    reading = read_text(ALPHA + SECRET)
    url = reading.setup.contact_points[0].integrations[0].values["url"]
    assert isinstance(url, KnownSecret)
    done = translate(ALPHA + SECRET, write="alertmanager")
    slack = yaml.safe_load(done.text)["receivers"][0]["slack_configs"][0]
    assert slack["api_url"] == "https://hooks.slack.com/x"
    again = translate(ALPHA + SECRET, write="kubernetes")
    assert loaded(again.text) == loaded(ALPHA + SECRET)


def test_what_is_not_valid_without_its_secret_is_left_out_as_a_whole() -> None:
    done = translate(ALPHA, write="alertmanager")
    (hook,) = yaml.safe_load(done.text)["receivers"][1]["webhook_configs"]
    assert hook["url"] == "http://hook.example.com/"
    assert any(
        each.startswith("pages › webhook #2: dropped: what it needs is not in the input: oauth2")
        for each in losses(done)
    )


def test_a_mail_that_counts_on_the_operators_global_section_is_reported() -> None:
    done = translate(ALPHA, write="alertmanager")
    assert "email_configs" not in done.text
    assert any(
        each.startswith("chat › email: dropped: what it needs is not in the input: no global SMTP")
        for each in losses(done)
    )


def test_unknown_fields_are_warned_of_kept_and_reported() -> None:
    reading = read_text(ALPHA)
    warned = [(each.line, each.message) for each in reading.problems.warnings]
    assert [line for line, _ in warned] == [28, 43]
    assert warned[0][1].startswith("unknown field 'later': the API server drops it")
    dropped = [
        each for each in losses(translate(ALPHA, write="alertmanager")) if "newField" in each
    ]
    assert dropped == [
        "AlertmanagerConfig shop/team › spec › receivers › 0 › slackConfigs › 0 › newField: "
        "dropped: it is not a field that is known (line 43)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "receiver: pages",
            "receiver: nobody",
            '23:17: spec.route.routes[0].receiver: undefined receiver "nobody" used in route',
        ),
        (
            "value: db",
            "value: 5",
            "26:16: spec.route.routes[0].matchers[0].value: must be of type string, not integer",
        ),
        (
            "chatID: -5",
            "chatID: '-5'",
            "spec.receivers[1].telegramConfigs[0].chatID: must be of type integer, not string",
        ),
        ("matchType: =~", "matchType: ~", ""),
        (
            "matchType: =~",
            "matchType: ==",
            "18:18: spec.route.matchers[0].matchType: matchType must be one of =, !=, =~, !~",
        ),
        (
            "value: critical|warning",
            "value: '['",
            "16:7: spec.route.matchers[0]: error parsing regexp",
        ),
        (
            "    - nights\n",
            "    - days\n",
            'spec.route.muteTimeIntervals[0]: undefined time interval "days" used in route',
        ),
        (
            "        name: slack\n        key: url\n",
            "        name: slack\n",
            "spec.receivers[0].slackConfigs[0].apiURL: missing required field 'key'",
        ),
        (
            "- name: pages\n    webhook",
            "- name: chat\n    webhook",
            'receiver "chat" is not unique',
        ),
        ("startTime: '00:00'", "startTime: '25:00'", "couldn't parse timestamp 25:00"),
    ],
)
def test_what_the_operator_refuses_is_told_with_its_place(old: str, new: str, wanted: str) -> None:
    assert old in ALPHA
    reading = read_text(ALPHA.replace(old, new, 1), name="x")
    try:
        reading.problems.raise_if_any()
        told = ""
    except SetupError as error:
        told = str(error)
    assert (wanted in told) if wanted else told == ""


def test_a_secret_where_a_reference_must_be_is_not_shown() -> None:
    text = ALPHA.replace(
        "apiURL:\n        name: slack\n        key: url\n", "apiURL: https://hooks.slack.com/T0P\n"
    )
    with pytest.raises(SetupError) as raised:
        translate(text, write="alertmanager")
    assert "must be a reference to a key of a Secret" in str(raised.value)
    assert "T0P" not in str(raised.value)


def test_equal_names_in_two_objects_get_the_operators_names_and_lose_them_again() -> None:
    other = ALPHA.replace("name: team", "name: other", 1)
    text = f"{ALPHA}---\n{other}"
    setup = read_text(text).setup
    names = [point.name for point in setup.contact_points]
    assert names == [
        "shop/other/chat",
        "shop/other/pages",
        "shop/team/chat",
        "shop/team/pages",
        "null",
    ]
    assert setup.policy is not None
    assert [route.receiver for route in setup.policy.routes] == [
        "shop/other/chat",
        "shop/team/chat",
    ]
    assert setup.policy.routes[0].mute_time_intervals == ["shop/other/nights"]
    assert loaded(translate(text, write="kubernetes").text) == loaded(text)


ALERTMANAGER = """\
global:
  slack_api_url: https://hooks.slack.com/services/T/B/x
  smtp_smarthost: mail.example.com:25
  smtp_from: a@example.com
route:
  receiver: chat
  routes:
  - matchers: ['team=~"a|b"', 'x!=""']
    mute_time_intervals: [nights]
    group_interval: 1w
receivers:
- name: chat
  slack_configs:
  - channel: '#a'
    title: ''
  - api_url: https://hooks.slack.com/services/T/B/x
  email_configs:
  - to: b@example.com
  webhook_configs:
  - url: http://user:pass@example.com/
    timeout: 1.5s
    http_config:
      basic_auth: {username: u, password: p}
  telegram_configs:
  - bot_token: t
    chat_id: 7
    parse_mode: ''
- name: other
  incidentio_configs:
  - url: https://api.incident.io/x
    alert_source_token: token
time_intervals:
- name: nights
  time_intervals:
  - weekdays: ['Monday:Friday']
    years: ['1999:2030']
    location: Europe/Berlin
  - times: []
"""


def test_inline_secrets_become_references_to_one_secret() -> None:
    done = translate(ALERTMANAGER, write="kubernetes")
    config, secret = loaded(done.text)
    chat = config["spec"]["receivers"][0]
    assert chat["slackConfigs"][0]["apiURL"] == chat["slackConfigs"][1]["apiURL"]
    assert chat["emailConfigs"][0]["smarthost"] == "mail.example.com:25"
    assert secret["kind"] == "Secret"
    assert secret["stringData"] == {
        "chat_slack_api_url": "https://hooks.slack.com/services/T/B/x",
        "chat_webhook_url": "http://user:pass@example.com/",
        "chat_webhook_http_config_basic_auth_username": "u",
        "chat_webhook_http_config_basic_auth_password": "p",
        "chat_telegram_bot_token": "t",
    }
    assert config["metadata"]["name"] == secret["metadata"]["name"] == "contactpoints"


@pytest.mark.parametrize("mode", ["env", "file"])
def test_secrets_can_stand_in_a_secret_of_their_own(mode: Any) -> None:
    done = translate(ALERTMANAGER, write="kubernetes", secrets=mode)
    config, plain = loaded(done.text)
    (secret,) = loaded(done.files["secret.yaml"])
    assert plain["stringData"] == {"chat_webhook_http_config_basic_auth_username": "u"}
    assert plain["metadata"]["name"] != secret["metadata"]["name"]
    reference = config["spec"]["receivers"][0]["slackConfigs"][0]["apiURL"]
    assert secret["stringData"][reference["key"]] == "https://hooks.slack.com/services/T/B/x"
    assert reference["name"] == secret["metadata"]["name"]


def test_a_redacted_secret_is_a_reference_and_no_secret() -> None:
    text = ALERTMANAGER.replace("basic_auth: {username: u, password: p}", "follow_redirects: no")
    done = translate(text, write="kubernetes", secrets="redact")
    assert len(loaded(done.text)) == 1
    assert "hooks.slack.com" not in done.text + str(done.report)


def test_what_the_operators_api_does_not_have_is_reported() -> None:
    done = translate(ALERTMANAGER, write="kubernetes")
    assert [each for each in losses(done, "dropped", "changed") if "›" in each] == [
        "chat › telegram › parse_mode: dropped: an empty text is the same as none to the operator"
        " (line 27)",
        "other › incidentio: dropped: AlertmanagerConfig has no incident.io (line 30)",
        "time_intervals › nights › location: dropped: AlertmanagerConfig has no time zones: the "
        "times are taken as UTC (line 37)",
    ]


def test_writing_keeps_the_meaning_where_the_form_differs() -> None:
    config, _ = loaded(translate(ALERTMANAGER, write="kubernetes").text)
    spec = config["spec"]
    chat = spec["receivers"][0]
    assert chat["slackConfigs"][0]["title"] == '{{ "" }}'
    assert chat["webhookConfigs"][0]["timeout"] == "1s500ms"
    assert spec["route"]["routes"][0]["matchers"] == [
        {"name": "team", "value": "a|b", "matchType": "=~"},
        {"name": "x", "value": "", "matchType": "!="},
    ]
    assert spec["muteTimeIntervals"] == [
        {
            "name": "nights",
            "timeIntervals": [{"weekdays": ["monday:friday"], "years": ["2000:2030"]}],
        }
    ]


def test_victoriametrics_gets_its_own_objects() -> None:
    done = translate(ALERTMANAGER, write="victoriametrics")
    config, _ = loaded(done.text)
    assert (config["apiVersion"], config["kind"]) == (
        "operator.victoriametrics.com/v1beta1",
        "VMAlertmanagerConfig",
    )
    spec = config["spec"]
    below = spec["route"]["routes"][0]
    assert (below["receiver"], below["group_interval"]) == ("chat", "168h")
    assert below["matchers"] == ['team=~"a|b"', 'x!=""']
    assert spec["receivers"][1]["incidentio_configs"][0]["alert_source_token"]["key"]
    assert spec["time_intervals"][0]["time_intervals"][0]["location"] == "Europe/Berlin"


def test_alertmanager_to_kubernetes_and_back_is_exact_but_for_what_is_reported() -> None:
    text, _, timings = ALERTMANAGER.partition("- name: other\n")
    text += timings[timings.index("time_intervals:") :]
    text = text.replace("    parse_mode: ''\n", "")
    text = text.replace("    location: Europe/Berlin\n  - times: []\n", "")
    text = text.replace("1999", "2000").replace("Monday:Friday", "monday:friday")
    there = translate(text, write="kubernetes")
    assert not there.report.is_lossy
    back = translate(there.text, write="alertmanager")
    straight = translate(translate(text, write="mimir").text, write="alertmanager")
    wanted = straight.text.replace("1.5s", "1s500ms")
    assert yaml.safe_load(back.text) == yaml.safe_load(wanted)


def test_references_go_from_one_operator_to_the_other() -> None:
    done = translate(ALPHA + SECRET, write="victoriametrics")
    config, secret = loaded(done.text)
    slack = config["spec"]["receivers"][0]["slack_configs"][0]
    assert slack["api_url"] == {"name": "slack", "key": "url"}
    assert secret["metadata"]["name"] == "slack"


def test_the_service_needs_the_values(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(ALPHA + SECRET)
    with pytest.raises(SetupError) as raised:
        read_setup([path], {})
    assert "contact point 'pages': it stands in the Secret pd, key routing" in str(raised.value)
    assert "slack" not in str(raised.value)
