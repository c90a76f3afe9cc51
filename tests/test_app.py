"""The parts put together: every command is there, and the service renders real templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app, main
from contactpoints.environment import Environment
from contactpoints.web import EXTENSION
from tests.contactpoints.posts import body
from tests.contactpoints.sinks import Answer, Sink

SLACK = """\
route: {{receiver: ops}}
receivers:
  - name: ops
    slack_configs:
      - api_url: {url}/services/T0/B0/x
        channel: "#ops"
        text: '{{{{ .CommonLabels.job | toUpper }}}}'
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


@pytest.fixture
def config(tmp_path: Path, sink: Sink) -> Path:
    path = tmp_path / "alertmanager.yml"
    path.write_text(SLACK.format(url=sink.url))
    return path


def test_every_command_is_there() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    for name in ("serve", "deliver", "deliveries", "send", "translate", "check", "support"):
        assert f"\n  {name} " in said


def test_a_post_becomes_a_message_with_its_templates_drawn(
    config: Path, sink: Sink, tmp_path: Path
) -> None:
    environment = Environment(
        config=(str(config),), database_url=f"sqlite:///{tmp_path / 'c.db'}", grace=2
    )
    app = create_app(environment)
    assert app.test_client().post("/webhook", data=body()).status_code == 202
    (attachment,) = sink.wait(1)[0].json["attachments"]
    assert attachment["text"] == "NODE"
    assert attachment["title"].startswith("[FIRING:1] HighCPU")
    app.extensions[EXTENSION].stop()


def test_send_once_delivers_without_a_service(config: Path, sink: Sink) -> None:
    command = ["send", "-", "--once", "--config", str(config)]
    result = CliRunner().invoke(main, command, input=body())
    assert (result.exit_code, result.output) == (0, "ops › slack[0]: delivered\n")
    assert len(sink.received) == 1
    sink.answer = Answer(404, b"no_service")
    result = CliRunner().invoke(main, command, input=body())
    assert result.exit_code == 1
    assert "unexpected status code 404: no_service" in result.output
    result = CliRunner().invoke(main, [*command, "--to", "opz"], input=body())
    assert (result.exit_code, "did you mean 'ops'?" in result.output) == (1, True)
    result = CliRunner().invoke(main, command, input=b"{}")
    assert (result.exit_code, "alerts: is missing" in result.output) == (1, True)


def test_deliveries_shows_the_history(config: Path, sink: Sink, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    app = create_app(Environment(config=(str(config),), database_url=url, deliver=False))
    app.test_client().post("/webhook", data=body())
    app.extensions[EXTENSION].stop()
    said = CliRunner().invoke(main, ["deliveries", "--database-url", url]).output.splitlines()
    assert len(said) == 2
    assert "waiting" in said[1]
    assert "ops › slack[0]" in said[1]
    command = ["deliveries", "--database-url", url, "--format", "json", "--state", "waiting"]
    assert json.loads(CliRunner().invoke(main, command).output)[0]["contact_point"] == "ops"


def test_a_variable_that_cannot_be_is_told() -> None:
    result = CliRunner().invoke(main, ["deliveries"], env={"CONTACTPOINTS_SENDERS": "many"})
    assert result.exit_code == 2
    assert "CONTACTPOINTS_SENDERS: must be a whole number" in result.output
