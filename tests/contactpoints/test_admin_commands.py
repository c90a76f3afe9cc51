"""The commands that manage a running service, as somebody types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contactpoints.posts import numbered
from tests.contactpoints.process import ROOT, Make, Process
from tests.contactpoints.sinks import Answer, Sink

SETUP = """\
apiVersion: 1
contactPoints:
- orgId: 1
  name: chat
  receivers:
  - uid: chat-1
    type: webhook
    settings: {url: '%s', title: hello, password: hush-hush, username: ada}
policies:
- orgId: 1
  receiver: chat
"""


@pytest.fixture
def service(make: Make) -> Process:
    return make("", CONFIG="").start().ready()


def run(service: Process, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    start = "import sys; from app import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=ROOT,
        env={**os.environ, "CONTACTPOINTS_URL": service.url, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_setup_is_applied_listed_tested_exported_and_deleted(
    service: Process, sink: Sink, tmp_path: Path
) -> None:
    file = tmp_path / "setup.yml"
    file.write_text(SETUP % sink.url)
    tried = run(service, "apply", "-f", str(file), "--dry-run")
    assert (tried.returncode, tried.stderr.splitlines()[-1]) == (
        0,
        f"{file}: 2 differences, nothing was changed",
    )
    assert "+ chat" in tried.stdout
    assert run(service, "list").stdout.splitlines() == [
        "NAME\tINTEGRATIONS\tPOLICIES\tLAST ATTEMPT\tFROM"
    ]

    done = run(service, "apply", "-f", str(file))
    assert done.stderr.splitlines()[-1] == f"{file}: applied as version 1"
    assert "chat\tWebhook\t1\tnever" in run(service, "list", "web").stdout
    assert run(service, "apply", "-f", str(file)).stderr.endswith("nothing to change\n")

    assert run(service, "test", "chat", "--label", "severity=page").returncode == 0
    sent = json.loads(sink.wait(1)[0].body)
    assert sent["alerts"][0]["labels"]["severity"] == "page"
    sink.answer = lambda got: Answer(400, b"no")
    failed = run(service, "test", "chat")
    assert failed.returncode == 1
    assert "failed: unexpected status code 400" in failed.stdout

    assert "hush-hush" not in run(service, "get", "chat").stdout
    assert "hush-hush" in run(service, "get", "chat", "--decrypt").stdout
    out = tmp_path / "out" / "alertmanager.yml"
    out.parent.mkdir()
    exported = run(service, "export", "--format", "alertmanager", "-o", str(out), "--decrypt")
    assert exported.returncode == 0, exported.stderr
    assert sink.url in out.read_text()

    refused = run(service, "delete", "chat")
    assert refused.returncode == 1
    assert "used by notification policies: the default policy" in refused.stderr


def test_what_is_wrong_with_a_file_is_said_with_its_line(service: Process, tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text("route: {receiver: nobody}\nreceivers: [{name: x}]\n")
    done = run(service, "apply", "-f", str(file))
    assert done.returncode == 1
    assert 'line 1: route.receiver: undefined receiver "nobody"' in done.stderr


def test_a_token_is_taken_from_a_file_or_the_environment(make: Make, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a long enough passphrase")
    service = make("", CONFIG="", ADMIN_PASSWORD_FILE=tmp_path / "password").start().ready()
    nobody = run(service, "list")
    assert nobody.returncode == 1
    assert "CONTACTPOINTS_TOKEN" in nobody.stderr
    database = {"CONTACTPOINTS_DATABASE_URL": str(service.variables["DATABASE_URL"])}
    made = run(service, "token", "create", "me", "--role", "viewer", **database)
    token = made.stdout.strip()
    assert run(service, "list", CONTACTPOINTS_TOKEN=token).returncode == 0
    (tmp_path / "token").write_text(token + "\n")
    assert run(service, "list", "--token-file", str(tmp_path / "token")).returncode == 0
    refused = run(service, "delete", "x", CONTACTPOINTS_TOKEN=token)
    assert "needs the role editor" in refused.stderr


def test_a_service_that_is_not_there_is_said_in_a_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", "list"],
        cwd=ROOT,
        env={**os.environ, "CONTACTPOINTS_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert (
        done.stderr
        == "Error: http://127.0.0.1:9 does not answer: no connection: connection refused\n"
    )


@pytest.mark.parametrize("name", ["../stolen", "/tmp/stolen", "a/b", ".bashrc", "out.yml", "a\x1b"])
def test_no_file_is_written_where_a_service_wants_it(sink: Sink, tmp_path: Path, name: str) -> None:
    said = {"text": "text", "files": {"fine.tmpl": "x", name: "stolen"}, "report": []}
    sink.answer = lambda got: Answer(200, json.dumps(said).encode())
    (folder := tmp_path / "folder").mkdir()
    words = ("export", "--format", "alertmanager", "-o", str(folder / "out.yml"))
    done = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", *words],
        cwd=ROOT,
        env={**os.environ, "CONTACTPOINTS_URL": sink.url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert f"the service names a file {name!r}" in done.stderr
    assert list(tmp_path.rglob("*")) == [folder]
    assert not Path("/tmp/stolen").exists()


def test_what_an_export_loses_is_said_but_not_that_secrets_are_redacted(sink: Sink) -> None:
    lost = {"where": ["ops", "slack"], "what": "dropped", "line": None}
    report = [{**lost, "why": "redacted, or so"}, {**lost, "why": "hidden", "redacted": True}]
    said = {"text": "text", "files": {}, "report": report}
    sink.answer = lambda got: Answer(200, json.dumps(said).encode())
    done = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", "export"],
        cwd=ROOT,
        env={**os.environ, "CONTACTPOINTS_URL": sink.url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == "ops › slack: dropped: redacted, or so\n"


def test_deliveries_reach_what_was_applied(service: Process, sink: Sink, tmp_path: Path) -> None:
    file = tmp_path / "setup.yml"
    file.write_text(SETUP % sink.url)
    assert run(service, "apply", "-f", str(file)).returncode == 0
    assert service.post(numbered(1, "news"), "/webhook/chat").status_code == 202
    assert sink.wait(1)[0].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_our_commands(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", "completion", shell],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "_CONTACTPOINTS_COMPLETE" in done.stdout
