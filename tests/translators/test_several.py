"""Folders, globs and several files are one setup, and a loss says which file it is in."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from translators.checking_commands import check
from translators.commands import translate
from translators.comparing_commands import diff

POINTS = """\
apiVersion: 1
contactPoints:
- orgId: 1
  name: ops
  receivers:
  - {uid: a, type: slack, settings: {url: "https://hooks.slack.com/services/a", text: x}}
  - {uid: l, type: LINE, settings: {token: t}}
"""
MORE = """\
# a comment
apiVersion: 1
contactPoints:
- name: ops
  receivers:
  - {uid: b, type: webhook, settings: {url: "https://example.com/", message: hello}}
- name: db
  receivers:
  - uid: c
    type: webhook
    settings:
      url: https://example.com/
      message: |
        {{ .Alerts.Len }}
        hello
"""
POLICIES = """\
apiVersion: 1
policies:
- receiver: ops
  routes:
  - receiver: db
    object_matchers: [[team, =, db]]
    mute_time_intervals: [nights]
muteTimes:
- name: nights
  time_intervals: [{weekdays: [monday]}]
"""
TERRAFORM = """\
resource "grafana_contact_point" "{name}" {{
  name = "{name}"
  webhook {{
    url   = local.url
    title = "lost"
  }}
}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("alerting/a/points.yaml", POINTS),
        ("alerting/b/more.yml", MORE),
        ("alerting/policies.json", POLICIES),
        ("alerting/dashboards.yaml", "providers: [{name: a}]\n"),
        ("alerting/.git/x.yaml", "not: [looked at"),
        ("alerting/readme.md", "# not this"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(translate, list(arguments))


def test_a_folder_of_grafanas_is_one_setup(folder: Path) -> None:
    done = run("alerting", "--to", "alertmanager", "-o", "out/am.yml")
    assert done.exit_code == 0, done.output
    assert "alerting/dashboards.yaml: skipped" in done.stderr
    assert (
        "ops › LINE: dropped: Alertmanager has no integration for LINE (alerting/a/points.yaml"
        ", line 7)" in done.stderr
    )
    assert "(alerting/b/more.yml, line 6)" in done.stderr
    text = (folder / "out/am.yml").read_text()
    assert text.count("- name: ops\n") == 1
    assert "slack_configs" in text
    assert "- name: nights\n" in text


def test_losses_of_several_files_say_theirs_in_json(folder: Path) -> None:
    done = run("alerting", "--to", "alertmanager", "--report", "json", "-o", "am.yml")
    losses = json.loads(done.stderr.partition("\n")[2])
    found = {(loss.get("file"), loss["line"]) for loss in losses}
    assert ("alerting/a/points.yaml", 7) in found
    assert ("alerting/b/more.yml", 13) in found


def test_a_folder_means_what_its_files_mean_together(folder: Path) -> None:
    assert run("alerting", "--to", "grafana-file", "-o", "one.yaml").exit_code == 0
    done = CliRunner().invoke(diff, ["alerting", "one.yaml"])
    assert (done.exit_code, done.stdout) == (0, "")


def test_files_and_globs_are_put_together_too(folder: Path) -> None:
    by_glob = run("alerting/**/*.y*ml", "alerting/policies.json", "--to", "alertmanager")
    assert by_glob.exit_code == 2  # dashboards.yaml was meant, and is of no dialect
    assert "dashboards.yaml: of no dialect that is known" in by_glob.stderr
    by_name = run("alerting/?/*.y*ml", "alerting/policies.json", "--to", "alertmanager")
    assert by_name.exit_code == 0
    assert 'team="db"' in by_name.stdout
    assert run("alerting/nothing*.yml", "--to", "alertmanager").exit_code == 2


def test_terraform_files_of_a_folder_see_each_others_values(folder: Path) -> None:
    (folder / "tf").mkdir()
    (folder / "tf/a.tf").write_text('locals {\n  url = "https://example.com/"\n}\n')
    for name in ("b", "c"):
        (folder / f"tf/{name}.tf").write_text(TERRAFORM.format(name=name))
    done = run("tf", "--to", "alertmanager")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("url: https://example.com/") == 2
    for name in ("b", "c"):
        assert f"(tf/{name}.tf, line 5)" in done.stderr


def test_what_is_wrong_is_told_with_the_file_it_is_in(folder: Path) -> None:
    (folder / "alerting/b/more.yml").write_text(MORE.replace("uid: c", "uid: ''"))
    (folder / "alerting/z.yaml").write_text(POLICIES)
    done = run("alerting", "--to", "alertmanager")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "alerting/b/more.yml:9:5: " in done.stderr
    assert "alerting/z.yaml: there is a policy tree in an earlier file already" in done.stderr


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("route: {receiver: a}\nreceivers: [{name: a}]\n", "one file is a whole setup"),
        (POINTS, "several files must be of one dialect"),
    ],
)
def test_what_cannot_be_one_setup_is_refused(folder: Path, other: str, said: str) -> None:
    (folder / "am.yml").write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    (folder / "other.yml").write_text(other)
    done = run("am.yml", "other.yml", "--to", "mimir")
    assert done.exit_code == 1
    assert said in done.stderr


