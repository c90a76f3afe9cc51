"""`contactpoints render` and `contactpoints compile`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from translators.gotemplate import example_payload
from translators.template_commands import compile_, render

RUN = CliRunner()


def test_render_prints_the_text_and_nothing_else() -> None:
    """Not even a newline at the end."""
    result = RUN.invoke(render, ["--text", "{{ .Status }}: {{ len .Alerts.Firing }}"])
    assert (result.exit_code, result.stdout) == (0, "firing: 2")


def test_render_finds_a_template_in_files(tmp_path: Path) -> None:
    """--templates takes a glob, --template a name of any of them or of the defaults."""
    (tmp_path / "a.tmpl").write_text('{{ define "mine" }}<{{ .Receiver }}>{{ end }}')
    result = RUN.invoke(render, ["--template", "mine", "--templates", f"{tmp_path}/*.tmpl"])
    assert result.stdout == "<team-storage>"
    result = RUN.invoke(render, ["--template", "default.title", "--family", "grafana"])
    assert result.stdout.startswith("[FIRING:2, RESOLVED:1] HighRequestLatency")


def test_render_takes_a_file_and_a_payload(tmp_path: Path) -> None:
    """The payload is what a webhook posts."""
    (tmp_path / "t.tmpl").write_text("{{ .ExternalURL }}\n")
    payload = example_payload() | {"externalURL": "http://x"}
    (tmp_path / "p.json").write_text(json.dumps(payload))
    result = RUN.invoke(render, [f"{tmp_path}/t.tmpl", "--data", f"{tmp_path}/p.json"])
    assert result.stdout == "http://x\n"


def test_render_escapes_for_html_when_asked() -> None:
    """As the mail's HTML is."""
    result = RUN.invoke(render, ["--html", "--text", '<b>{{ "<" }}</b>'])
    assert result.stdout == "<b>&lt;</b>"


def test_render_fails_with_the_error_on_stderr(tmp_path: Path) -> None:
    """After the text that came before it."""
    result = RUN.invoke(render, ["--text", "a{{ .Nope }}"])
    assert (result.exit_code, result.stdout) == (1, "a")
    assert "can't evaluate field Nope" in result.stderr
    result = RUN.invoke(render, ["--text", "{{ if }}"])
    assert result.exit_code == 1
    assert result.stderr == "template: :1:7: missing value for if\n"
    for name in ("a", "b"):
        (tmp_path / f"{name}.tmpl").write_text("{{ nope }}")
    result = RUN.invoke(render, ["--text", "x", "--templates", f"{tmp_path}/*.tmpl"])
    assert result.exit_code == 1
    assert result.stderr.count('function "nope" not defined') == 2


def test_render_wants_exactly_one_text() -> None:
    """Otherwise it says how it is used."""
    assert RUN.invoke(render, []).exit_code == 2
    assert RUN.invoke(render, ["--text", "a", "--template", "b"]).exit_code == 2


def test_a_payload_that_is_none_is_named(tmp_path: Path) -> None:
    """With what is wrong about it."""
    (tmp_path / "p.json").write_text('{"alerts": 1}')
    result = RUN.invoke(render, ["--text", "{{ . }}", "--data", f"{tmp_path}/p.json"])
    assert result.exit_code == 1
    assert "alerts: not a list" in result.stderr


def test_compile_prints_the_jinja(tmp_path: Path) -> None:
    """Every template of the file under its name."""
    (tmp_path / "a.tmpl").write_text('{{ define "mine" }}{{ range .Alerts }}x{{ end }}{{ end }}')
    result = RUN.invoke(compile_, [f"{tmp_path}/a.tmpl"])
    assert result.exit_code == 0
    assert "{# mine #}" in result.stdout
    assert "{% for dot_2 in" in result.stdout
    (tmp_path / "b.tmpl").write_text("{{ end }}")
    result = RUN.invoke(compile_, [f"{tmp_path}/b.tmpl"])
    assert result.exit_code == 1
    assert "unexpected {{end}}" in result.stderr
