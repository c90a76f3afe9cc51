"""Grafana's API: the JSON of its endpoints, alone and together, and of the older document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from translators import SetupError, Translation, read_text, translate

PAGES = Path(__file__).parents[2] / "contactpoints" / "integrations" / "pages"

POINTS = [
    {
        "uid": "u1",
        "name": "ops",
        "type": "slack",
        "settings": {"recipient": "#ops", "token": "[REDACTED]", "title": "🙂 {{ .Status }}"},
        "disableResolveMessage": False,
        "provenance": "api",
    },
    {
        "uid": "u2",
        "name": "ops",
        "type": "webhook",
        "settings": {"url": "https://example.com", "maxAlerts": 5, "later": [1, True, None, "1"]},
        "disableResolveMessage": True,
    },
]
POLICIES = {
    "receiver": "ops",
    "group_by": ["alertname"],
    "routes": [
        {
            "receiver": "ops",
            "object_matchers": [["a", "=", "b"]],
            "mute_time_intervals": ["nights"],
            "group_wait": "30s",
        }
    ],
    "provenance": "api",
}
TIMINGS = [
    {
        "name": "nights",
        "time_intervals": [{"times": [{"start_time": "17:00", "end_time": "24:00"}]}],
        "version": "abc",
    }
]
TEMPLATES = [{"name": "t", "template": '{{ define "t" }}x{{ end }}', "version": "1"}]
LEGACY = {
    "template_files": {"a.tmpl": '{{ define "a" }}x{{ end }}'},
    "alertmanager_config": {
        "route": {"receiver": "ops"},
        "receivers": [
            {
                "name": "ops",
                "grafana_managed_receiver_configs": [
                    {
                        "uid": "u1",
                        "name": "ops",
                        "type": "slack",
                        "settings": {"recipient": "#x"},
                        "secureFields": {"token": True},
                        "disableResolveMessage": False,
                    },
                    {
                        "uid": "u2",
                        "name": "another name",
                        "type": "webhook",
                        "settings": {"url": "http://x"},
                        "secureSettings": {"password": "pw", "tlsConfig.clientKey": "k"},
                        "disableResolveMessage": True,
                    },
                ],
            },
            {"name": "none", "grafana_managed_receiver_configs": []},
        ],
        "mute_time_intervals": [{"name": "n", "time_intervals": []}],
        "time_intervals": [{"name": "m", "time_intervals": [{"weekdays": ["monday"]}]}],
        "inhibit_rules": [{"source_matchers": ['a="b"'], "target_matchers": ['c="d"']}],
        "templates": ["a.tmpl"],
    },
    "template_file_provenances": {"a.tmpl": "api"},
}
TOGETHER = {
    "contactPoints": POINTS,
    "policies": POLICIES,
    "muteTimings": TIMINGS,
    "templates": TEMPLATES,
}
DOCUMENTS = {
    "contact points": POINTS,
    "one contact point": POINTS[0],
    "policies": POLICIES,
    "mute timings": TIMINGS,
    "one mute timing": TIMINGS[0],
    "templates": TEMPLATES,
    "together": TOGETHER,
    "legacy": LEGACY,
}


def to(dialect: str, document: Any) -> Translation:
    return translate(json.dumps(document), write=dialect)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: Any) -> None:
    done = to("grafana-api", document)
    assert not list(done.report)
    assert json.loads(done.text) == document


def test_rows_of_one_name_are_one_contact_point() -> None:
    setup = read_text(json.dumps(POINTS)).setup
    (point,) = setup.contact_points
    assert [each.uid for each in point.integrations] == ["u1", "u2"]
    assert [each.send_resolved for each in point.integrations] == [True, False]


def test_keys_are_found_in_any_case_and_null_is_nothing() -> None:
    row = {"UID": None, "Name": "a", "TYPE": "Slack", "Settings": {"URL": "https://x.example"}}
    setup = read_text(json.dumps([row]), read="grafana-api").setup
    (integration,) = setup.contact_points[0].integrations
    assert integration.type == "slack"
    assert integration.values == {"url": "https://x.example"}


def sources() -> Iterator[tuple[str, str]]:
    for page in sorted(PAGES.glob("*.md")):
        for found in re.finditer(
            r"^## ([\w-]+)\n+```yaml\n(.*?)```", page.read_text(), re.M | re.S
        ):
            yield f"{page.stem}-{found[1]}", found[2]


@pytest.mark.parametrize(("name", "text"), [pytest.param(*each, id=each[0]) for each in sources()])
def test_every_integration_is_posted_as_grafana_knows_it(name: str, text: str) -> None:
    said = json.loads(translate(text, write="grafana-api").text)
    file = read_text(translate(text, write="grafana-file").text).setup
    rows = said.get("contactPoints", [])
    assert all(set(row) >= {"uid", "name", "type", "settings"} for row in rows)
    again = read_text(json.dumps(said), read="grafana-api").setup
    assert [point.name for point in again.contact_points] == [p.name for p in file.contact_points]


def test_another_dialect_is_told_what_only_the_api_says() -> None:
    done = to("grafana-file", {**TOGETHER, "extra": 1})
    assert ("extra",) in {loss.where for loss in done.report}


def test_a_secret_that_is_only_said_to_be_there_is_missing() -> None:
    done = to("grafana-file", LEGACY)
    assert "token: '${OPS_SLACK_TOKEN}'" in done.text
    (loss,) = [loss for loss in done.report if loss.where[-1] == "token"]
    assert loss.why.startswith("missing secret")
    assert "clientKey: k" in done.text


def test_values_in_files_and_variables_are_not_written_as_values() -> None:
    text = (
        "apiVersion: 1\ncontactPoints: [{name: a, receivers: [{uid: u, type: webhook, settings: "
        "{url: 'https://x.example', password: '$__file{/p}', username: $USER}}]}]\n"
    )
    done = translate(text, write="grafana-api")
    (row,) = json.loads(done.text)["contactPoints"]
    assert row["settings"] == {"url": "https://x.example"}
    assert {loss.where[-1] for loss in done.report} == {"password", "username"}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([{"name": "a", "type": "slak", "settings": {}}], "did you mean 'slack'"),
        ([{"name": "", "type": "slack", "settings": {"url": "https://x"}}], "no name is set"),
        ([{"name": "a", "type": "webhook", "settings": None}], "no settings are set"),
        ({"receiver": "a", "repeat_interval": "0s"}, "repeat_interval cannot be zero"),
        ([{"name": "a", "template": " "}], "no template is set"),
    ],
)
def test_what_is_wrong_is_said(document: Any, sentence: str) -> None:
    with pytest.raises(SetupError, match=re.escape(sentence)):
        translate(json.dumps(document), read="grafana-api", write="grafana-api")


@pytest.mark.parametrize(
    "text", ["[]", "{}", "1", '"a"', "null", "[1]", '{"alertmanager_config": {}}']
)
def test_odd_documents_do_no_harm(text: str) -> None:
    reading = read_text(text, read="grafana-api")
    assert not reading.setup.contact_points
    assert not [path for path in reading.problems.errors if not path.message]
