"""Every example that is shown loads, and there is nothing to say against it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from translators import beside, read_setup
from translators.checks import check

FOLDER = Path(__file__).parents[2] / "alertmanager_configs" / "examples"
EXAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yml", ".yaml"))


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_valid_and_the_service_takes_it(path: Path) -> None:
    verdict = check(path.read_bytes(), name=path.name, find=beside(path.parent))
    assert verdict.valid, str(verdict)
    assert read_setup([path]).contact_points


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_amtool_takes_an_example_as_well(path: Path, amtool_034: str) -> None:
    done = subprocess.run([amtool_034, "check-config", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
