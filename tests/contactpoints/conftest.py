"""Sinks, throw-away certificates, and posts to try."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import require_peer
from tests.contactpoints.postgresql import PostgreSQL
from tests.contactpoints.process import Make, Process
from tests.contactpoints.sinks import Sink


@dataclass
class Certificate:
    """A certificate for 127.0.0.1 and ``peer.example``, signed by itself."""

    cert: Path
    key: Path

    def server(self, *, clients: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.cert)
        return context


def make_certificate(folder: Path) -> Certificate:
    openssl = require_peer("openssl", "openssl")
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-keyout", made.key, "-out", made.cert, "-subj", "/CN=throw-away",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:peer.example",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def other_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One that has nothing to do with ``certificate``."""
    return make_certificate(tmp_path_factory.mktemp("other-tls"))


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


@pytest.fixture
def tls_sink(certificate: Certificate) -> Iterator[Sink]:
    made = Sink(certificate.server())
    yield made
    made.close()


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of 1 MiB; skipped where it cannot be mounted."""
    folder = tmp_path_factory.mktemp("small")
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True, check=False
    )
    if not done or done.returncode:
        pytest.skip("a small tmpfs cannot be mounted here: run as root to try a full disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the tests' own, which they may stop and start."""
    server = PostgreSQL()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes processes of the service, which are killed at the end."""
    made: list[Process] = []

    def build(config: str, **options: Any) -> Process:
        made.append(Process(tmp_path / "run", config, **options))
        return made[-1]

    yield build
    for process in made:
        process.kill()