def test_check_looks_at_every_file_of_a_folder(folder: Path) -> None:
    (folder / "alerting/broken.yaml").write_text("apiVersion: 1\ncontactPoints: [{name: ''}]\n")
    (folder / "alerting/no.yaml").write_text("a: [")
    done = CliRunner().invoke(check, ["alerting"])
    assert done.exit_code == 1
    files = [line.split(": ")[0] for line in done.stdout.splitlines() if line[0] != " "]
    assert files == [
        "alerting/a/points.yaml",
        "alerting/b/more.yml",
        "alerting/broken.yaml",
        "alerting/no.yaml",
        "alerting/policies.json",
    ]


def test_templates_are_looked_for_where_it_is_said(folder: Path) -> None:
    (folder / "am.yml").write_text(
        "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['*.tmpl']\n"
    )
    (folder / "tmpl").mkdir()
    (folder / "tmpl/x.tmpl").write_text('\n{{ define "x" }}\n{{ humanizeDuration 1 }}{{ end }}')
    assert "was not given" in run("am.yml", "--to", "grafana-file").stderr
    done = run("am.yml", "--to", "grafana-file", "--templates", "tmpl")
    assert 'define "x"' in done.stdout
    assert "templates › x.tmpl: dropped: Grafana has no humanizeDuration (line 3 of x.tmpl)" in (
        done.stderr
    )
    (folder / "tmpl/x.tmpl").write_text("{{ define")
    checked = CliRunner().invoke(check, ["am.yml", "--templates", "tmpl"])
    assert checked.exit_code == 1
    assert CliRunner().invoke(check, ["am.yml"]).exit_code == 0


def test_many_files_are_read_with_a_progress_bar_on_a_terminal(folder: Path) -> None:
    """On a terminal only: what goes to a file or a pipe stays as it is."""
    for number in range(25):
        text = POINTS.replace("name: ops", f"name: ops{number}")
        (folder / f"alerting/more{number}.yaml").write_text(text)
    program = "import sys; from app import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, "check", str(folder / "alerting")]
    ours, theirs = pty.openpty()
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, cwd=root) as process:
        os.close(theirs)
        assert process.stdout is not None
        said = process.stdout.read().decode()
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "Reading" in shown
    assert "100%" in shown
    assert said.count(": valid (grafana-file)\n") == 28
    quiet = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert (quiet.stdout, quiet.stderr) == (said, "")


def test_secrets_in_files_of_their_own_are_taken_where_objects_name_them(tmp_path: Path) -> None:
    config = (
        "apiVersion: monitoring.coreos.com/v1beta1\nkind: AlertmanagerConfig\n"
        "metadata: {name: team, namespace: shop}\nspec:\n  route: {receiver: ops}\n  receivers:\n"
        "  - name: ops\n    webhookConfigs: [{urlSecret: {name: hooks, key: url}}]\n"
    )
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: shop}\nstringData: %s\n"
    (tmp_path / "config.yaml").write_text(config)
    (tmp_path / "hooks.yaml").write_text(secret % ("hooks", "{url: http://localhost/hook}"))
    (tmp_path / "other.yaml").write_text(secret % ("other", "{url: http://localhost/other}"))
    (tmp_path / "nameless.yaml").write_text("apiVersion: v1\nkind: Secret\n")
    done = CliRunner().invoke(translate, [str(tmp_path), "--to", "alertmanager"])
    assert done.exit_code == 0
    assert "url: http://localhost/hook" in done.stdout
    assert "other" not in done.stdout
    for name in ("other", "nameless"):
        assert f"{name}.yaml: skipped" in done.stderr
