"""Ansible's module community.grafana.grafana_contact_point, unchanged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contactpoints.clients.conftest import EMPTY, TOKEN
from tests.contactpoints.process import Make, Process

MODULE = "ansible_collections/community/grafana/plugins/modules/grafana_contact_point.py"
POINTS: list[dict[str, Any]] = [
    {"type": "email", "email_addresses": ["a@b.example", "c@d.example"]},
    {"type": "sensugo", "sensugo_url": "http://a.example", "sensugo_api_key": "k"},
    {"type": "pushover", "pushover_api_token": "t", "pushover_user_key": "u"},
    {"type": "telegram", "telegram_token": "t", "telegram_chat_id": "5", "provisioning": False},
]


@pytest.fixture(scope="module")
def playbook() -> str:
    """``ansible-playbook``, where it finds the collection."""
    program = shutil.which(os.environ.get("ANSIBLE_PLAYBOOK", "ansible-playbook"))
    paths = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")
    if program and any((Path(path) / MODULE).is_file() for path in paths if path):
        return program
    pytest.skip(
        "ansible-playbook, or the collection community.grafana in ANSIBLE_COLLECTIONS_PATH, is "
        "missing: pip install ansible"
    )


def run(playbook: str, folder: Path, tasks: list[dict[str, Any]]) -> str:
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    path = folder / "play.yml"
    path.write_text(yaml.safe_dump(play))
    interpreter = Path(playbook).with_name("python")
    done = subprocess.run(
        [
            playbook, "-i", "localhost,", "-c", "local", "-e",
            f"ansible_python_interpreter={interpreter if interpreter.exists() else sys.executable}",
            str(path),
        ],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "ANSIBLE_HOME": str(folder), "ANSIBLE_LOCALHOST_WARNING": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tasks_for(login: dict[str, Any]) -> list[dict[str, Any]]:
    """Each contact point is made, made again, and removed twice; every second time nothing happens.

    A secret looks changed to the module, which only sees it hidden.
    """
    tasks: list[dict[str, Any]] = []
    for number, point in enumerate(POINTS):
        common = {**login, "uid": f"ans{number}", "name": f"point {number}"}
        steps = [({**common, **point}, True), ({**common, "state": "absent"}, True)]
        if number == 0:
            steps.insert(1, (steps[0][0], False))
        steps.append((steps[-1][0], False))
        for wish, changes in steps:
            name = f"r{len(tasks)}"
            tasks.append({"community.grafana.grafana_contact_point": wish, "register": name})
            expected = f"{name} is {'changed' if changes else 'not changed'}"
            tasks.append({"ansible.builtin.assert": {"that": [expected]}})
    return tasks


def test_contact_points_live_with_a_token(grafana: Process, playbook: str, tmp_path: Path) -> None:
    run(playbook, tmp_path, tasks_for({"grafana_url": grafana.url, "grafana_api_key": TOKEN}))


def test_contact_points_live_with_a_password(make: Make, playbook: str, tmp_path: Path) -> None:
    service = make(EMPTY, ADMIN_PASSWORD="open sesame, please").start().ready()
    login = {
        "grafana_url": service.url,
        "grafana_user": "admin",
        "grafana_password": "open sesame, please",
    }
    run(playbook, tmp_path, tasks_for(login))
