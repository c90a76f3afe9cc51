"""Every verdict is amtool's, and for the newest version every message too."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from alertmanager_configs.versions import format_version, parse_version
from tests.alertmanager_configs.checking import Checked

CASES = json.loads((Path(__file__).parent / "verdicts.json").read_text())["cases"]

# Go leaves an element alone that is null, and 0.25 checks names only as it sets them.
NULL_NAME = "- equal: [~]\n"


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_message_is_that_of_the_newest_version(case: dict[str, str | None]) -> None:
    assert Checked(str(case["text"])).verdict() == case["0.34.0"]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_verdict_is_that_of_an_old_version(case: dict[str, str | None]) -> None:
    text = str(case["text"])
    if text.endswith(NULL_NAME):
        return
    verdict = Checked(text, parse_version("0.25")).verdict()
    assert (verdict is None) == (case["0.25.0"] is None)


def test_the_installed_amtool_still_says_what_is_recorded(amtool: str, tmp_path: Path) -> None:
    """Whatever version is installed: the recorded one of the two that is nearest below it."""
    said = subprocess.run([amtool, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"version (\d+\.\d+\.\d+)", said.stdout + said.stderr)
    recorded = "0.34.0"
    if version is not None and parse_version(version[1]) < parse_version(recorded):
        recorded = "0.25.0"
        if version[1] != recorded:
            pytest.skip(f"answers are recorded for 0.25.0 and 0.34.0, amtool is {version[1]}")
    files = []
    for number, case in enumerate(CASES):
        file = tmp_path / f"{number:03}.yml"
        file.write_text(case["text"])
        files.append(str(file))
    output = subprocess.run([amtool, "check-config", *files], capture_output=True, text=True).stdout
    output = re.sub(r"time=\S+ level=WARN .*\n", "", output)  # newer ones log into the answer
    answers = re.split(r"Checking '[^']*'  ", output)[1:]
    assert len(answers) == len(CASES)
    for answer, case in zip(answers, CASES, strict=True):
        wanted = "SUCCESS" if case[recorded] is None else f"FAILED: {case[recorded]}"
        assert answer.startswith(wanted), case["text"]


def test_all_problems_are_told_with_their_places() -> None:
    checked = Checked(
        "route:\n  receiver: a\n  group_by: ['']\n  matc: 1\n"
        "  routes:\n  - group_wait: x\n    receiver: c\n"
        "receivers: [{name: a}]\n"
    )
    found = {(p.line, p.column, p.path, p.kind) for p in checked.problems.errors}
    assert found == {
        (3, 14, ("route", "group_by", 0), "value"),
        (4, 3, ("route", "matc"), "type"),
        (6, 17, ("route", "routes", 0, "group_wait"), "value"),
        (7, 15, ("route", "routes", 0, "receiver"), "whole"),
    }
    assert checked.verdict() == 'not a valid duration string: "x"'


def test_versions_are_read_and_compared() -> None:
    assert parse_version("v0.9.1") < parse_version("0.28") == (0, 28, 0)
    assert format_version(parse_version("0.28.1-rc.0")) == "0.28.1"
    with pytest.raises(ValueError, match="not a version: 'latest'"):
        parse_version("latest")
