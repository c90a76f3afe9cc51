"""diff finds what changes a meaning and nothing else, and is the proof of a translation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, given, settings

from contactpoints.setup import Setup
from tests.translators.random_setups import setups
from translators import Bridge, read_text, translate
from translators.comparing_commands import diff
from translators.dialect import dialect
from translators.differing import differences
from translators.losses import Report

EXAMPLES = Path("alertmanager_configs/examples").absolute()
BASE = """\
global:
  slack_api_url: https://hooks.slack.com/services/T/B/very-secret
route:
  receiver: ops
  group_by: [alertname, cluster]
  routes:
  - matchers: ['severity=~"critical|page"', team="db"]
    receiver: db
    group_wait: 1m
    repeat_interval: 1d
    mute_time_intervals: [nights]
    routes:
    - matchers: [zone="a"]
  - matchers: [team="web"]
    receiver: ops
receivers:
- name: ops
  slack_configs:
  - channel: '#ops'
    title: '{{ .Status }}'
- name: db
  webhook_configs:
  - url: https://example.com/a
    timeout: 90s
  pagerduty_configs:
  - routing_key: very-secret
time_intervals:
- name: nights
  time_intervals:
  - weekdays: [monday:friday]
    times:
    - {start_time: '22:00', end_time: '24:00'}
    - {start_time: '00:00', end_time: '06:00'}
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [cluster, alertname]
"""
SAME = [
    (
        "    timeout: 90s\n",
        "    timeout: 90s\n    http_config: {follow_redirects: true, enable_http2: true, "
        "proxy_from_environment: false}\n",
    ),
    ("group_wait: 1m", "group_wait: 60s"),
    ("repeat_interval: 1d", "repeat_interval: 24h"),
    ("timeout: 90s", "timeout: 1m30s"),
    (
        """['severity=~"critical|page"', team="db"]""",
        """[team="db", 'severity=~"critical|page"']""",
    ),
    ("""matchers: [team="web"]""", "match: {team: web}"),
    ("""matchers: [team="web"]""", "match_re: {team: web}"),
    ("[alertname, cluster]", "[cluster, alertname]"),
    ("[cluster, alertname]", "[alertname, cluster]"),
    ("    receiver: ops\nreceivers", "    receiver: ops\n    continue: true\nreceivers"),
    ("  receiver: ops\n  group", "  receiver: ops\n  group_wait: 30s\n  group"),
    ('[zone="a"]\n', '[zone="a"]\n      receiver: db\n'),
    ("monday:friday", "monday, tuesday, wednesday:friday"),
    ("end_time: '06:00'}", "end_time: '02:00'}\n    - {start_time: '02:00', end_time: '06:00'}"),
    ("    times:\n", "    location: UTC\n    times:\n"),
    ("'#ops'\n", "'#ops'\n    send_resolved: false\n"),
    ("'#ops'\n", "'#ops'\n    api_url: https://hooks.slack.com/services/T/B/very-secret\n"),
    ("'#ops'\n", "'#ops'\n    color: '{{ template \"slack.default.color\" . }}'\n"),
    ("'{{ .Status }}'", "'{{.Status}}'"),
    ("'{{ .Status }}'", "'{{ define \"a\" }}{{ .Status }}{{ end }}{{ .Status }}'"),
    ("- source_matchers", "- name: a rule\n  source_matchers"),
]
OTHER = [
    ("group_wait: 1m", "group_wait: 61s", "policies › {severity=~"),
    ("critical|page", "critical|pager", "policies › {severity=~"),
    ("[alertname, cluster]", "[alertname]", "policies › group_by: "),
    ("zone=\"a\"", "zone!=\"a\"", "{zone=\"a\"} › matchers: "),
    ("  - matchers: [team=\"web\"]\n    receiver: ops\n", "", "› {team=\"web\"}: only in A"),
    ("    group_wait: 1m\n", "    group_wait: 1m\n    continue: true\n", "› continue: False in A"),
    ("monday:friday", "monday:saturday", "mute timings › nights: differs"),
    ("    times:\n", "    location: Europe/Berlin\n    times:\n", "mute timings › nights: differs"),
    ("'#ops'", "'#dev'", "ops › slack › channel: '#ops' in A, '#dev' in B"),
    ("T/B/very-secret", "T/B/very-other", "ops › slack › api_url: differs"),
    ("routing_key: very-secret", "routing_key: very-other", "pagerduty › routing_key: differs"),
    ("'#ops'\n", "'#ops'\n    send_resolved: true\n", "ops › slack › send_resolved: False in A"),
    ("'{{ .Status }}'", "'{{ .Receiver }}'", "ops › slack › title: '{{ .Status }}' in A"),
    ("equal: [cluster, alertname]", "equal: [cluster]", "inhibition rules › {severity="),
    ("url: https://example.com/a\n", "url: https://example.com/b\n", "db › webhook › url: "),
    ("  pagerduty_configs:\n  - routing_key: very-secret\n", "", "db › pagerduty: only in A"),
]  # fmt: skip


def setup_of(text: str, read: str = "alertmanager") -> Setup:
    reading = read_text(text, read=read)
    assert reading.problems.errors == []
    return reading.setup


def replaced(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new"), SAME)
def test_another_way_to_say_it_is_no_difference(old: str, new: str) -> None:
    assert differences(setup_of(BASE), setup_of(replaced(old, new))) == []


@pytest.mark.parametrize(("old", "new", "said"), OTHER)
def test_another_meaning_is_found_and_nothing_secret_said(old: str, new: str, said: str) -> None:
    there = [str(each) for each in differences(setup_of(BASE), setup_of(replaced(old, new)))]
    assert any(said in each for each in there), there
    back = differences(setup_of(replaced(old, new)), setup_of(BASE))
    assert len(back) == len(there)
    assert not any("very" in each for each in there)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(diff, list(arguments))


def test_the_exit_status_and_the_two_forms(tmp_path: Path) -> None:
    for name, text in (("a", BASE), ("b", replaced("'#ops'", "'#dev'")), ("c", "route: [")):
        (tmp_path / f"{name}.yml").write_text(text)
    a, b, c = (str(tmp_path / f"{name}.yml") for name in "abc")
    assert (run(a, a).exit_code, run(a, a).stdout) == (0, "")
    assert run(a, b).exit_code == 1
    assert run(a, b).stdout == "ops › slack › channel: '#ops' in A, '#dev' in B\n"
    assert json.loads(run(a, b, "--format", "json").stdout) == {
        "same": False,
        "differences": [
            {
                "where": ["ops", "slack", "channel"],
                "a": "'#ops'",
                "b": "'#dev'",
                "what": "'#ops' in A, '#dev' in B",
            }
        ],
    }
    assert json.loads(run(a, a, "--format", "json").stdout) == {"same": True, "differences": []}
    for arguments in ((a,), (a, c), (a, "missing"), (a, b, "--from-b", "alertmanagr")):
        assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("write", ["alertmanager", "grafana-file"])
def test_what_a_translation_changes_is_what_it_reported(example: Path, write: str) -> None:
    done = translate(example.read_bytes(), read="alertmanager", write=write, keep_look=True)
    found = differences(setup_of(example.read_text()), setup_of(done.text, write))
    told = {loss.where[:2] for loss in done.report if loss.what in ("dropped", "changed")}
    heads = {("inhibit_rules",) if w[0] == "inhibition rules" else w[:2] for w, *_ in found}
    assert all(any(t[: len(head)] == head for t in told) for head in heads), (heads, told)


def test_a_bridge_is_the_integration_that_it_stands_for() -> None:
    text = """\
apiVersion: 1
contactPoints:
- name: a/b
  receivers:
  - {uid: u1, type: LINE, settings: {token: very-secret}, disableResolveMessage: true}
policies: [{receiver: a/b}]
"""
    done = translate(text, write="alertmanager", bridge=Bridge("https://bridge.example"))
    assert differences(setup_of(text, "grafana-file"), setup_of(done.text)) == []
    louder = done.text.replace("send_resolved: false", "send_resolved: true")
    (found,) = differences(setup_of(text, "grafana-file"), setup_of(louder))
    assert str(found) == "a/b › LINE › send_resolved: False in A, True in B"
    other = translate(text, write="alertmanager")
    assert differences(setup_of(text, "grafana-file"), setup_of(other.text))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(setups("grafana"))
def test_a_setup_means_itself_after_it_is_written(setup: Setup) -> None:
    setup.dialect = ""
    report = Report()
    text = dialect("grafana-file").write(setup, report).text
    again = read_text(text, read="grafana-file").setup
    third = read_text(text, read="grafana-file").setup
    assert differences(again, third) == []
