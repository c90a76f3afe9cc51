"""The policy tree in the stored document, checked as Grafana does."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.admin import policies
from contactpoints.admin.provenance import Files
from contactpoints.admin.references import use_of_contact_points
from contactpoints.admin.refusals import ForbiddenError, InvalidError


def document() -> dict[str, Any]:
    return {
        "contactPoints": [{"name": "ops", "uid": "1"}, {"name": "dev", "uid": "2"}],
        "muteTimings": [{"name": "night"}],
    }


def put(tree: Any, provenance: str = "api", stored: Any = None, **more: Any) -> dict[str, Any]:
    return policies.replace(stored or document(), tree, provenance, **more)


def test_a_tree_is_stored_in_one_form_whatever_way_matchers_are_said() -> None:
    stored = put(
        {
            "Receiver": "ops",
            "group_by": ["alertname"],
            "routes": [
                {
                    "receiver": "dev",
                    "matchers": ['b="x"', 'a=~"y|z"'],
                    "object_matchers": [["c", "!=", '"quoted"']],
                    "match": {"d": "e"},
                    "mute_time_intervals": ["night"],
                    "continue": True,
                    "group_wait": "0s",
                    "group_interval": None,
                    "custom": {"kept": 1},
                },
                {"continue": False, "object_matchers": [], "routes": None},
            ],
            "repeat_interval": "1h30m",
            "provenance": "file",
        }
    )
    assert stored == {
        "receiver": "ops",
        "group_by": ["alertname"],
        "repeat_interval": "1h30m",
        "routes": [
            {
                "receiver": "dev",
                "match": {"d": "e"},
                "object_matchers": [["a", "=~", "y|z"], ["b", "=", "x"], ["c", "!=", "quoted"]],
                "mute_time_intervals": ["night"],
                "continue": True,
                "group_wait": "0s",
                "custom": {"kept": 1},
            },
            {},
        ],
        "provenance": "api",
    }


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        ({}, "receiver", "must specify a default receiver"),
        ({"receiver": "nobody"}, "receiver", "receiver 'nobody' does not exist"),
        ({"receiver": "opz"}, "receiver", "did you mean 'ops'"),
        ({"receiver": "ops", "object_matchers": [["a", "=", "b"]]}, "object_matchers", "matchers"),
        ({"receiver": "ops", "match": {"a": "b"}}, "object_matchers", "matchers"),
        ({"receiver": "ops", "mute_time_intervals": ["night"]}, "mute_time_intervals", "mute time"),
        (
            {"receiver": "ops", "active_time_intervals": ["night"]},
            "active_time_intervals",
            "active",
        ),
        ({"receiver": "ops", "continue": True}, "continue", "continue"),
        ({"receiver": "ops", "group_by": ["...", "a"]}, "group_by", "wildcard"),
        ({"receiver": "ops", "group_by": ["a", "a"]}, "group_by", "duplicated label 'a'"),
        ({"receiver": "ops", "group_interval": "0s"}, "group_interval", "cannot be zero"),
        ({"receiver": "ops", "repeat_interval": "0"}, "repeat_interval", "cannot be zero"),
        ({"receiver": "ops", "group_wait": "soon"}, "group_wait", "soon"),
        ({"receiver": "ops", "group_wait": 5}, "group_wait", "must be text"),
        ({"receiver": "ops", "routes": {}}, "routes", "must be a list"),
        ({"receiver": "ops", "routes": [5]}, "routes[0]", "must be an object"),
        (
            {"receiver": "ops", "routes": [{"routes": [{"receiver": "x"}]}]},
            "routes[0].routes[0].receiver",
            "does not exist",
        ),
        (
            {"receiver": "ops", "routes": [{"mute_time_intervals": ["day"]}]},
            "routes[0].mute_time_intervals",
            "undefined time interval 'day'",
        ),
        (
            {"receiver": "ops", "routes": [{"object_matchers": [["a", "~", "b"]]}]},
            "routes[0].object_matchers[0]",
            "unknown operator",
        ),
        (
            {"receiver": "ops", "routes": [{"object_matchers": [["a", "=~", "("]]}]},
            "routes[0].object_matchers[0]",
            "",
        ),
        (
            {
                "receiver": "ops",
                "routes": [{"object_matchers": [{"name": "a", "type": 0, "value": "b"}]}],
            },
            "routes[0].object_matchers[0]",
            "list of three texts",
        ),
        (
            {"receiver": "ops", "routes": [{"matchers": ["a b"]}]},
            "routes[0].matchers[0]",
            "",
        ),
    ],
)
def test_a_tree_that_is_wrong_is_refused_with_the_place(tree: Any, path: str, message: str) -> None:
    stored = document()
    with pytest.raises(InvalidError) as refused:
        put(tree, stored=stored)
    assert [
        each for each in refused.value.errors if each["path"] == path and message in each["message"]
    ], refused.value.errors
    assert "policies" not in stored


def test_a_tree_nested_too_deep_is_refused() -> None:
    tree: dict[str, Any] = {}
    for _ in range(100):
        tree = {"routes": [tree]}
    with pytest.raises(InvalidError, match="nested deeper"):
        put({"receiver": "ops", **tree})


def test_what_files_hold_may_be_named() -> None:
    files = Files(contact_points=frozenset({"f"}), mute_timings=frozenset({"weekend"}))
    tree = {"receiver": "f", "routes": [{"active_time_intervals": ["weekend"]}]}
    assert put(tree, files=files)["receiver"] == "f"


@pytest.mark.parametrize(
    ("stored", "wanted", "allowed"),
    [
        ("", "api", True),
        ("api", "api", True),
        ("converted_prometheus", "api", True),
        ("api", "", False),
        ("", "", True),
    ],
)
def test_provenance_of_the_tree_is_relaxed(stored: str, wanted: str, allowed: bool) -> None:
    held = document()
    put({"receiver": "ops"}, stored, held)
    for change in (
        lambda: put({"receiver": "dev"}, wanted, held),
        lambda: policies.reset(held, wanted),
    ):
        if allowed:
            change()
        else:
            with pytest.raises(ForbiddenError, match="Resource with provenance status 'api'"):
                change()
            assert held["policies"]["receiver"] == "ops"


def test_a_tree_in_a_file_is_read_only() -> None:
    files = Files(policies={"receiver": "f"})
    with pytest.raises(ForbiddenError, match="configuration file"):
        put({"receiver": "ops"}, files=files)
    with pytest.raises(ForbiddenError, match="configuration file"):
        policies.reset(document(), "api", files)


def test_the_default_tree_can_be_read_and_written_back() -> None:
    held: dict[str, Any] = {}
    default = policies.reset(held, "api")
    assert default == {
        "receiver": "grafana-default-email",
        "group_by": ["grafana_folder", "alertname"],
    }
    policies.replace(held, default, "api")
    assert [row["name"] for row in held["contactPoints"]] == ["grafana-default-email"]
    policies.replace(held, default, "api")
    assert len(held["contactPoints"]) == 1


def test_who_uses_a_contact_point_is_said_in_words() -> None:
    tree = {
        "receiver": "ops",
        "routes": [
            {"receiver": "dev", "object_matchers": [["a", "=", "b"], ["c", "=~", "d"]]},
            {"routes": [{"receiver": "dev", "match": {"x": "y"}}]},
        ],
    }
    assert use_of_contact_points(tree) == {
        "ops": ["the default policy"],
        "dev": ["routes[0] (a=b, c=~d)", "routes[1].routes[0] (x=y)"],
    }
