"""What the dialects do for administration: stored documents read, checked, shown and written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from alertmanager_configs.problems import SetupError
from contactpoints.integrations import by_lower_type
from translators.serving import Dialects

ROWS: list[dict[str, Any]] = [
    {
        "uid": "a",
        "name": "ops",
        "type": "slack",
        "settings": {"url": "https://hooks.slack.com/services/hidden", "unknown": {"x": [1]}},
        "disableResolveMessage": True,
        "provenance": "api",
    },
    {"uid": "b", "name": "ops", "type": "LINE", "settings": {"token": "hidden"}},
    {
        "uid": "c",
        "name": "dev",
        "type": "webhook",
        "settings": {"url": "http://a.example", "maxAlerts": "5", "tlsConfig": {"clientKey": "h"}},
    },
]
DOCUMENT: dict[str, Any] = {
    "contactPoints": ROWS,
    "policies": {
        "receiver": "ops",
        "group_by": ["..."],
        "routes": [
            {
                "receiver": "dev",
                "object_matchers": [["team", "=~", "a|b"]],
                "mute_time_intervals": ["nights"],
                "continue": True,
            }
        ],
        "provenance": "api",
    },
    "muteTimings": [
        {
            "name": "nights",
            "time_intervals": [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}],
            "version": "x",
            "provenance": "api",
        }
    ],
    "templates": [{"name": "t", "template": '{{ define "t" }}x{{ end }}', "version": "1"}],
    "inhibitRules": [
        {
            "source_matchers": ["a=b"],
            "target_matchers": ["c=d"],
            "equal": ["e"],
            "provenance": "api",
        }
    ],
}


@pytest.fixture
def dialects() -> Dialects:
    return Dialects()


def test_a_stored_document_is_read_whole(dialects: Dialects) -> None:
    setup = dialects.read(DOCUMENT)
    ops, dev = setup.contact_points
    assert [each.type for each in ops.integrations] == ["slack", "LINE"]
    assert [each.send_resolved for each in ops.integrations] == [False, True]
    assert [each.uid for each in ops.integrations] == ["a", "b"]
    assert dev.integrations[0].values["max_alerts"] == 5
    assert setup.policy
    assert setup.policy.routes[0].continue_
    assert setup.mute_timings[0].time_intervals
    assert setup.templates[0].name == "t"
    assert setup.inhibitions[0].equal == ["e"]
    assert dialects.read({}).contact_points == []


def test_what_stayed_the_same_is_not_read_again_and_what_changed_is(dialects: Dialects) -> None:
    before = dialects.read(DOCUMENT)
    document = copy.deepcopy(DOCUMENT)
    document["contactPoints"][2]["settings"]["maxAlerts"] = 6
    moved = document["contactPoints"].pop(0)
    document["contactPoints"].append(moved)
    after = dialects.read(document)
    line, slack, webhook = (each for _, each in after.integrations())
    _, old_line, old_webhook = (each for _, each in before.integrations())
    assert line.values is old_line.values
    assert webhook.values["max_alerts"] == 6
    assert old_webhook.values["max_alerts"] == 5
    assert [each.path[1] for each in (line, slack, webhook)] == [0, 2, 1]
    assert [each.path[1] for _, each in before.integrations()] == [0, 1, 2]


def test_everything_that_is_wrong_is_told_with_its_place(dialects: Dialects) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["contactPoints"][0]["type"] = "slak"
    document["contactPoints"][2]["settings"] = {}
    document["policies"]["routes"][0]["object_matchers"] = [["a", "~", "b"]]
    for _ in range(2):  # what is wrong is never taken for known
        with pytest.raises(SetupError) as refused:
            dialects.read(document)
        assert {each.path[:2] for each in refused.value.problems} == {
            ("contactPoints", 0),
            ("contactPoints", 2),
            ("policies", "routes"),
        }


@pytest.mark.parametrize(
    ("kind", "settings", "path"),
    [
        ("telegram", {"bottoken": 5, "chatid": 7}, "settings.bottoken"),
        ("telegram", {"bottoken": "t", "chatid": "7", "protect_content": "yes"}, "protect_content"),
        ("webhook", {"url": True}, "settings.url"),
        ("webhook", {"url": "http://a.example", "maxAlerts": True}, "settings.maxAlerts"),
        ("webhook", {"url": "http://a.example", "maxAlerts": 1.5}, "settings.maxAlerts"),
        ("webhook", {"url": "http://a.example", "headers": {"X": 1}}, "settings.headers.X"),
        ("webhook", {"url": "http://a.example", "message": "{{ if }}"}, "settings.message"),
        ("webhook", {"url": "http://a.example", "message": "{{ nosuch }}"}, "settings.message"),
        ("mqtt", {"brokerUrl": "x", "topic": "y", "tlsConfig": {"clientKey": 5}}, "clientKey"),
        ("email", {"addresses": "a@b.example", "singleEmail": "true"}, "settings.singleEmail"),
        ("nosuch", {}, "type"),
    ],
)
def test_a_row_is_checked_as_strictly_as_grafana_does(
    dialects: Dialects, kind: str, settings: dict[str, Any], path: str
) -> None:
    wrong = dialects.check_row({"uid": "x", "name": "n", "type": kind, "settings": settings})
    assert any(each["path"].endswith(path) for each in wrong), wrong


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("telegram", {"bottoken": "t", "chatid": 7}),
        ("telegram", {"BotToken": "t", "CHATID": "7"}),
        ("webhook", {"url": "http://a.example", "maxAlerts": "5"}),
        ("webhook", {"url": "http://a.example", "maxAlerts": 5, "message": None}),
        ("pushover", {"userKey": "u", "apiToken": "a", "priority": "1", "okPriority": 0}),
        ("pushover", {"userKey": "u", "apiToken": "a", "retry": 30, "expire": 80000}),
        ("line", {"token": "t", "unknown": 5}),
    ],
)
def test_what_grafana_takes_is_taken(
    dialects: Dialects, kind: str, settings: dict[str, Any]
) -> None:
    assert dialects.check_row({"uid": "x", "name": "n", "type": kind, "settings": settings}) == []


def test_nothing_secret_is_in_what_is_said_of_a_row(dialects: Dialects) -> None:
    for kind, declared in by_lower_type().items():
        settings: dict[str, Any] = {
            field.spelling("grafana").name: "hidden\x00 {{"
            for field in declared.fields.values()
            if field.is_secret and field.spelling("grafana").exists
        }
        said = dialects.check_row({"uid": "x", "name": "n", "type": kind, "settings": settings})
        assert "hidden" not in json.dumps(said), kind


def test_parts_are_checked_alone(dialects: Dialects) -> None:
    assert dialects.check_policies(DOCUMENT["policies"]) == []
    assert dialects.check_policies({"routes": [{"group_wait": "x"}]})[0]["path"].startswith("")
    assert dialects.check_mute_timing(DOCUMENT["muteTimings"][0]) == []
    wrong = {"name": "x", "time_intervals": [{"months": ["never"]}]}
    assert dialects.check_mute_timing(wrong)[0]["path"].startswith("time_intervals.0.months")
    assert dialects.check_template("t", "{{ end }}")[0]["path"] == "template"
    assert dialects.check_template("t", '{{ define "x" }}{{ end }}') == []


@pytest.mark.parametrize("to", ["alertmanager", "grafana-file", "terraform", "kubernetes", "mimir"])
@pytest.mark.parametrize("mode", [None, "env", "file", "inline"])
def test_without_leave_no_export_shows_a_secret(
    dialects: Dialects, to: str, mode: str | None
) -> None:
    options = {"secrets": mode} if mode else {}
    done = dialects.write(DOCUMENT, to, **options)
    assert "hidden" not in done.text + json.dumps(done.files)
    told = dialects.write(DOCUMENT, to, decrypt=True, **options)
    if (to, mode) not in (("mimir", "env"), ("mimir", "file")):  # it can name neither
        assert "hidden" in told.text + json.dumps(told.files)


def test_inhibition_rules_and_templates_reach_alertmanager(dialects: Dialects) -> None:
    done = dialects.write(DOCUMENT, "alertmanager", decrypt=True)
    assert "inhibit_rules:" in done.text
    assert "t.tmpl" in done.files
    assert "nights" in done.text
    assert any(each["contact_point"] == "ops" for each in done.report)


def test_one_contact_point_is_written_alone(dialects: Dialects) -> None:
    done = dialects.write(DOCUMENT, "grafana-file", names=["dev"])
    assert "dev" in done.text
    assert "ops" not in done.text
    assert "policies" not in done.text


def test_writing_leaves_what_runs_alone(dialects: Dialects) -> None:
    setup = dialects.read(DOCUMENT)
    before = [dict(each.values) for _, each in setup.integrations()]
    document = copy.deepcopy(DOCUMENT)
    dialects.write(DOCUMENT, "alertmanager")
    dialects.diff(DOCUMENT, {})
    dialects.rows(setup)
    assert [each.values for _, each in setup.integrations()] == before
    assert document == DOCUMENT


def test_differences_are_told_by_what_changed_and_by_what_it_calls(dialects: Dialects) -> None:
    assert dialects.diff(DOCUMENT, DOCUMENT) == []
    other = copy.deepcopy(DOCUMENT)
    other["contactPoints"][1]["settings"]["token"] = "hidden too"
    assert dialects.diff(DOCUMENT, other) == ["ops › LINE › token: differs"]
    text = '{{ template "mine" . }}'
    for each in (one := copy.deepcopy(DOCUMENT)), (two := copy.deepcopy(DOCUMENT)):
        each["contactPoints"][2]["settings"]["message"] = text
        each["templates"] = [{"name": "t", "template": '{{ define "mine" }}x{{ end }}'}]
    assert dialects.diff(one, two) == []
    two["templates"][0]["template"] = '{{ define "mine" }}y{{ end }}'
    assert any("dev › webhook › message" in line for line in dialects.diff(one, two))


def test_routes_name_the_contact_points_of_an_alert(dialects: Dialects) -> None:
    assert dialects.routes(DOCUMENT["policies"], {"team": "a"}) == ["dev"]
    assert dialects.routes(DOCUMENT["policies"], {"team": "z"}) == ["ops"]


def test_every_template_of_a_group_is_drawn(dialects: Dialects) -> None:
    text = '{{ define "a" }}{{ template "other" . }} {{ .Status }}{{ end }}'
    text += '{{ define "b" }}{{ .No }}{{ end }}'
    others = {"o": '{{ define "other" }}hi{{ end }}'}
    a, b = dialects.render(text, "group", others, {"status": "firing", "alerts": []})
    assert (a.name, a.text, a.error) == ("a", "hi firing", "")
    assert (b.name, b.text) == ("b", "")
    assert "can't evaluate field No" in b.error
    (plain,) = dialects.render("{{ .Status }}", "group", {}, {"status": "firing", "alerts": []})
    assert (plain.name, plain.text) == ("group", "firing")
    (bad,) = dialects.render("{{ if", "group", {}, {"alerts": []})
    assert bad.is_invalid


def test_mimirs_form_of_a_configuration_is_shown_as_well(dialects: Dialects) -> None:
    discord = "discord_configs: [{webhook_url: 'https://hidden.example'}]"
    config = f"route: {{receiver: ops}}\nreceivers: [{{name: ops, {discord}}}]\n"
    text = json.dumps({"template_files": {}, "alertmanager_config": config})
    (receiver,) = dialects.foreign(text).receivers
    assert receiver["integrations"][0]["type"] == "discord"
    assert "hidden" not in json.dumps(receiver)
