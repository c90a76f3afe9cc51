"""grafana-openapi-client-go, unchanged: what Terraform's provider sends, in its order."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.contactpoints.clients.conftest import TOKEN
from tests.contactpoints.process import Process


@pytest.fixture(scope="module")
def goclient() -> str:
    """The program in the folder ``goclient`` beside this file."""
    name = os.environ.get("GOCLIENT", ".cache/peers/goclient")
    if path := shutil.which(name):
        return path
    pytest.skip(
        "goclient is missing: "
        "go -C tests/contactpoints/clients/goclient build -o $PWD/.cache/peers/goclient ."
    )


def test_everything_lives_through_the_go_client(grafana: Process, goclient: str) -> None:
    done = subprocess.run(
        [goclient, grafana.url, TOKEN], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("refused:") == 2, "a used mute timing, and a used contact point"
    assert done.stdout.splitlines()[-2:] == ["ok health", "12.3.0"]
