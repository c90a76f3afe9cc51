"""Grafana's provisioning files: its own verdicts, and what is kept of what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alertmanager_configs.loading import Quoted
from contactpoints.fields import FromFile, Interpolated
from translators import read_text, translate
from translators.checks import check
from translators.grafana_types import kind_of

CASES: Any = json.loads((Path(__file__).parent / "grafana_verdicts.json").read_text("utf-8"))

POLICIES = """
apiVersion: 1
contactPoints:
- name: ops
  receivers: [{uid: u, type: email, settings: {addresses: a@b.c}}]
policies:
- receiver: ops
  Group_By: [alertname]
  editable: true
muteTimes:
- name: nights
  editable: true
  time_intervals: [{weekdays: [sunday], note: x}]
"""


@pytest.mark.parametrize("number", range(len(CASES["cases"])))
def test_the_verdict_is_that_of_grafanas_own_reader(number: int) -> None:
    case = CASES["cases"][number]
    verdict = check(case["text"], name="a.yaml", read="grafana-file")
    assert verdict.valid == case["accepted"], (case, verdict.errors)


def test_keys_that_grafana_does_not_know_are_kept_and_are_losses_elsewhere() -> None:
    same = translate(POLICIES, write="grafana-file")
    assert same.text.count("editable: true") == 2
    assert "note: x" in same.text
    assert "group_by" in same.text  # keys of policies are found in any case
    assert not list(same.report)
    there = translate(POLICIES, write="alertmanager")
    assert "editable" not in there.text
    lost = {loss.where: loss.line for loss in there.report if loss.what == "dropped"}
    assert lost["policies", "editable"] == 9
    assert lost["mute timing", "nights", "editable"] == 12
    assert lost["mute timing", "nights", "note"] == 13


def test_a_named_tree_is_kept_and_the_last_tree_without_a_name_counts() -> None:
    text = POLICIES.replace(
        "muteTimes:",
        "- {name: other, receiver: ops}\n- {receiver: ops, group_wait: 1s}\nmuteTimes:",
    )
    reading = read_text(text, read="grafana-file")
    assert reading.setup.policy is not None
    assert reading.setup.policy.group_wait == "1s"
    assert "name: other" in translate(text, write="grafana-file").text
    messages = [problem.message for problem in reading.problems.warnings]
    assert any("takes its place" in each for each in messages)
    assert any("'other'" in each for each in messages)


def test_a_contact_point_without_integrations_stays_so() -> None:
    text = "apiVersion: 1\ncontactPoints: [{name: a, receivers: []}]\n"
    done = translate(text, write="grafana-file")
    assert "receivers: []" in done.text
    assert not list(done.report)


def test_a_file_that_a_text_names_stays_named() -> None:
    """Only secrets have a place for it in other dialects."""
    text = (
        "apiVersion: 1\ncontactPoints: [{name: a, receivers: [{uid: u, type: slack, "
        "settings: {url: '$__file{/s}', title: '$__file{/t}'}}]}]\n"
    )
    (slack,) = read_text(text, read="grafana-file").setup.contact_points[0].integrations
    assert slack.values["url"] == FromFile("/s")
    assert isinstance(slack.values["title"], Interpolated)
    assert "title: '$__file{/t}'" in translate(text, write="grafana-file").text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"),
        ("yes", "text"),
        ("True", "a bool"),
        ("tRue", "text"),
        (Quoted("true"), "text"),
        ("0x1F", "a number"),
        ("1.5", "a number"),
        ("17:00", "text"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_value_is_what_grafana_takes_it_for(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


NESTED = """
apiVersion: 1
contactPoints:
- name: a
  receivers:
  - uid: u
    type: webhook
    settings:
      url: https://a.example
      payload: {template: x, colour: red}
      hmacConfig: {secret: s, rounds: 3}
      maxAlerts: many
"""


def test_an_unknown_key_within_a_setting_is_kept_and_warned_of() -> None:
    """Grafana takes it, so ``check`` does; elsewhere it is a loss with a name."""
    verdict = check(NESTED, name="a.yaml", read="grafana-file")
    assert verdict.valid
    assert {each.path[-1] for each in verdict.warnings} >= {"colour", "rounds", "maxAlerts"}
    same = translate(NESTED, read="grafana-file", write="grafana-file")
    assert not list(same.report)
    assert "colour: red" in same.text
    assert "rounds: 3" in same.text
    assert "maxAlerts: many" in same.text
    for other in ("alertmanager", "terraform"):
        report = translate(NESTED, read="grafana-file", write=other).report
        assert {
            ("a", "webhook", f"{name}") for name in ("payload.colour", "hmacConfig.rounds")
        } <= {loss.where for loss in report}


@pytest.mark.parametrize("kind", ["hipchat", "sensu"])
def test_what_grafana_no_longer_has_is_warned_of(kind: str) -> None:
    settings = "{url: 'https://a.example', apikey: k}"
    receiver = f"{{uid: u, type: {kind}, settings: {settings}}}"
    text = f"contactPoints: [{{name: a, receivers: [{receiver}]}}]\n"
    verdict = check(text, name="a.yaml", read="grafana-file")
    assert verdict.valid
    assert any("refuses the file" in each.message for each in verdict.warnings)
