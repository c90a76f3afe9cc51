"""Mimir: a tenant's configuration comes back, with places in the whole text."""

from __future__ import annotations

import json

import pytest
import yaml

from alertmanager_configs.problems import SetupError
from translators import Translation, read_text, translate

TENANT = """\
template_files:
  texts: |
    {{ define "mine" }}hello{{ end }}
  unused.tmpl: '{{ define "other" }}{{ end }}'
alertmanager_config: |
  # a comment
  global:
    smtp_smarthost: mail.example.com:25
    smtp_from: a@example.com
    resolve_timeout: 5m
  templates:
  - texts
  route:
    receiver: team
  receivers:
  - name: team
    email_configs:
    - to: b@example.com
    webhook_configs:
    - url: https://example.com/hook
  mute_time_intervals:
  - name: nights
    time_intervals:
    - times:
      - start_time: '00:00'
        end_time: '06:00'
later: 1
"""


def losses(done: Translation, *kinds: str) -> list[str]:
    return [str(loss) for loss in done.report if not kinds or loss.what in kinds]


def parts(text: str) -> tuple[object, object]:
    """The whole text without the configuration, and the configuration."""
    whole = yaml.safe_load(text)
    return {**whole, "alertmanager_config": ""}, yaml.safe_load(whole["alertmanager_config"])


def test_a_tenants_configuration_comes_back_with_all_that_it_says() -> None:
    done = translate(TENANT, write="mimir")
    assert parts(done.text) == parts(TENANT)
    assert losses(done) == []


def test_json_is_read_as_well() -> None:
    reading = read_text(json.dumps(yaml.safe_load(TENANT)))
    assert reading.dialect.name == "mimir"
    assert [file.name for file in reading.setup.templates] == ["texts"]
    assert translate(json.dumps(yaml.safe_load(TENANT)), write="mimir").text == (
        translate(TENANT, write="mimir").text
    )


def test_alertmanager_gets_the_templates_as_files() -> None:
    done = translate(TENANT, write="alertmanager")
    assert yaml.safe_load(done.text)["templates"] == ["texts.tmpl"]
    assert done.files == {"texts.tmpl": '{{ define "mine" }}hello{{ end }}\n'}
    assert losses(done, "dropped") == [
        "global › resolve_timeout: dropped: alerts that come with an end do not need it, and "
        "others have no place for it (line 10)",
        "later: dropped: it is not a field that is known (line 27)",
        "template_files › unused.tmpl: dropped: no templates entry of the configuration names it, "
        "so it is not used (line 4)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("receiver: team", "receiver: nobody", "14:15: route.receiver: undefined receiver"),
        ("to: b@", "too: b@", "18:7: receivers[0].email_configs[0].too: field too not found"),
        ("  - texts", "  - a/texts", "12:5: templates[0]: the template 'a/texts' must be a name"),
        ("  texts: |", "  ../texts: |", "the template '../texts' must be a name without a path"),
        ("url: https", "url_file: https", "receivers[0].webhook_configs[0].url_file: Mimir takes"),
        (
            "smtp_from: a@example.com",
            "slack_api_url_file: /etc/slack",
            "9:25: global.slack_api_url_file: Mimir takes no files",
        ),
        ("route:\n    receiver", "route: [\n    receiver", "15:"),
        ("alertmanager_config: |", "alertmanager_config: >", "5:22: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place_in_the_whole_text(
    old: str, new: str, wanted: str
) -> None:
    assert old in TENANT
    with pytest.raises(SetupError) as raised:
        translate(TENANT.replace(old, new, 1), read="mimir", write="alertmanager")
    assert wanted in str(raised.value)


def test_a_text_without_a_configuration_is_refused() -> None:
    with pytest.raises(SetupError) as raised:
        translate("template_files: {}\n", read="mimir", write="alertmanager")
    assert "alertmanager_config must be there, as text" in str(raised.value)


ALERTMANAGER = """\
global:
  slack_api_url_file: /etc/slack
route:
  receiver: team
templates:
- templates/*.tmpl
- elsewhere/x.tmpl
receivers:
- name: team
  slack_configs:
  - channel: '#a'
  webhook_configs:
  - url: https://example.com/hook
    http_config:
      authorization:
        credentials_file: /etc/token
      follow_redirects: false
  - url: https://example.com/other
"""


def test_what_stands_in_files_is_reported_and_left_out() -> None:
    files = {"templates/a.tmpl": '{{ define "a" }}{{ end }}'}
    done = translate(ALERTMANAGER, write="mimir", files=files)
    whole = yaml.safe_load(done.text)
    assert whole["template_files"] == {"a.tmpl": '{{ define "a" }}{{ end }}'}
    config = yaml.safe_load(whole["alertmanager_config"])
    assert config["templates"] == ["a.tmpl"]
    (team,) = config["receivers"]
    assert "slack_configs" not in team
    assert len(team["webhook_configs"]) == 2
    assert team["webhook_configs"][0]["http_config"] == {"follow_redirects": False}
    assert "/etc" not in done.text
    told = losses(done, "dropped")
    assert any("slack" in each and "it stands in the file /etc/slack" in each for each in told)
    assert any("authorization.credentials_file: dropped" in each for each in told)
    assert any(each.startswith("templates › elsewhere/x.tmpl: dropped") for each in told)


def test_globals_are_the_settings_of_each_and_shared_again() -> None:
    text = TENANT.replace("    - to: b@", "    - to: c@example.com\n    - to: b@")
    there = translate(translate(text, write="alertmanager").text, write="mimir")
    config = yaml.safe_load(yaml.safe_load(there.text)["alertmanager_config"])
    assert config["global"] == {
        "smtp_from": "a@example.com",
        "smtp_smarthost": "mail.example.com:25",
    }


def test_a_terraform_file_with_such_a_text_inside_is_not_taken_for_it() -> None:
    text = f"""resource "aws_prometheus_alert_manager_definition" "demo" {{
  definition = <<EOF
{TENANT}EOF
}}
"""
    assert read_text(text).dialect.name == "terraform"
