"""Translation between alertmanager.yml and Grafana's provisioning files, as a whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from alertmanager_configs.loading import load
from translators import SetupError, UnknownDialectError, read_setup, read_text, translate
from translators.checks import check as check_text

MINIMAL = """\
route:
  receiver: ops
receivers:
  - name: ops
    webhook_configs:
      - url: https://example.com/hook
"""

SLACK_TITLE = """\
route: {{receiver: ops}}
receivers:
  - name: ops
    slack_configs:
      - {{api_url: "https://example.com/x", title: "{title}"}}
"""

RICH = """\
global:
  resolve_timeout: 10m
  slack_api_url: https://hooks.slack.com/services/T/B/secret
  smtp_smarthost: smtp.example.com:587
  smtp_from: alerts@example.com
  http_config:
    follow_redirects: false
templates: ["*.tmpl"]
route:
  receiver: ops
  group_by: [alertname, cluster]
  group_wait: 45s
  routes:
    - receiver: db
      match: {a: 010, team: "on"}
      match_re: {service: "^(foo|bar)$"}
      continue: true
      repeat_interval: 90m
    - matchers: ['severity=~"critical|warning"', 'on!="x"']
      receiver: none
      group_by: ["..."]
      mute_time_intervals: [nights]
      active_time_intervals: [weekdays]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname]
receivers:
  - name: ops
    slack_configs:
      - channel: "#ops"
  - name: db
    email_configs:
      - to: db@example.com
  - name: none
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: 17:00, end_time: 24:00}]
        location: Europe/Berlin
  - name: weekdays
    time_intervals:
      - weekdays: ["monday:friday"]
        months: [1, "february:march"]
        years: ["2024:2026"]
        days_of_month: ["-3:-1"]
