"""Jira: issues searched, created, updated, resolved and reopened."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contactpoints.delivery.http import DeliveryError
from contactpoints.integrations.jira import DESCRIPTION_LIMIT
from contactpoints.spelling import Family
from tests.contactpoints.integrations.sending import (
    HASH,
    RESOLVED,
    faults,
    made,
    notification,
    send,
)
from tests.contactpoints.sinks import Answer, Received, Sink

SETTINGS = {"project": "OPS", "issue_type": "Bug"}
FAMILIES: list[Family] = ["grafana", "alertmanager"]
LABEL = f"ALERT{{{HASH}}}"
ORDER = "order by status ASC,resolutiondate DESC"


class Tracker:
    """Jira with at most one issue, in a status of the category ``category``."""

    def __init__(self, sink: Sink, category: str = "") -> None:
        self.sink, self.category = sink, category
        sink.answer = self.answer

    def answer(self, got: Received) -> Answer:
        found: Any = {"key": "OPS-1"}
        if "/search" in got.path:
            status = {"name": "x", "statusCategory": {"key": self.category}}
            issue = {"key": "OPS-1", "fields": {"status": status}}
            found = {"issues": [issue] if self.category else []}
        elif got.method == "GET":
            found = {"transitions": [{"id": "11", "name": "Reopen"}, {"id": "21", "name": "Done"}]}
        elif got.method == "PUT":
            return Answer(204, b"")
        return Answer(200, json.dumps(found).encode())

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(got.method, got.path) for got in self.sink.received]


def jira(sink: Sink, family: Family, version: int = 2, **more: Any) -> Any:
    settings = SETTINGS | {"api_url": f"{sink.url}/rest/api/{version}"} | more
    if family == "grafana":
        settings = {"user": "me", "password": "secret"} | settings
        if "api_token" in more:
            del settings["user"], settings["password"]
    return made("jira", family, settings)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_issue_is_created_when_none_is_found(sink: Sink, family: Family) -> None:
    tracker = Tracker(sink)
    send(jira(sink, family))
    assert tracker.calls == [("POST", "/rest/api/2/search"), ("POST", "/rest/api/2/issue")]
    search, create = sink.received
    assert search.headers["Accept-Language"] == "en"
    jql = {
        "grafana": f'statusCategory != Done and labels = "{LABEL}" and project="OPS" {ORDER}',
        "alertmanager": f'statusCategory != Done and project="OPS" and labels="{LABEL}" {ORDER}',
    }
    assert search.json == {"jql": jql[family], "maxResults": 2, "fields": ["status"]}
    fields = create.json["fields"]
    assert "DiskFull" in fields.pop("summary")
    assert "db1" in fields.pop("description")
    fields.pop("priority", None)
    assert fields == {
        "project": {"key": "OPS"},
        "issuetype": {"name": "Bug"},
        "labels": [LABEL],
    }


def test_grafana_logs_in_with_a_password_or_a_token(sink: Sink) -> None:
    Tracker(sink)
    send(jira(sink, "grafana"))
    send(jira(sink, "grafana", api_token="pat"))
    said = [got.headers["Authorization"] for got in sink.received]
    assert said == ["Basic bWU6c2VjcmV0"] * 2 + ["Bearer pat"] * 2


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_created_for_what_is_resolved_already(sink: Sink, family: Family) -> None:
    tracker = Tracker(sink)
    send(jira(sink, family), notification(*RESOLVED))
    assert len(tracker.calls) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_an_issue_is_updated_and_resolved(sink: Sink, family: Family) -> None:
    tracker = Tracker(sink, "new")
    send(jira(sink, family, resolve_transition="Done"), notification(*RESOLVED))
    assert tracker.calls[1:] == [
        ("PUT", "/rest/api/2/issue/OPS-1"),
        ("GET", "/rest/api/2/issue/OPS-1/transitions"),
        ("POST", "/rest/api/2/issue/OPS-1/transitions"),
    ]
    assert sink.received[-1].json == {"transition": {"id": "21"}}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_closed_issue_is_reopened(sink: Sink, family: Family) -> None:
    tracker = Tracker(sink, "done")
    send(jira(sink, family, reopen_transition="Reopen", reopen_duration="1h"))
    assert len(tracker.calls) == 4
    assert sink.received[-1].json == {"transition": {"id": "11"}}
    recent = "(resolutiondate is EMPTY OR resolutiondate >= -60m)"
    assert (recent in sink.received[0].json["jql"]) is (family == "alertmanager")
    assert "statusCategory" not in sink.received[0].json["jql"]


@pytest.mark.parametrize(("category", "status"), [("new", "firing"), ("done", "resolved")])
def test_an_issue_in_the_right_status_is_not_moved(sink: Sink, category: str, status: str) -> None:
    tracker = Tracker(sink, category)
    said = notification(*RESOLVED) if status == "resolved" else notification()
    send(jira(sink, "grafana", resolve_transition="Done", reopen_transition="Reopen"), said)
    assert len(tracker.calls) == 2


def test_a_transition_that_is_not_there_is_said(sink: Sink) -> None:
    Tracker(sink, "new")
    with pytest.raises(DeliveryError, match="can't find transition Closed for issue OPS-1"):
        send(jira(sink, "alertmanager", resolve_transition="Closed"), notification(*RESOLVED))


def test_resolutions_that_mean_never_are_left_out_of_the_search(sink: Sink) -> None:
    Tracker(sink)
    for family in FAMILIES:
        send(jira(sink, family, wont_fix_resolution="Won't Do"))
    ours, theirs = sink.received[0].json["jql"], sink.received[2].json["jql"]
    assert ours.startswith('resolution != "Won\'t Do" and ')
    assert theirs.startswith('(resolution is EMPTY or resolution != "Won\'t Do") and ')


def test_a_field_can_hold_the_key_in_grafana(sink: Sink) -> None:
    Tracker(sink)
    send(jira(sink, "grafana", dedup_key_field="10000", labels=["b", " a ", "{{ .None }}"][:2]))
    search, create = sink.received
    assert f'(labels = "{LABEL}" or cf[10000] ~ "{HASH}") and' in search.json["jql"]
    assert create.json["fields"]["labels"] == ["a", "b"]
    assert create.json["fields"]["customfield_10000"] == HASH


def test_grafana_takes_fields_for_the_json_they_are(sink: Sink) -> None:
    Tracker(sink)
    fields = {
        "a": "5",
        "b": "{{ .Status }}",
        "c": {"value": "{{ .Status }}", "n": 1},
        "d": '{"x": ["{{ .Status }}"]}',
    }
    send(jira(sink, "grafana", fields=fields))
    said = sink.received[1].json["fields"]
    assert {name: said[name] for name in fields} == {
        "a": 5,
        "b": "firing",
        "c": {"value": "{{ .Status }}", "n": 1},
        "d": {"x": ["{{ .Status }}"]},
    }


def test_alertmanager_draws_fields_all_the_way_down(sink: Sink) -> None:
    Tracker(sink)
    send(jira(sink, "alertmanager", fields={"a": "5", "b": 5, "c": {"v": ["{{ .Status }}"]}}))
    said = sink.received[1].json["fields"]
    assert (said["a"], said["b"], said["c"]) == (5, 5, {"v": ["firing"]})


def test_version_3_gets_a_document(sink: Sink) -> None:
    tracker = Tracker(sink)
    own = '{"version":1,"type":"doc","content":[]}'
    send(jira(sink, "grafana", 3, description="plain"))
    send(jira(sink, "grafana", 3, description=own))
    assert tracker.calls[0] == ("POST", "/rest/api/3/search/jql")
    text = {"type": "paragraph", "content": [{"type": "text", "text": "plain"}]}
    wanted = {"version": 1, "type": "doc", "content": [text]}
    assert sink.received[1].json["fields"]["description"] == wanted
    assert sink.received[3].json["fields"]["description"] == json.loads(own)


@pytest.mark.parametrize(
    ("kind", "path"),
    [("auto", "/rest/api/2/search"), ("cloud", "/rest/api/3/search/jql")],
)
def test_alertmanager_searches_where_the_kind_of_jira_has_it(
    sink: Sink, kind: str, path: str
) -> None:
    tracker = Tracker(sink)
    send(jira(sink, "alertmanager", api_type=kind))
    assert tracker.calls == [("POST", path), ("POST", "/rest/api/2/issue")]


def test_texts_that_are_not_to_be_updated_stay(sink: Sink) -> None:
    Tracker(sink, "new")
    kept = {"template": "first", "enable_update": False}
    send(jira(sink, "alertmanager", summary=kept, description={"enable_update": False}))
    fields = sink.received[1].json["fields"]
    assert "summary" not in fields
    assert "description" not in fields


def test_long_texts_are_cut_in_whole_characters(sink: Sink) -> None:
    Tracker(sink)
    send(jira(sink, "grafana", summary="ö" * 300, description="€" * 40_000))
    fields = sink.received[1].json["fields"]
    assert fields["summary"] == "ö" * 254 + "…"
    assert fields["description"] == "€" * (DESCRIPTION_LIMIT - 1) + "…"


def test_a_busy_jira_is_tried_again_and_says_no_password(sink: Sink) -> None:
    sink.answer = Answer(503, b"password secret is fine, but later")
    with pytest.raises(DeliveryError) as caught:
        send(jira(sink, "grafana"))
    assert not caught.value.permanent
    assert "secret" not in str(caught.value).replace("<secret>", "")


@pytest.mark.parametrize(
    ("family", "settings", "sentence"),
    [
        ("grafana", {}, "could not find api_url property in settings"),
        ("grafana", {"project": "a"}, "missing issue_type in jira_config"),
        ("grafana", SETTINGS, "either token or both user and password must be set"),
        (
            "grafana",
            {"api_token": "a", "user": "b"},
            "provided both token and user/password, only one is allowed at a time",
        ),
        ("grafana", {"dedup_key_field": "x"}, "dedup_key_field must match the format [0-9]+"),
        ("alertmanager", {}, "missing project in jira_config"),
        ("alertmanager", SETTINGS, "no global Jira Cloud URL set"),
        (
            "alertmanager",
            {"api_type": "x"},
            "unknown api_type on jira_config, must be auto, cloud or datacenter",
        ),
    ],
)
def test_what_is_wrong_is_said(family: Family, settings: dict[str, Any], sentence: str) -> None:
    assert sentence in faults("jira", family, settings)
