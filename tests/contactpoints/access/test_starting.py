"""How the service starts, as a process: open to this machine only, and with real clients."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from contactpoints.access.opening import is_local_bind, listening
from tests.contactpoints.alertmanager import Alertmanager
from tests.contactpoints.process import ROOT, Make, Process, free_port, webhook_config
from tests.contactpoints.sinks import Sink
from translators import Bridge, translate

CONFIG = webhook_config(ops="http://127.0.0.1:9/")
SENTENCE = "nobody was given access yet, so the service may listen on this machine only"
PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("bind", "expected"),
    [
        ("127.0.0.1:9095", True),
        ("127.8.8.8", True),
        ("localhost:1", True),
        ("LocalHost", True),
        ("[::1]:1", True),
        ("tcp://127.0.0.1:1", True),
        ("unix:/run/c.sock", True),
        ("unix://run/c.sock", True),
        ("127.0.0.1:1,[::1]:1", True),
        ("0.0.0.0:1", False),
        (":1", False),
        ("[::]:1", False),
        ("0:1", False),
        ("192.168.0.1:1", False),
        ("127.0.0.1.evil.example:1", False),
        ("localhost.evil.example", False),
        ("127.0.0.1:1,0.0.0.0:1", False),
        ("fd://9999", False),
        ("fd://x", False),
    ],
)
def test_what_only_this_machine_can_reach(bind: str, expected: bool) -> None:
    assert is_local_bind(bind) is expected


def test_what_a_process_listens_on_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        assert f"127.0.0.1:{one.getsockname()[1]}" in listening()
        assert f"0.0.0.0:{other.getsockname()[1]}" in listening()
        assert is_local_bind(f"fd://{one.fileno()}")
        assert not is_local_bind(f"fd://{other.fileno()}")


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "config.yml").write_text(CONFIG)
    given = {"CONFIG": str(folder / "config.yml"), "DATABASE_URL": f"sqlite:///{folder}/c.db"}
    import os

    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **{f"CONTACTPOINTS_{name}": value for name, value in {**given, **variables}.items()},
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        input=variables.pop("INPUT", ""),
    )


MAIN = ("-c", "from app import main; main()")


@pytest.mark.parametrize(
    "command",
    [
        (*MAIN, "serve", "--bind", "0.0.0.0:{port}"),
        ("-m", "gunicorn", "--threads", "2", "--bind", "0.0.0.0:{port}", "wsgi:app"),
        ("-m", "gunicorn", "--preload", "--threads", "2", "-b", "[::]:{port}", "wsgi:app"),
    ],
    ids=["serve", "gunicorn", "gunicorn --preload"],
)
def test_a_service_that_is_open_to_strangers_does_not_start(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = run(tmp_path, *(part.format(port=free_port()) for part in command))
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "contactpoints token create" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_give_and_take_access(tmp_path: Path) -> None:
    made = run(tmp_path, *MAIN, "token", "create", "am", "--contact-point", "ops")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    listed = run(tmp_path, *MAIN, "token", "list")
    assert "am (only ops)" in listed.stdout
    assert token not in listed.stdout + listed.stderr
    id = token.split("_")[1]
    assert run(tmp_path, *MAIN, "token", "revoke", id).returncode == 0
    assert run(tmp_path, *MAIN, "token", "revoke", id).returncode == 1
    assert "revoked" in run(tmp_path, *MAIN, "token", "list").stdout
    no_terminal = run(tmp_path, *MAIN, "user", "create", "ada")
    assert "--password-file -" in no_terminal.stderr
    create = (*MAIN, "user", "create", "ada", "--role", "admin", "--password-file", "-")
    assert "at least 12" in run(tmp_path, *create, INPUT="short\n").stderr
    assert run(tmp_path, *create, INPUT=PASSWORD + "\n").returncode == 0
    assert "ada" in run(tmp_path, *MAIN, "user", "list").stdout
    change = (*MAIN, "user", "password", "ada", "--password-file", "-")
    assert run(tmp_path, *change, INPUT=PASSWORD + "!").returncode == 0
    assert run(tmp_path, *MAIN, "user", "delete", "ada").returncode == 0
    assert "ada" not in run(tmp_path, *MAIN, "user", "list").stdout


def test_a_key_is_changed_and_what_was_sealed_opens(tmp_path: Path) -> None:
    assert len(run(tmp_path, *MAIN, "key", "new").stdout.strip()) == 44
    done = run(tmp_path, *MAIN, "key", "rotate")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "c.key").read_text().split()) == 2


@pytest.mark.parametrize("wsgi", [False, True])
def test_a_service_with_an_administrator_listens_everywhere(make: Make, wsgi: bool) -> None:
    token = "0123456789abcdef0123456789"
    service = make(CONFIG, wsgi=wsgi, ADMIN_TOKEN=token, BIND="0.0.0.0:9095").start().ready()
    assert requests.get(service.url + "/api/v1/session", timeout=10).status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    found = requests.get(service.url + "/api/v1/session", headers=headers, timeout=10).json()
    assert found["role"] == "admin"


def test_slow_requests_do_not_hold_the_service(make: Make) -> None:
    """A request that is not there in time ends, while others are answered."""
    service = make(CONFIG, THREADS=2, REQUEST_TIME=1).start().ready()
    slow = []
    for data in (b"POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx",) * 2:
        one = socket.create_connection(("127.0.0.1", service.port))
        one.sendall(data)
        slow.append(one)
    begin = time.monotonic()
    assert requests.get(service.url + "/-/healthy", timeout=20).status_code == 200
    assert time.monotonic() - begin < 10
    for one in slow:
        one.settimeout(10)
        assert b" 400 " in one.recv(4096).split(b"\r\n")[0] + b" "
        one.close()


GRAFANA = """\
apiVersion: 1
contactPoints:
  - name: ops
    receivers:
      - uid: one
        type: dingding
        settings: {{url: "{url}/one"}}
policies:
  - receiver: ops
    group_by: [alertname]
    group_wait: 100ms
"""


def test_a_bridge_brings_its_token_from_a_file(tmp_path: Path, make: Make, sink: Sink) -> None:
    """What a translation writes for Alertmanager works against a service that lets in nobody else:
    Alertmanager reads the bound token from the file and sends it as Bearer.
    """
    config = GRAFANA.format(url=sink.url)
    service = make(config)
    made = run(
        tmp_path,
        *MAIN,
        *("token", "create", "bridge", "--contact-point", "ops", "--database-url"),
        str(service.variables["DATABASE_URL"]),
    )
    secret = tmp_path / "token"
    secret.write_text(made.stdout)
    service.start().ready()
    done = translate(
        config, read="grafana-file", write="alertmanager", bridge=Bridge(service.url, str(secret))
    )
    alertmanager = Alertmanager(tmp_path, done.text)
    try:
        alertmanager.alert(alertname="Disk", instance="a")
        (got,) = sink.wait(1)
        assert got.path == "/one"
    finally:
        alertmanager.close()
    denied: Any = requests.post(service.url + "/webhook/ops", data=b"{}", timeout=10)
    assert denied.status_code == 401
    assert isinstance(service, Process)
