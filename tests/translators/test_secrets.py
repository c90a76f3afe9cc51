"""Secrets: placeholders are never values, and nothing secret stands where it was not asked for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contactpoints.fields import Expression, Interpolated
from translators import read_text, translate
from translators.commands import translate as command
from translators.dialect import all_dialects
from translators.secrets import leaves
from translators.variables import for_grafana, for_terraform, pieces_of

PAGES = Path(__file__).parents[1] / "contactpoints" / "integrations" / "pages"
NOOP = "grafana://noop"
DIALECTS = sorted(all_dialects())

GRAFANA = """\
apiVersion: 1
contactPoints:
- name: ops
  receivers:
  - uid: a
    type: slack
    settings:
      url: "[REDACTED]"
  - uid: b
    type: telegram
    settings:
      bottoken: ${TELEGRAM_TOKEN}
      chatid: "5"
  - uid: c
    type: webhook
    settings:
      url: https://example.com
      authorization_credentials: "[REDACTED]"
      tlsConfig:
        clientKey: "[REDACTED]"
"""
ALERTMANAGER = """\
global:
  slack_api_url: https://hooks.slack.com/services/global-secret
  http_config:
    authorization:
      credentials: http-secret
route:
  receiver: ops
receivers:
- name: ops
  slack_configs:
  - channel: a
  webhook_configs:
  - url: https://example.com/webhook-secret
    http_config:
      basic_auth:
        username: u
        password: basic-secret
  pagerduty_configs:
  - routing_key: "<secret>"
