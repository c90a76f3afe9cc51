"""Every organisation in Grafana's files is a setup of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from alertmanager_configs.problems import SetupError
from app import main
from translators import read_setup, translate
from translators.checks import check

FILE = """\
apiVersion: 1
contactPoints:
- orgId: 1
  name: ops
  receivers: [{uid: a, type: webhook, settings: {url: "http://localhost/one"}}]
- orgId: 2
  name: ops
  receivers: [{uid: b, type: webhook, settings: {url: "http://localhost/two"}}]
policies:
- {orgId: 2, receiver: ops, group_by: [alertname]}
- {orgId: 1, receiver: ops, group_by: [job]}
muteTimes:
- {orgId: 2, name: nights, time_intervals: [{weekdays: [sunday]}]}
templates:
- {orgId: 2, name: words, template: '{{ define "words" }}two{{ end }}'}
deleteContactPoints:
- {orgId: 2, uid: gone}
"""
NAMED = r"the organisations \(orgId\) 1, 2 are in it"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contactpoints.yaml"
    path.write_text(FILE)
    return path


def test_one_of_several_must_be_chosen() -> None:
    with pytest.raises(SetupError, match=NAMED):
        translate(FILE, write="alertmanager")


@pytest.mark.parametrize(("org", "word", "group"), [("1", "one", "job"), ("2", "two", "alertname")])
def test_what_is_chosen_is_translated_alone(org: str, word: str, group: str) -> None:
    said = yaml.safe_load(translate(FILE, write="alertmanager", org=org).text)
    (receiver,) = said["receivers"]
    assert receiver["webhook_configs"] == [{"url": f"http://localhost/{word}"}]
    assert said["route"]["group_by"] == [group]
    assert ("time_intervals" in said) == (org == "2")


def test_one_that_is_not_there_is_told() -> None:
    with pytest.raises(SetupError, match=r"\(orgId\) 3 is not in it; it has 1, 2"):
        translate(FILE, write="alertmanager", org="3")
    with pytest.raises(SetupError, match="says nothing of organisations"):
        translate("route: {receiver: a}\nreceivers: [{name: a}]", write="mimir", org="3")


def test_all_stay_in_grafanas_own_file() -> None:
    again = yaml.safe_load(translate(FILE, write="grafana-file").text)
    points = {each["orgId"]: each["receivers"][0]["uid"] for each in again["contactPoints"]}
    assert points == {1: "a", 2: "b"}
    assert {each["orgId"]: each["group_by"] for each in again["policies"]} == {
        1: ["job"],
        2: ["alertname"],
    }
    assert [each["orgId"] for each in (*again["muteTimes"], *again["templates"])] == [2, 2]
    assert again["deleteContactPoints"] == [{"orgId": 2, "uid": "gone"}]


def test_secrets_of_several_are_not_mixed_up() -> None:
    """Two may have the same names, so variables of the same names would be one."""
    with pytest.raises(SetupError, match=NAMED):
        translate(FILE, write="grafana-file", secrets="env")


def test_the_only_one_needs_no_choice_and_keeps_its_number() -> None:
    alone = translate(FILE, write="grafana-file", org="2").text
    said = yaml.safe_load(alone)
    entries = [each for key in ("contactPoints", "policies", "muteTimes") for each in said[key]]
    assert {each["orgId"] for each in entries} == {2}
    assert yaml.safe_load(translate(alone, write="grafana-file").text) == said
    report = str(translate(alone, write="alertmanager").report)
    assert "it is of the organisation 2, which is not said" in report


@pytest.mark.parametrize("said", ["", "orgId: 0, ", "orgId: -3, ", 'orgId: "1", '])
def test_what_says_no_organisation_is_of_the_first(said: str) -> None:
    text = FILE.replace("orgId: 1, ", said).replace("- orgId: 1\n  name", "- name")
    assert "http://localhost/one" in translate(text, write="alertmanager", org="1").text


def test_check_takes_every_one_by_itself() -> None:
    verdict = check(FILE, name="f")
    assert verdict.valid
    assert verdict.warnings == []
    wrong = check(FILE.replace("orgId: 2, receiver: ops", "orgId: 2, receiver: gone"), name="f")
    assert [each.message for each in wrong.warnings if "gone" in each.message] == [
        "contact point 'gone' is not in this file"
    ]


def test_the_commands_take_the_choice(file: Path) -> None:
    status, said = run("route", str(file), "a=b")
    assert status == 2
    assert "choose one with --org" in said
    assert run("route", str(file), "a=b", "--org", "2")[0] == 0
    assert run("diff", str(file), str(file), "--org", "1") == (0, "")
    status, said = run("translate", str(file), "--to", "mimir", "--org", "2")
    assert (status, "http://localhost/two" in said) == (0, True)


def test_a_folder_of_several_is_chosen_from(tmp_path: Path, file: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        FILE[: FILE.index("policies:")].replace("ops", "more").replace("uid: ", "uid: x")
    )
    status, said = run("translate", str(tmp_path), "--to", "alertmanager")
    assert (status, "the organisations (orgId) 1, 2 are in it" in said) == (1, True)
    status, said = run("translate", str(tmp_path), "--to", "alertmanager", "--org", "2")
    assert status == 0
    assert said.count("http://localhost/two") == 2
    assert "http://localhost/one" not in said
    status, said = run("translate", str(tmp_path), "--to", "grafana-file")
    assert (status, said.count("orgId: 2")) == (0, 6)


def test_the_service_runs_on_one(file: Path) -> None:
    with pytest.raises(SetupError, match=NAMED):
        read_setup([file])


FOLDER = {
    "1points.json": '{"apiVersion": 1, "contactPoints": [{"orgId": 1, "name": "ops", "receivers": '
    '[{"uid": "a", "type": "email", "settings": {"addresses": "a@b.c"}}]}, {"orgId": 2, "name": '
    '"two", "receivers": [{"uid": "b", "type": "email", "settings": {"addresses": "x@b.c"}}]}]}',
    "2policies.yaml": "apiVersion: 1\npolicies:\n"
    "- {orgId: 1, receiver: ops}\n- {orgId: 2, receiver: two}\n",
    "3more.yml": "apiVersion: 1\ndeleteContactPoints: [{orgId: 1, uid: x}]\n"
    "deleteMuteTimes: [{orgId: 2, name: y}, {orgId: 7, name: z}]\nresetPolicies: [3]\n",
}


def test_a_folder_for_several_organisations_comes_back_whole(tmp_path: Path) -> None:
    """What is to be deleted stays too, also for organisations that nothing else is said of."""
    folder = tmp_path / "alerting"
    folder.mkdir()
    for name, text in FOLDER.items():
        (folder / name).write_text(text)
    code, output = run("translate", str(folder), "--to", "grafana-file")
    assert code == 0
    said = yaml.safe_load(output)
    assert [point["name"] for point in said["contactPoints"]] == ["ops", "two"]
    assert said["deleteContactPoints"] == [{"orgId": 1, "uid": "x"}]
    assert sorted(each["orgId"] for each in said["deleteMuteTimes"]) == [2, 7]
    assert said["resetPolicies"] == [3]
    again = tmp_path / "one.yaml"
    again.write_text(output)
    for org in ("1", "2"):
        assert run("diff", str(folder), str(again), "--org", org) == (0, "")
