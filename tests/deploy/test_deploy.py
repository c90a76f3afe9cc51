"""What is shown for running the service is understood by the programs that it is for."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from contactpoints.commands import deliver, serve
from contactpoints.environment import PREFIX, Environment
from translators import read_setup

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_that_is_named_is_one(path: Path) -> None:
    known = {PREFIX + field.name.upper() for field in fields(Environment)}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", path.read_text())) <= known


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_compose_has_two_web_processes_and_two_workers_on_postgresql(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    commands = [services[name].get("command") for name in sorted(services)]
    assert commands == [None, ["serve"], ["serve"], ["deliver"], ["deliver"]]
    for name, service in services.items():
        if name == "postgresql":
            continue
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["environment"][f"{PREFIX}DATABASE_URL"].startswith("postgresql+psycopg://")
        grace = int(service["stop_grace_period"].removesuffix("s"))
        assert grace >= Environment().grace + 10


def test_what_the_image_is_built_from_is_there() -> None:
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for name in line.split()[:-1]
    ]
    assert copied
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in kept
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages | {"app.py", "wsgi.py", "pyproject.toml"} <= set(copied)


def test_the_image_runs_as_a_user_without_rights_and_asks_for_its_health() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    user = re.search(r"^USER (\d+):\d+$", last, re.MULTILINE)
    assert user
    assert int(user[1]) > 0
    assert "HEALTHCHECK" in last
    assert re.search(r'^ENTRYPOINT \["contactpoints"\]\nCMD \["(\w+)"\]', last, re.MULTILINE)


def test_the_extras_of_the_image_are_some() -> None:
    said = re.search(r"^ARG EXTRAS=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert said
    extras = re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(said[1].split(",")) <= set(extras)


def test_the_configuration_to_start_with_is_taken() -> None:
    assert read_setup([DEPLOY / "contactpoints.yml"]).contact_points


def lines(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_and_lets_it_end_in_time(unit: Path) -> None:
    said = lines(unit)
    program, command = said["ExecStart"][0].split()
    assert program.endswith("/bin/contactpoints")
    assert command in (serve.name, deliver.name)
    assert int(said["TimeoutStopSec"][0]) >= Environment().grace + 10
    assert said["DynamicUser"] == ["yes"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_a_unit_and_finds_it_well_confined(unit: Path, tmp_path: Path) -> None:
    """The program itself is not there: another stands in for it."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    copy = tmp_path / unit.name.replace("@", "@1")
    text = unit.read_text().replace("/opt/contactpoints/bin/contactpoints", "/bin/true")
    copy.write_text(text)
    if copy.name != unit.name:
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run([analyze, "verify", copy], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", copy],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
