"""Templates cross between the families: said in the other's words, or reported with their line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from translators import Translation, translate
from translators.gotemplate import TemplateSet, example_payload, notification_data

GRAFANA = """\
apiVersion: 1
contactPoints:
- name: ops
  receivers:
  - uid: u
    type: slack
    settings:
      url: https://hooks.slack.com/services/T/B/X
      title: '{{ template "mine" . }}'
      text: |
        {{ range .Alerts }}
        {{ .Labels.alertname }} {{ with .SilenceURL }}silence: {{ . }}{{ end }}
        {{ data.ToJSON .Labels }}{{ end }}
  - uid: v
    type: telegram
    settings:
      bottoken: a
      chatid: "1"
      message: '{{ coll.Append 1 .Alerts }}'
policies: [{receiver: ops}]
templates:
- name: all
  template: |
    {{ define "mine" }}{{ .Status }}{{ end }}
    {{ define "lost" }}
      {{ $x := tmpl.Exec "mine" . }}{{ $x }}
    {{ end }}
"""
ALERTMANAGER = """\
route: {receiver: ops}
receivers:
- name: ops
  slack_configs:
  - api_url: https://hooks.slack.com/services/T/B/X
    title: '{{ .CommonLabels | toJson }} {{ template "slack.default.color" . }}'
    text: |-
      {{ range .Alerts }}
      {{ since .StartsAt | humanizeDuration }}{{ end }}
    fallback: '{{ .NotificationReason }}'
templates: ['*.tmpl']
"""
FILES = {"a.tmpl": '{{ define "a" }}\n{{ now }}{{ end }}\n{{ define "b" }}{{ since 1 }}{{ end }}'}


def reported(done: Translation) -> set[tuple[tuple[str, ...], str, int]]:
    return {(loss.where, loss.why, loss.line) for loss in done.report}


def test_what_alertmanager_has_under_another_name_is_said_so() -> None:
    done = translate(GRAFANA, write="alertmanager")
    assert "{{toJson .Labels}}" in done.text
    assert "silence" not in done.text
    said = reported(done)
    assert (("ops", "slack", "text"), "Alertmanager has no .SilenceURL", 12) in said
    assert (("ops", "telegram", "message"), "Alertmanager has no coll.Append", 19) in said
    assert (("templates", "all"), "Alertmanager has no tmpl.Exec", 26) in said


def test_a_text_that_would_fail_is_left_out_and_the_rest_works() -> None:
    done = translate(GRAFANA, write="alertmanager")
    assert "coll" not in done.text
    templates = TemplateSet(done.files)
    data = notification_data(example_payload(), family="alertmanager")
    assert templates.render('{{ template "mine" . }}|{{ template "lost" . }}', data).text == (
        "firing|"
    )


def test_what_grafana_has_under_another_name_is_said_so() -> None:
    done = translate(ALERTMANAGER, write="grafana-file", files=FILES)
    assert ".CommonLabels | data.ToJSON" in done.text
    assert '{{ template "alertmanager.slack.default.color" . }}' in done.text
    assert '{{ define "alertmanager.slack.default.color" }}' in done.text
    assert "time.Now" in done.text
    said = reported(done)
    assert (("ops", "slack", "text"), "Grafana has no humanizeDuration", 9) in said
    assert (("templates", "a.tmpl"), "Grafana has no since (line 3 of a.tmpl)", 11) in said


def test_within_a_family_no_text_is_touched() -> None:
    for write in ("grafana-file", "terraform", "grafana-api"):
        assert "coll.Append 1 .Alerts" in translate(GRAFANA, write=write).text
    assert "humanizeDuration" in translate(ALERTMANAGER, write="mimir", files=FILES).text


def test_a_text_that_is_no_template_stays_as_it_is() -> None:
    text = GRAFANA.replace("{{ coll.Append 1 .Alerts }}", "{{ coll.Append 1 .Alerts")
    assert "{{ coll.Append 1 .Alerts'" in translate(text, write="alertmanager").text


@pytest.mark.parametrize("keep_look", [False, True])
def test_amtool_accepts_text_and_templates(tmp_path: Path, amtool: str, keep_look: bool) -> None:
    done = translate(GRAFANA, write="alertmanager", keep_look=keep_look)
    (tmp_path / "alertmanager.yml").write_text(done.text)
    for name, text in done.files.items():
        (tmp_path / name).write_text(text)
    assert ("grafana-defaults.tmpl" in done.files) == keep_look
    found = subprocess.run(
        [amtool, "check-config", tmp_path / "alertmanager.yml"], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"{len(done.files)} templates" in found.stdout
