"""`check` says of alertmanager.yml what `amtool check-config` says, of two versions."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from alertmanager_configs.versions import Version, parse_version
from tests.translators.dialects.alertmanager_cases import (
    amtool,
    every,
    of_globals,
    of_integrations,
    said,
)

RECORDED = json.loads(Path(__file__).with_name("alertmanager_verdicts.json").read_text("utf-8"))
PROGRAM = shutil.which("amtool") or ""


@pytest.mark.parametrize("program", ["amtool 0.25.0", "amtool 0.34.0"])
def test_the_verdict_and_the_first_message_are_those_that_were_recorded(program: str) -> None:
    """A message is compared unless amtool crashed. It may hide the address that amtool shows."""
    version = parse_version(program.removeprefix("amtool "))
    wrong = []
    for text, verdicts in RECORDED:
        valid, message = verdicts[program]
        ours = said(text, version)
        if ours[0] != valid or (message and not message.endswith(ours[1])):
            wrong.append((text, verdicts[program], ours))
    assert wrong == []


def installed() -> Version | None:
    """The version of the amtool on this machine, when it is one of those that are compared."""
    if not PROGRAM:
        return None
    printed = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
    words = (printed.stdout + printed.stderr).split()
    version = parse_version(words[words.index("version") + 1].partition("+")[0])
    return version if version[:2] in ((0, 25), (0, 34)) else None


@pytest.mark.skipif(installed() is None, reason="needs amtool 0.25 or 0.34 on PATH")
def test_the_verdict_is_that_of_the_amtool_on_this_machine(tmp_path: Path) -> None:
    version = installed()
    assert version is not None
    texts = every(11, of_integrations(), of_globals())
    assert len(texts) > 2000
    verdicts = list(amtool(PROGRAM, texts, tmp_path))
    ours = [said(text, version)[0] for text in texts]
    different = [
        (text, theirs, mine)
        for text, theirs, mine in zip(texts, verdicts, ours, strict=True)
        if theirs[0] != mine
    ]
    assert different == []
