"""What Grafana takes and Alertmanager refuses is not written to alertmanager.yml, and reported."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from contactpoints.fields import Interpolated
from translators import SetupError, read_setup, read_text, translate

HEAD = "apiVersion: 1\n"
POINT = "contactPoints: [{name: a, receivers: [{uid: u, type: %s, settings: {%s}}]}]\n"
POLICY = (
    HEAD
    + POINT % ("email", "addresses: a@b.c")
    + "policies: [{receiver: a, %s}]\n"
    + "muteTimes: [{name: n, time_intervals: [{weekdays: [monday]}]}, {name: n}]\n"
)

REFUSED = {
    "an address without a scheme": (HEAD + POINT % ("slack", "url: nonsense"), ("a", "slack")),
    "the template of an address": (
        HEAD + POINT % ("webhook", "url: '{{ if }}'"),
        ("a", "webhook"),
    ),
    "a negative number": (
        HEAD + POINT % ("webhook", "url: 'https://a.example', maxAlerts: -1"),
        ("a", "webhook", "maxAlerts"),
    ),
    "a map that is a variable": (
        HEAD + POINT % ("webhook", "url: 'https://a.example', headers: '${H}'"),
        ("a", "webhook", "headers"),
    ),
    "a part that lacks something": (
        HEAD
        + POINT
        % (
            "webhook",
            "url: 'https://a.example', http_config: {oauth2: "
            "{client_id: $ID, client_secret: s, token_url: 'https://t.example'}}",
        ),
        ("a", "webhook", "http_config.oauth2.client_id"),
    ),
    "a label without a name": (
        POLICY % "group_by: ['']",
        ("policies", "group_by", ""),
    ),
    "a length that is a variable": (POLICY % "group_wait: $W", ("policies", "group_wait")),
    "a pattern that is none": (
        POLICY % "routes: [{receiver: a, object_matchers: [[x, =~, 'a(b']]}]",
        ("policies", "a"),
    ),
    "a matcher without a label": (
        POLICY % "routes: [{receiver: a, object_matchers: [['', '=', ''], [b, '=', c]]}]",
        ("policies", "matchers", ""),
    ),
    "a name that two mute timings have": (POLICY % "group_wait: 1s", ("mute timing", "n")),
}


@pytest.mark.parametrize("what", list(REFUSED))
@pytest.mark.parametrize("write", ["alertmanager", "mimir", "kubernetes", "victoriametrics"])
def test_it_is_left_out_and_said(what: str, write: str) -> None:
    text, where = REFUSED[what]
    done = translate(text, read="grafana-file", write=write)
    lost = {loss.where for loss in done.report if loss.what in ("dropped", "changed")}
    assert where in lost
    reading = read_text(done.text, read=write)
    assert not reading.problems.errors


@pytest.mark.parametrize("what", list(REFUSED))
def test_alertmanager_takes_the_rest(what: str, amtool: str, tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(translate(REFUSED[what][0], read="grafana-file", write="alertmanager").text)
    done = subprocess.run([amtool, "check-config", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


VARIABLES = """\
apiVersion: 1
contactPoints:
- orgId: 1
  name: '${TEAM}'
  receivers:
  - uid: u
    type: email
    settings:
      addresses: a@b.c
    disableResolveMessage: false
policies:
- orgId: 1
  receiver: '${TEAM}'
  group_by:
  - '$LABEL'
  group_wait: '${WAIT}'
  routes:
  - receiver: '${TEAM}'
    object_matchers:
    - - a
      - '='
      - '${VALUE}'
    - - b
      - '=~'
      - c$$
"""


def test_variables_in_names_and_policies_stay_and_are_filled_in(tmp_path: Path) -> None:
    """Grafana fills them in wherever a text stands in a policy."""
    assert translate(VARIABLES, read="grafana-file", write="grafana-file").text == VARIABLES
    route = read_text(VARIABLES, read="grafana-file").setup.policy
    assert route is not None
    assert [type(m.value) for m in route.routes[0].matchers] == [Interpolated, str]
    file = tmp_path / "a.yaml"
    file.write_text(VARIABLES)
    setup = read_setup([file], {"TEAM": "ops", "LABEL": "job", "WAIT": "5s", "VALUE": "v"})
    assert setup.policy is not None
    assert setup.contact_points[0].name == setup.policy.receiver == "ops"
    assert (setup.policy.group_by, setup.policy.group_wait) == (["job"], "5s")
    assert [str(m) for m in setup.policy.routes[0].matchers] == ['a="v"', 'b=~"c$"']


def test_a_variable_that_another_dialect_does_not_fill_in_is_a_loss() -> None:
    for write in ("alertmanager", "terraform", "grafana-api"):
        report = translate(VARIABLES, read="grafana-file", write=write).report
        lost = {loss.where for loss in report if loss.what in ("dropped", "changed")}
        assert lost >= {
            ("${TEAM}", "name"),
            ("policies", "receiver"),
            ("policies", "group_by", "$LABEL"),
            ("policies", "group_wait"),
            ("policies", "matchers", "a"),
        }


def test_a_variable_that_tells_whether_resolved_alerts_are_told(tmp_path: Path) -> None:
    text = (
        "contactPoints: [{name: a, receivers: [{uid: u, type: email, "
        "disableResolveMessage: '${QUIET}', settings: {addresses: a@b.c}}]}]\n"
    )
    same = translate(text, read="grafana-file", write="grafana-file")
    assert "disableResolveMessage: '${QUIET}'" in same.text
    assert not list(same.report)
    report = translate(text, read="grafana-file", write="alertmanager").report
    assert ("a", "email", "disableResolveMessage") in {loss.where for loss in report}
    file = tmp_path / "a.yaml"
    file.write_text(text)
    for said, told in (("true", False), ("", True)):
        (point,) = read_setup([file], {"QUIET": said}).contact_points
        assert point.integrations[0].send_resolved is told
    with pytest.raises(SetupError, match="must be true or false"):
        read_setup([file], {"QUIET": "maybe"})
