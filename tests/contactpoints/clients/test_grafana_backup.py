"""grafana-backup, unchanged: saved from one service, restored into another one.
https://pypi.org/project/grafana-backup/
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.contactpoints.clients.conftest import EMPTY, TOKEN
from tests.contactpoints.process import Make, Process

pytest.importorskip("grafana_backup")
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
BASE = "/api/v1/provisioning"


def run(service: Process, folder: Path, *command: str) -> str:
    config = folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "general": {"backup_dir": str(folder / "out"), "debug": False},
                "grafana": {"url": service.url, "token": TOKEN},
            }
        )
    )
    program = "from grafana_backup.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, "--config", str(config), *command],
        capture_output=True,
        text=True,
        timeout=100,
        env={key: value for key, value in os.environ.items() if not key.startswith("GRAFANA")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_contact_points_are_saved_and_restored(
    grafana: Process, make: Make, tmp_path: Path
) -> None:
    url = grafana.url + BASE
    for name in ("ops", "dev"):
        row = {
            "uid": f"uid-{name}",
            "name": name,
            "type": "email",
            "settings": {"addresses": f"{name}@b.example", "singleEmail": True},
        }
        made = requests.post(url + "/contact-points", json=row, headers=HEADERS, timeout=10)
        assert made.status_code == 202, made.text
    requests.put(url + "/policies", json={"receiver": "ops"}, headers=HEADERS, timeout=10)
    before = requests.get(url + "/contact-points", headers=HEADERS, timeout=10).json()
    components = "contact-points,notification-policy"
    said = run(grafana, tmp_path, "save", "--components", components)
    (archive,) = (tmp_path / "out").glob("*.tar.gz")
    assert "contact_points" in said
    grafana.terminate()
    other = make(EMPTY, ADMIN_TOKEN=TOKEN)
    other.folder = tmp_path / "other"
    other.folder.mkdir()
    other.variables["DATABASE_URL"] = f"sqlite:///{other.folder / 'contactpoints.db'}"
    other.start().ready()
    run(other, tmp_path, "restore", str(archive), "--components", components)
    after = requests.get(other.url + BASE + "/contact-points", headers=HEADERS, timeout=10).json()
    assert after == before
