"""Routes are read and written without a loss, and alerts take those that amtool says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from alertmanager_configs.routes import Route, read_route, write_route
from alertmanager_configs.routing import (
    effective,
    find_routes,
    group_key,
    group_labels,
    route_key,
)
from alertmanager_configs.writing import dump
from tests.alertmanager_configs.random_setups import as_root, label_sets, routes

RECEIVERS = [{"name": f"r{number}"} for number in range(5)]


def _read(text: str) -> Route:
    problems = Problems()
    route = read_route(load(text).data, (), problems)
    assert problems.errors == []
    return route


def _without_places(route: Route) -> Route:
    for each in route.walk():
        each.path = ()
    return route


@given(routes)
def test_what_is_written_is_read_back(route: Route) -> None:
    assert _without_places(_read(dump(write_route(route)))) == route


def test_unknown_keys_are_kept_as_they_stood_and_told() -> None:
    problems = Problems()
    text = "receiver: a\nobject: {x: 5, y: '5', z: [on, ~, text]}\n"
    route = read_route(load(text).data, (), problems)
    assert [problem.path for problem in problems.errors] == [("object",)]
    written = dump(write_route(route))
    assert load(written).data == load(text).data
    assert "x: 5\n" in written
    assert "'y': '5'\n" in written


def _ask_amtool(amtool: str, file: Path, labels: dict[str, str]) -> list[str]:
    words = [f"{name}={value}" for name, value in labels.items()]
    command = [amtool, "config", "routes", "test", f"--config.file={file}", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout.strip().split(",")


# amtool takes labels as matchers on its command line: these values stand for themselves there.
PLAIN_SETS = label_sets.map(
    lambda labels: {name: value for name, value in labels.items() if value.isalnum()}
)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tree=routes, labels=st.lists(PLAIN_SETS, min_size=4, max_size=4))
def test_alerts_take_the_routes_that_amtool_says(
    amtool: str, tmp_path_factory: pytest.TempPathFactory, tree: Route, labels: list[dict[str, str]]
) -> None:
    root = as_root(tree, routes_only=True)
    file = tmp_path_factory.mktemp("routes") / "alertmanager.yml"
    file.write_text(dump({"route": write_route(root), "receivers": RECEIVERS}))
    for each in labels:
        found = [match.receiver for match in find_routes(root, each)]
        assert found == _ask_amtool(amtool, file, each), (file.read_text(), each)


TREE = """
receiver: default
group_by: [alertname]
group_wait: 10s
labels: {a: root, b: root}
routes:
- matchers: [severity="critical"]
  receiver: pager
  continue: true
  group_by: [...]
  labels: {b: child}
  mute_time_intervals: [nights]
  routes:
  - match: {team: db}
    match_re: {zone: x|y}
    matchers: [a!="\\n"]
    group_by: []
    repeat_interval: 1d
- matchers: [team="db"]
  receiver: db
"""


def test_inheritance_and_the_key_of_a_route() -> None:
    root = _read(TREE)
    first, second = find_routes(root, {"severity": "critical", "team": "db", "zone": "y"})
    assert first.trail == (root, root.routes[0], root.routes[0].routes[0])
    assert first.receiver == "pager"
    assert first.group_by == ()
    assert (first.group_wait, first.group_interval, first.repeat_interval) == ("10s", "5m", "1d")
    assert first.labels == {"a": "root", "b": "child"}
    assert first.route.mute_time_intervals == []
    assert first.key == '{}/{severity="critical"}/{a!="\\n",team="db",zone=~"^(?:x|y)$"}'
    assert (second.receiver, second.group_by, second.key) == (
        "db",
        ("alertname",),
        '{}/{team="db"}',
    )
    (fallback,) = find_routes(root, {})
    assert fallback.trail == (root,)


def test_group_keys_are_those_of_the_webhook() -> None:
    root = _read(TREE)
    (match,) = find_routes(root, {"severity": "critical", "zone": "1"})
    assert match.group_by == ("...",)
    labels = group_labels(match, {"severity": "critical", "alertname": 'x"\n'})
    assert group_key(match.key, labels) == (
        '{}/{severity="critical"}:{alertname="x\\"\\n", severity="critical"}'
    )
    assert group_key(route_key([root]), {}) == "{}:{}"
    assert group_labels(effective([root]), {"alertname": "a", "b": "c"}) == {"alertname": "a"}
    assert group_labels(effective([root]), {"b": "c"}) == {}


def test_a_root_with_matchers_may_take_nothing() -> None:
    assert find_routes(_read("receiver: a\nmatchers: [a=b]\n"), {}) == []
