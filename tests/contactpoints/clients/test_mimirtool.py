"""mimirtool, unchanged, loads an alertmanager.yml, which becomes native contact points."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.contactpoints.clients.conftest import TOKEN
from tests.contactpoints.posts import body
from tests.contactpoints.process import Process
from tests.contactpoints.sinks import Sink

HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def mimirtool() -> str:
    """Grafana Mimir's client."""
    name = os.environ.get("MIMIRTOOL", ".cache/peers/mimirtool")
    if path := shutil.which(name):
        return path
    pytest.skip("mimirtool is missing: build cmd/mimirtool of github.com/grafana/mimir")


def test_a_configuration_is_loaded_shown_and_deleted(
    grafana: Process, mimirtool: str, tmp_path: Path, sink: Sink
) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text(
        f"""route:
  receiver: ops
receivers:
- name: ops
  webhook_configs:
  - url: {sink.url}/hush
    http_config: {{authorization: {{credentials: top-secret}}}}
templates: [own.tmpl]
"""
    )
    template = tmp_path / "own.tmpl"
    template.write_text('{{ define "own" }}x{{ end }}')

    def run(*command: str) -> str:
        done = subprocess.run(
            [mimirtool, "alertmanager", *command],
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "MIMIR_ADDRESS": grafana.url + "/api/convert/",
                "MIMIR_AUTH_TOKEN": TOKEN,
                "MIMIR_TENANT_ID": "1",
            },
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "no Alertmanager config currently exists" in run("get")
    run("load", str(config), str(template))
    rows = requests.get(
        grafana.url + "/api/v1/provisioning/contact-points", headers=HEADERS, timeout=10
    ).json()
    assert [(row["name"], row["type"], row["provenance"]) for row in rows] == [
        ("ops", "webhook", "converted_prometheus")
    ]
    shown = run("get")
    assert "receiver: ops" in shown
    assert "top-secret" not in shown
    assert grafana.post(body(), "/webhook/ops", headers=HEADERS).status_code == 202
    (got,) = sink.wait(1)
    assert got.headers["Authorization"] == "Bearer top-secret"
    run("load", str(config), str(template))  # again, in place of what was there
    run("delete")
    left = requests.get(
        grafana.url + "/api/v1/provisioning/contact-points", headers=HEADERS, timeout=10
    ).json()
    assert left == []
