"""route tells what amtool tells, before a translation and after it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alertmanager_configs.routes import Route, write_route
from alertmanager_configs.routing import find_routes
from alertmanager_configs.writing import dump
from tests.alertmanager_configs.random_setups import as_root, label_sets, routes
from translators import read_text, translate
from translators.comparing_commands import route
from translators.dialect import modules

RECEIVERS = [
    {"name": f"r{number}", "webhook_configs": [{"url": "http://127.0.0.1:9/"}]}
    for number in range(5)
]
DIALECTS = {name: name for name in modules()} | {"victoriametrics": "kubernetes"}
"""What is written, and what reads it."""
PLAIN_SETS = label_sets.map(
    lambda labels: {name: value for name, value in labels.items() if value.isalnum()}
)


def ask_amtool(amtool: str, file: Path, labels: dict[str, str]) -> list[str]:
    words = [f"{name}={value}" for name, value in labels.items()]
    command = [amtool, "config", "routes", "test", f"--config.file={file}", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout.strip().split(",")


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tree=routes, labels=st.lists(PLAIN_SETS, min_size=3, max_size=3))
def test_every_dialect_keeps_who_gets_what(
    amtool: str, tmp_path_factory: pytest.TempPathFactory, tree: Route, labels: list[dict[str, str]]
) -> None:
    root = as_root(tree, routes_only=True)
    text = dump({"route": write_route(root), "receivers": RECEIVERS})
    folder = tmp_path_factory.mktemp("routes")
    texts = {name: translate(text, read="alertmanager", write=name).text for name in DIALECTS}
    back = translate(texts["grafana-file"], read="grafana-file", write="alertmanager").text
    (folder / "before.yml").write_text(text)
    (folder / "after.yml").write_text(back)
    for each in labels:
        wanted = ask_amtool(amtool, folder / "before.yml", each)
        assert ask_amtool(amtool, folder / "after.yml", each) == wanted, (text, back)
        for name, said in texts.items():
            policy = read_text(said, read=DIALECTS[name]).setup.policy
            assert policy is not None
            assert [match.receiver for match in find_routes(policy, each)] == wanted, (name, said)


TREE = """\
route:
  receiver: ops
  routes:
  - matchers: [team="a b"]
    receiver: team
    continue: true
    routes:
    - matchers: [severity=~"critical|page"]
      receiver: pager
  - matchers: [severity="critical"]
    receiver: critical
  - receiver: rest
receivers: [{name: ops}, {name: team}, {name: pager}, {name: critical}, {name: rest}]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "tree.yml").write_text(TREE)
    return str(tmp_path / "tree.yml")


def test_contact_points_come_in_order_with_the_way_to_each(file: str) -> None:
    done = CliRunner().invoke(route, [file, 'team="a b"', "severity=critical", "--format", "json"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "contact_points": ["pager", "critical"],
        "path": [
            ["{}", '{team="a b"}', '{severity=~"critical|page"}'],
            ["{}", '{severity="critical"}'],
        ],
    }


def test_the_tree_shows_what_is_taken(file: str) -> None:
    done = CliRunner().invoke(route, [file, "team=a b"])
    assert done.stdout == (
        "team\n"
        "rest\n"
        "\n"
        "> {} ops\n"
        '*   {team="a b"} team (continue)  <- 1\n'
        '      {severity=~"critical|page"} pager\n'
        '    {severity="critical"} critical\n'
        "*   {} rest  <- 2\n"
    )


def test_labels_that_are_none_and_files_without_policies_are_refused(
    file: str, tmp_path: Path
) -> None:
    for labels in (["team"], ["=a"], ["team=~a"], ["team!=a"]):
        done = CliRunner().invoke(route, [file, *labels])
        assert (done.exit_code, done.stdout) == (2, ""), labels
    (tmp_path / "points.yaml").write_text("apiVersion: 1\ncontactPoints: []\n")
    done = CliRunner().invoke(route, [str(tmp_path / "points.yaml"), "a=b"])
    assert (done.exit_code, done.stdout) == (1, "")


@pytest.mark.parametrize("text", ["instance=db1:9100/metrics?x", 'a="', "a={b}", "a=b=c", "a="])
def test_any_value_can_be_said(file: str, text: str) -> None:
    done = CliRunner().invoke(route, [file, text, "--format", "json"])
    assert json.loads(done.stdout)["contact_points"] == ["rest"]