"""


def check(amtool: str, text: str, folder: Path) -> None:
    """amtool's verdict on what we wrote."""
    path = folder / "alertmanager.yml"
    path.write_text(text)
    done = subprocess.run([amtool, "check-config", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr + text


def test_a_setup_without_anything_special_loses_nothing() -> None:
    done = translate(MINIMAL, write="grafana-file")
    assert not list(done.report)
    back = translate(done.text, write="alertmanager")
    assert not list(back.report)
    assert yaml.safe_load(back.text) == yaml.safe_load(MINIMAL)


@pytest.mark.parametrize("text", [MINIMAL, RICH])
def test_the_same_dialect_says_the_same(text: str) -> None:
    done = translate(text, read="alertmanager", write="alertmanager")
    assert not list(done.report)
    assert load(done.text).data == load(text).data


@pytest.mark.parametrize("text", [MINIMAL, RICH])
def test_amtool_accepts_what_comes_back(text: str, amtool: str, tmp_path: Path) -> None:
    there = translate(text, write="grafana-file")
    check(amtool, translate(there.text, write="alertmanager").text, tmp_path)
    check(amtool, translate(text, write="alertmanager").text, tmp_path)


def test_the_policy_tree_keeps_its_meaning() -> None:
    there = translate(RICH, write="grafana-file")
    policy = load(there.text).data["policies"][0]  # type: ignore[index,call-overload]
    assert policy["routes"][0]["object_matchers"] == [
        ["a", "=", "010"],
        ["service", "=~", "^(foo|bar)$$"],
        ["team", "=", "on"],
    ]
    assert policy["routes"][0]["repeat_interval"] == "90m"
    back = load(translate(there.text, write="alertmanager").text).data
    routes = back["route"]["routes"]  # type: ignore[index,call-overload]
    assert routes[0]["matchers"] == ['a="010"', 'service=~"^(foo|bar)$"', 'team="on"']
    assert routes[0]["continue"] == "true"
    assert routes[1]["group_by"] == ["..."]
    assert routes[1]["mute_time_intervals"] == ["nights"]


@pytest.mark.parametrize("written", ["17:00", "08:30"])
def test_times_stay_as_they_are_written(written: str) -> None:
    text = RICH.replace("start_time: 17:00", f"start_time: {written}")
    there = translate(text, write="grafana-file").text
    back = translate(there, write="alertmanager").text
    for said in (there, back):
        assert load(said).data is not None
        assert f"start_time: '{written}'" in said or f'start_time: "{written}"' in said


def test_losses_name_what_grafana_files_have_no_place_for() -> None:
    losses = {
        (loss.where, loss.what): loss for loss in translate(RICH, write="grafana-file").report
    }
    by_name = {where[0] for where, _ in losses}
    assert {"global", "inhibit_rules", "templates"} <= by_name
    loss = losses[("global", "resolve_timeout"), "dropped"]
    assert loss.line == 2


def test_an_empty_receiver_becomes_a_contact_point_that_sends_nothing_and_comes_back_empty() -> (
    None
):
    there = translate(RICH, write="grafana-file")
    assert "grafana://noop" in there.text
    back = load(translate(there.text, write="alertmanager").text).data
    assert {"name": "none"} in back["receivers"]  # type: ignore[operator,index,call-overload]


def test_templates_travel_as_text_and_as_files() -> None:
    define = '{{ define "mine" }}{{ range $i, $a := .Alerts }}{{ $i }}{{ end }}{{ end }}'
    there = translate(RICH, write="grafana-file", files={"mine.tmpl": define})
    data = load(there.text).data
    assert data["templates"] == [{"orgId": "1", "name": "mine.tmpl", "template": define}]  # type: ignore[index,call-overload]
    back = translate(there.text, write="alertmanager")
    assert dict(back.files) == {"mine.tmpl": define}


def test_dollars_in_settings_survive_grafanas_interpolation() -> None:
    text = MINIMAL.replace("https://example.com/hook", "https://example.com/hook?a=$1${HOME}")
    there = translate(text, write="grafana-file").text
    assert "a=$$1$${HOME}" in there
    assert translate(there, write="alertmanager").text == translate(text, write="alertmanager").text


def test_everything_wrong_is_said_at_once_with_its_place() -> None:
    text = MINIMAL.replace("https://example.com/hook", "ftp://example.com") + "nonsense: 1\n"
    with pytest.raises(SetupError) as caught:
        translate(text, read="alertmanager", write="grafana-file", name="am.yml")
    said = str(caught.value)
    assert "am.yml:6:" in said
    assert 'unsupported scheme "ftp" for URL' in said
    assert "field nonsense not found" in said


@pytest.mark.parametrize("wrong", ["alertmanger", "grafana_file", "Alertmanager"])
def test_a_wrong_dialect_is_answered_with_the_near_one(wrong: str) -> None:
    with pytest.raises(UnknownDialectError, match=r"did you mean '(alertmanager|grafana-file)'"):
        translate(MINIMAL, write=wrong)


@pytest.mark.parametrize("text", ["", "[]", "a", "kind: Pod\n", "1", "{}"])
def test_a_text_of_no_dialect_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises((UnknownDialectError, SetupError)):
        translate(text, write="alertmanager")


def test_a_broken_template_is_a_doubt_for_alertmanager_and_an_error_for_the_service(
    tmp_path: Path,
) -> None:
    path = tmp_path / "am.yml"
    path.write_text(MINIMAL.replace("https://example.com/hook", "https://example.com/{{ .X }}"))
    assert read_setup([path]).contact_point("ops")
    path.write_text(SLACK_TITLE.format(title="{{ .Status"))
    verdict = check_text(path.read_text(), name="am.yml")
    assert verdict.valid
    assert "unclosed action" in verdict.warnings[0].message
    with pytest.raises(SetupError, match=r"am.yml:5:.*unclosed action"):
        read_setup([path])


def test_what_alertmanager_refuses_of_http_settings_is_left_out_and_told() -> None:
    text = """\
apiVersion: 1
contactPoints:
- name: ops
  receivers:
  - uid: u
    type: webhook
    settings:
      url: https://example.com/
      authorization_scheme: basic
      authorization_credentials: very-secret
      headers: {Content-Type: text/plain, X-Team: db}
"""
    done = translate(text, write="alertmanager")
    assert "X-Team" in done.text
    assert read_text(done.text, read="alertmanager").problems.errors == []
    lost = {loss.where[2] for loss in done.report if loss.what == "dropped"}
    assert lost == {"http_config.authorization", "http_config.http_headers.Content-Type"}
    assert "very-secret" not in str(done.report)
