"""`http_config` is judged as amtool does, and its secrets and files are known."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from alertmanager_configs.duplicates import name_duplicates
from alertmanager_configs.http_config import read_http_config, read_tls_config
from alertmanager_configs.http_paths import file_paths, secret_paths
from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from alertmanager_configs.versions import LATEST, Version, parse_version
from alertmanager_configs.writing import dump

CASES = json.loads((Path(__file__).parent / "http_verdicts.json").read_text())["cases"]


def _whole(text: str) -> str:
    """A configuration that has the text as global.http_config, where the cases were recorded."""
    lines = "".join(f"    {line}\n" for line in text.split("\n"))
    return f"global:\n  http_config:\n{lines}route: {{receiver: a}}\nreceivers: [{{name: a}}]\n"


def _verdict(text: str, version: Version = LATEST) -> str | None:
    document = load(_whole(text))
    problems = Problems()
    problems.extend(name_duplicates(document.duplicates))
    value = document.data["global"]["http_config"]
    read_http_config(value, ("global", "http_config"), problems, version)
    problems.locate(document)
    first = problems.first()
    if first is None or first.kind != "type":
        return first and first.message
    types = sorted((p for p in problems.errors if p.kind == "type"), key=lambda p: p.line)
    return "\n".join(["yaml: unmarshal errors:", *(f"  line {p.line}: {p.message}" for p in types)])


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_message_is_that_of_the_newest_version(case: dict[str, str | None]) -> None:
    assert _verdict(str(case["text"])) == case["0.34.0"]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_verdict_is_that_of_an_old_version(case: dict[str, str | None]) -> None:
    verdict = _verdict(str(case["text"]), parse_version("0.25"))
    assert (verdict is None) == (case["0.25.0"] is None)


def test_the_installed_amtool_still_says_what_is_recorded(amtool: str, tmp_path: Path) -> None:
    said = subprocess.run([amtool, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"version (\d+\.\d+\.\d+)", said.stdout + said.stderr)
    recorded = version[1] if version else "0.34.0"
    if recorded not in CASES[0]:
        pytest.skip(f"answers are recorded for 0.25.0 and 0.34.0, amtool is {recorded}")
    files = [tmp_path / f"{number:03}.yml" for number in range(len(CASES))]
    for file, case in zip(files, CASES, strict=True):
        file.write_text(_whole(case["text"]))
    output = subprocess.run([amtool, "check-config", *files], capture_output=True, text=True).stdout
    output = re.sub(r"time=\S+ level=WARN .*\n", "", output)  # newer ones log into the answer
    answers = re.split(r"Checking '[^']*'  ", output)[1:]
    for answer, case in zip(answers, CASES, strict=True):
        wanted = "SUCCESS" if case[recorded] is None else f"FAILED: {case[recorded]}"
        assert answer.startswith(wanted), case["text"]


TEXT = """
tls_config: {key_file: k, cert_file: c, insecure_skip_verify: yes, min_version: TLS12}
oauth2:
  token_url: http://t
  client_id: 5
  client_secret: s1
  scopes: [a, 1]
  claims: {m: 1, t: '1'}
  endpoint_params: {a: 1}
  proxy_url: http://u:s2@p
  proxy_connect_header: {A: [s3, s4]}
http_headers:
  X-B: {files: [f], secrets: [s5], values: [v]}
follow_redirects: no
"""


def test_values_are_typed_and_in_the_canonical_order() -> None:
    problems = Problems()
    config = read_http_config(load(TEXT).data, (), problems)
    assert problems.errors == []
    assert list(config) == ["oauth2", "tls_config", "follow_redirects", "http_headers"]
    assert list(config["oauth2"])[:3] == ["client_id", "client_secret", "claims"]
    assert config["follow_redirects"] is False
    assert config["tls_config"]["insecure_skip_verify"] is True
    assert config["oauth2"]["client_id"] == "5"
    assert "m: 1\n    t: '1'\n" in dump(config)
    assert read_http_config(load(dump(config)).data, (), Problems()) == config


def test_secrets_and_files_are_known() -> None:
    config = read_http_config(load(TEXT).data, (), Problems())
    assert set(secret_paths(config)) == {
        ("oauth2", "client_secret"),
        ("oauth2", "proxy_url"),
        ("oauth2", "proxy_connect_header", "A", 0),
        ("oauth2", "proxy_connect_header", "A", 1),
        ("http_headers", "X-B", "secrets", 0),
    }
    assert set(file_paths(config)) == {
        ("tls_config", "cert_file"),
        ("tls_config", "key_file"),
        ("http_headers", "X-B", "files", 0),
    }


def test_no_secret_is_told_by_a_problem() -> None:
    problems = Problems()
    text = "proxy_url: http://u:hidden@a b\nbasic_auth: {password: hidden, password_file: x}\n"
    read_http_config(load(text).data, (), problems)
    assert len(problems.errors) == 2
    assert "hidden" not in str(problems.errors)


def test_unknown_keys_are_kept_last() -> None:
    problems = Problems()
    config = read_tls_config(load("new: 5\nserver_name: a\n").data, (), problems)
    assert dump(config) == "server_name: a\nnew: 5\n"
    assert [problem.path for problem in problems.errors] == [("new",)]
