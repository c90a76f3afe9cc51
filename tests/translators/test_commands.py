"""The commands translate, check and support, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contactpoints.integrations import integrations
from translators.checking_commands import check, support_table
from translators.commands import translate

SLACK = """\
route:
  receiver: ops
receivers:
  - name: ops
    slack_configs:
      - api_url: https://hooks.slack.com/services/T/B/very-secret
        title: "{{ .Status }}"
        thumb_url: https://example.com/a.png
"""
WEBHOOK = """\
route: {receiver: ops}
receivers:
  - name: ops
    webhook_configs: [{url: "https://example.com/"}]
"""
BROKEN = "route: {receiver: nobody}\nreceivers: []\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("slack.yml", SLACK), ("webhook.yml", WEBHOOK), ("broken.yml", BROKEN)):
        (tmp_path / name).write_text(text)
    return tmp_path


def run_translate(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(translate, list(arguments), input=stdin)


def test_the_translation_is_on_stdout_and_the_report_on_stderr(here: Path) -> None:
    done = run_translate("slack.yml", "--to", "grafana-file")
    assert done.exit_code == 0
    assert done.stdout.startswith("apiVersion: 1\n")
    assert "ops › slack › thumb_url: dropped: " in done.stderr
    assert "(line 8)" in done.stderr


def test_standard_input_is_read_for_a_dash(here: Path) -> None:
    done = run_translate("-", "--to", "grafana-file", stdin=WEBHOOK)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "url: https://example.com/" in done.stdout


def test_an_input_that_is_not_valid_exits_with_1_and_nothing_on_stdout(here: Path) -> None:
    done = run_translate("broken.yml", "--to", "grafana-file")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("broken.yml:1:")
    assert 'undefined receiver "nobody" used in route' in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["slack.yml", "--to", "grafana-fil"],
        ["slack.yml", "--to", "grafana-file", "--from", "alertmanagr"],
        ["slack.yml"],
        ["missing.yml", "--to", "grafana-file"],
    ],
)
def test_a_wrong_use_exits_with_2(here: Path, arguments: list[str]) -> None:
    done = run_translate(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


def test_a_wrong_dialect_is_answered_with_did_you_mean(here: Path) -> None:
    assert "did you mean 'terraform'?" in run_translate("slack.yml", "--to", "teraform").stderr


def test_strict_exits_with_3_only_when_something_was_lost(here: Path) -> None:
    assert run_translate("slack.yml", "--to", "grafana-file", "--strict").exit_code == 3
    assert run_translate("webhook.yml", "--to", "grafana-file", "--strict").exit_code == 0


def test_files_are_written_where_they_are_asked_for(here: Path) -> None:
    done = run_translate(
        *("slack.yml", "--to", "grafana-file", "-o", "out/points.yaml"),
        *("--report", "json", "--report-file", "losses.json"),
    )
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert (here / "out/points.yaml").read_text().startswith("apiVersion: 1\n")
    losses = json.loads((here / "losses.json").read_text())
    assert {"contact_point", "integration", "setting", "where", "what", "why", "line"} <= set(
        losses[0]
    )
    assert ("ops", "slack", "thumb_url", 8) in {
        (loss["contact_point"], loss["integration"], loss["setting"], loss["line"])
        for loss in losses
    }


GRAFANA = """\
apiVersion: 1
templates:
- {orgId: 1, name: ../../stolen, template: one}
- {orgId: 1, name: a/stolen, template: two}
"""


def test_files_of_templates_stay_beside_the_output_whatever_they_are_called(here: Path) -> None:
    (here / "grafana.yml").write_text(GRAFANA)
    done = run_translate("grafana.yml", "--to", "alertmanager", "-o", "out/in/alertmanager.yml")
    assert done.exit_code == 0, done.output
    files = {path.relative_to(here / "out/in").name: path for path in here.rglob("*stolen*")}
    assert {name: path.read_text() for name, path in files.items()} == {
        "__.._stolen.tmpl": "one",
        "a_stolen.tmpl": "two",
    }


def test_the_output_is_not_overwritten_by_a_file_that_belongs_beside_it(here: Path) -> None:
    done = run_translate(
        *("slack.yml", "--to", "kubernetes", "--secrets", "env", "-o", "secret.yaml")
    )
    assert done.exit_code == 2
    assert "give the output another name" in done.stderr
    assert not (here / "secret.yaml").exists()


def test_no_secret_is_in_a_report_or_an_error(here: Path) -> None:
    (here / "wrong.yml").write_text(SLACK.replace("https://hooks", "gopher://hooks"))
    for name in ("slack.yml", "wrong.yml"):
        assert "very-secret" not in run_translate(name, "--to", "grafana-file").stderr
    assert "very-secret" not in CliRunner().invoke(check, ["wrong.yml"]).output


def test_check_gives_one_verdict_a_file_and_exits_with_1_when_one_is_invalid(here: Path) -> None:
    done = CliRunner().invoke(check, ["slack.yml", "broken.yml"])
    assert done.exit_code == 1
    assert "slack.yml: valid (alertmanager)\n" in done.stdout
    assert "broken.yml: INVALID (alertmanager)\n" in done.stdout
    assert CliRunner().invoke(check, ["slack.yml", "webhook.yml"]).exit_code == 0


def test_check_says_it_as_json(here: Path) -> None:
    done = CliRunner().invoke(check, ["broken.yml", "webhook.yml", "--format", "json"])
    broken, webhook = json.loads(done.stdout)
    assert broken["file"] == "broken.yml"
    assert broken["dialect"] == "alertmanager"
    assert broken["valid"] is False
    assert broken["errors"] == [
        {
            "line": 1,
            "column": 19,
            "path": "route.receiver",
            "message": 'undefined receiver "nobody" used in route',
        }
    ]
    assert webhook == {
        "file": "webhook.yml",
        "dialect": "alertmanager",
        "valid": True,
        "errors": [],
        "warnings": [],
    }


def test_a_template_that_does_not_parse_is_shown_with_its_place(here: Path) -> None:
    """Alertmanager takes such a file, and fails when it sends: so does the verdict."""
    (here / "template.yml").write_text(SLACK.replace("{{ .Status }}", "{{ .Status }"))
    (verdict,) = json.loads(CliRunner().invoke(check, ["template.yml", "--format", "json"]).stdout)
    assert verdict["valid"]
    assert verdict["warnings"][0]["line"] == 7
    assert verdict["warnings"][0]["path"] == "receivers.0.slack_configs.0.title"


def test_support_has_a_row_for_every_integration() -> None:
    rows = json.loads(CliRunner().invoke(support_table, ["--format", "json"]).stdout)
    assert [row["label"] for row in rows] == [each.label for each in integrations().values()]
    assert {tuple(row) for row in rows} == {
        ("type", "label", "grafana", "alertmanager", "since", "note")
    }
    slack = next(row for row in rows if row["type"] == "slack")
    assert slack == {
        "type": "slack",
        "label": "Slack",
        "grafana": "supported",
        "alertmanager": "slack_configs",
        "since": "0.1.0",
        "note": "",
    }


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_support_can_be_read_by_people(form: str) -> None:
    said = CliRunner().invoke(support_table, ["--format", form]).stdout
    assert all(declared.label in said for declared in integrations().values())