"""


def sources() -> Iterator[tuple[str, str]]:
    """Every configuration on the golden pages of the integrations."""
    for page in sorted(PAGES.glob("*.md")):
        for found in re.finditer(
            r"^## ([\w-]+)\n+```yaml\n(.*?)```", page.read_text(), re.M | re.S
        ):
            yield f"{page.stem}-{found[1]}", found[2]


@pytest.mark.parametrize("to", [name for name in DIALECTS if name != "grafana-file"])
def test_a_placeholder_is_never_written_as_a_value_and_reported(to: str) -> None:
    done = translate(GRAFANA, write=to)
    assert "[REDACTED]" not in done.text
    assert "<secret>" not in done.text
    missing = [loss for loss in done.report if "missing secret" in loss.why]
    assert {loss.line for loss in missing} <= {8, 18, 20}
    assert len(missing) >= 2


def test_a_placeholder_of_alertmanager_is_one_for_grafana_too() -> None:
    done = translate(ALERTMANAGER, write="grafana-file")
    assert "<secret>" not in done.text
    assert "integrationKey: '${OPS_PAGERDUTY_ROUTING_KEY}'" in done.text


def test_the_same_dialect_keeps_a_placeholder_and_reading_warns_of_it() -> None:
    done = translate(GRAFANA, write="grafana-file")
    assert done.text.count("[REDACTED]") == 3
    warnings = read_text(GRAFANA).problems.warnings
    assert [problem.line for problem in warnings] == [8, 18, 20]
    assert all(problem.message.startswith("missing secret") for problem in warnings)


def test_a_missing_secret_becomes_what_the_dialect_has_for_not_here() -> None:
    told = translate(GRAFANA, write="alertmanager").text
    assert "api_url_file: /run/secrets/ops_slack_url" in told
    assert "bot_token_file: /run/secrets/telegram_token" in told
    assert (
        "credentials_file: /run/secrets/ops_webhook_http_config_authorization_credentials" in told
    )
    told = translate(GRAFANA, write="terraform").text
    assert "= var.telegram_token" in told
    assert 'variable "ops_slack_url" {\n  type      = string\n  sensitive = true\n}' in told


def secrets_of(text: str, dialect: str) -> set[str]:
    """Every secret value of a configuration that is long enough to be found."""
    found: set[str] = set()
    for _, integration in read_text(text, read=dialect).setup.integrations():
        for name, value in integration.effective().items():
            for path in integration.fields[name].secrets(value):
                leaf = value
                for step in path:
                    leaf = leaf[step]
                found |= {
                    each
                    for _, each in leaves(leaf)
                    if isinstance(each, str) and not isinstance(each, Interpolated)
                }
    return {each for each in found if len(each) > 3 and "{{" not in each and each != NOOP}


@pytest.mark.parametrize(("name", "text"), [pytest.param(*each, id=each[0]) for each in sources()])
@pytest.mark.parametrize("to", ["alertmanager", "grafana-file", "grafana-api", "terraform"])
def test_no_secret_is_in_a_text_that_is_asked_to_have_none(name: str, text: str, to: str) -> None:
    hidden = secrets_of(translate(text, write=to, secrets="inline").text, to)
    for mode in ("env", "file", "redact"):
        done = translate(text, write=to, secrets=mode)  # type: ignore[arg-type]
        for secret in hidden:
            shown = re.search(rf"(?<![\w/.-]){re.escape(secret)}(?![\w-])", done.text)
            assert not shown, (mode, secret)
            assert secret not in str(done.report)
        assert mode != "redact" or not set(done.files.values()) & hidden


def test_the_global_section_is_hidden_as_well() -> None:
    done = translate(ALERTMANAGER, write="alertmanager", secrets="file")
    assert "slack_api_url_file: /run/secrets/global_slack_api_url" in done.text
    assert "global-secret" not in done.text
    assert "http-secret" not in done.text
    assert "basic-secret" not in done.text
    assert done.files["ops_webhook_url"] == "https://example.com/webhook-secret"
    assert done.secret_files == frozenset(done.files)
    assert "secret" not in re.sub(
        "<secret>", "", translate(ALERTMANAGER, write="alertmanager", secrets="redact").text
    )


def test_amtool_accepts_secrets_in_files(amtool_034: str, tmp_path: Path) -> None:
    for mode in ("file", "redact"):
        path = tmp_path / "alertmanager.yml"
        path.write_text(translate(ALERTMANAGER, write="alertmanager", secrets=mode).text)  # type: ignore[arg-type]
        done = subprocess.run([amtool_034, "check-config", path], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("to", "file", "line"),
    [
        (
            "grafana-file",
            "secrets.env",
            "OPS_SLACK_URL=https://hooks.slack.com/services/global-secret",
        ),
        (
            "terraform",
            "secrets.auto.tfvars",
            'ops_slack_url = "https://hooks.slack.com/services/global-secret"',
        ),
    ],
)
def test_the_values_of_variables_stand_in_a_file_that_nobody_else_can_read(
    to: str, file: str, line: str, tmp_path: Path
) -> None:
    (tmp_path / "in.yml").write_text(ALERTMANAGER)
    args = [str(tmp_path / "in.yml"), "--to", to, "--secrets", "env", "-o", str(tmp_path / "out")]
    ran = CliRunner().invoke(command, args)
    assert ran.exit_code == 0, ran.output
    assert line in (tmp_path / file).read_text().splitlines()
    assert (tmp_path / file).stat().st_mode & 0o077 == 0
    assert "global-secret" not in (tmp_path / "out").read_text()


def test_one_value_has_one_name() -> None:
    text = "apiVersion: 1\ncontactPoints:\n" + "".join(
        f"- name: {name}\n  receivers:\n  - uid: {name}\n    type: dingding\n"
        "    settings: {url: https://x.example/token}\n"
        for name in ("a", "b")
    )
    done = translate(text, write="terraform")
    assert done.text.count("= var.a_dingding_url") == 2
    assert done.text.count("variable ") == 1


@pytest.mark.parametrize(
    ("grafana", "terraform"),
    [
        ("${URL}", "var.url"),
        ("$URL", "var.url"),
        ("$__env{URL}", "var.url"),
        ("Bearer ${TOKEN}!", '"Bearer ${var.token}!"'),
        ('$$1 "${A}${B}"', '"$1 \\"${var.a}${var.b}\\""'),
    ],
)
def test_variables_of_one_dialect_are_those_of_the_other(grafana: str, terraform: str) -> None:
    pieces, _ = pieces_of(Interpolated(grafana))
    assert for_terraform(pieces) == terraform
    back, _ = pieces_of(Expression(terraform))
    assert back == pieces
    assert for_grafana(back) == re.sub(r"\$URL|\$__env\{URL\}", "${URL}", grafana)


@pytest.mark.parametrize(
    "expression", ['join("", ["topsecret", var.a])', '"topsecret-${data.a.b}"']
)
def test_a_report_names_what_an_expression_refers_to_and_nothing_else(expression: str) -> None:
    text = (
        'resource "grafana_contact_point" "a" {\n  name = "a"\n\n  dingding {\n'
        f"    url = {expression}\n  }}\n}}\n"
    )
    done: Any = translate(text, write="grafana-file")
    assert "topsecret" not in str(done.report)
    assert "topsecret" not in done.text
    assert [loss.line for loss in done.report] == [5]
