"""Other Alertmanagers: asked by their address, or their files where the administrator allows it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from contactpoints.admin.administration import Admin
from contactpoints.admin.alertmanagers import allowed_files
from contactpoints.admin.external import LARGEST, UnreachableError
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from tests.conftest import require_peer
from tests.contactpoints.admin.administered import ALERTMANAGER_YML, administered
from tests.contactpoints.process import free_port
from tests.contactpoints.sinks import Answer, Sink

SIMPLE = """
route: {receiver: ops}
receivers:
  - name: ops
    telegram_configs: [{bot_token: secret-token, chat_id: 7}]
    webhook_configs: [{url: "http://secret.example/path", send_resolved: false}]
  - name: nobody
"""
STATUS = {
    "cluster": {"status": "ready"},
    "versionInfo": {"version": "0.28.1"},
    "config": {"original": SIMPLE},
}


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real one; its address."""
    program = require_peer("prometheus-alertmanager", "prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "config.yml").write_text(SIMPLE)
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            *(program, f"--config.file={folder / 'config.yml'}", f"--storage.path={folder}"),
            *(f"--web.listen-address={address}", "--cluster.listen-address="),
        ],
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 20
    while True:
        try:
            requests.get(f"http://{address}/-/ready", timeout=1).raise_for_status()
            break
        except requests.RequestException:
            assert time.monotonic() < end
            time.sleep(0.1)
    yield f"http://{address}"
    process.kill()
    process.wait()


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Admin]:
    folder = tmp_path / "alertmanagers"
    folder.mkdir()
    (folder / "one.yml").write_text(SIMPLE)
    (folder / "broken.yml").write_text("receivers: [")
    (tmp_path / "outside.yml").write_text(SIMPLE)
    (folder / "link.yml").symlink_to(tmp_path / "outside.yml")
    made = administered(tmp_path / "stored.db", alertmanager_files=(str(folder),))
    yield made
    made.service.stop()


def put(admin: Admin, entry: dict[str, Any], old: str = "") -> None:
    admin.keeper.change(
        lambda document: admin.external.put(document, entry, old), author="a", note="n"
    )


def test_the_receivers_of_an_alertmanager_are_read_through_its_status(
    admin: Admin, alertmanager: str
) -> None:
    put(admin, {"name": "prod", "url": alertmanager + "/"})
    look = admin.external.look("prod")
    assert look.version.startswith("0.")
    ops, nobody = look.receivers
    assert nobody == {"name": "nobody", "integrations": []}
    said = {each["type"]: each for each in ops["integrations"]}
    assert said["telegram"]["summary"] == "7"
    assert said["telegram"]["alertmanager"] == "telegram_configs"
    assert (said["telegram"]["grafana"], said["telegram"]["since"]) == ("supported", "0.24.0")
    assert said["webhook"]["sendResolved"] is False
    assert "secret" not in repr(look)
    assert [(each.name, each.kind) for each in admin.external.all()] == [
        ("grafana", "grafana"),
        ("prod", "url"),
    ]


def test_credentials_are_sent_and_an_answer_is_kept_for_a_while(admin: Admin, sink: Sink) -> None:
    sink.answer = Answer(200, json.dumps(STATUS).encode())
    put(admin, {"name": "a", "url": sink.url, "token": "t-secret"})
    put(admin, {"name": "b", "url": sink.url, "username": "me", "password": "p-secret"})
    for name in ("a", "b", "a", "b"):
        assert admin.external.look(name).version == "0.28.1"
    assert [each.path for each in sink.received] == ["/api/v2/status"] * 2
    assert [each.headers["Authorization"].partition(" ")[0] for each in sink.received] == [
        "Bearer",
        "Basic",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"config": []}',
        b'{"config": {"original": 5}}',
        b'{"config": {"original": "receivers: ["}}',
        b'{"config": {"original": "{}"}}',
        b" " * (LARGEST + 10),
    ],
)
def test_what_is_no_status_is_told(admin: Admin, sink: Sink, answer: bytes) -> None:
    sink.answer = Answer(200, answer)
    put(admin, {"name": "a", "url": sink.url})
    if answer.endswith(b'"{}"}}'):
        assert admin.external.look("a").problems
        return
    with pytest.raises(UnreachableError):
        admin.external.look("a")


def test_what_refuses_or_is_not_there_is_told_without_secrets(admin: Admin, sink: Sink) -> None:
    sink.answer = Answer(401, b"not with t-secret")
    put(admin, {"name": "a", "url": sink.url, "token": "t-secret"})
    with pytest.raises(UnreachableError, match="401") as refused:
        admin.external.look("a")
    assert "t-secret" not in str(refused.value)
    put(admin, {"name": "gone", "url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(UnreachableError, match="refused"):
        admin.external.look("gone")
    with pytest.raises(MissingError):
        admin.external.look("nobody")


@pytest.mark.parametrize("host", ["169.254.169.254", "metadata.google.internal", "[fe80::1]"])
def test_no_metadata_service_is_asked(admin: Admin, host: str) -> None:
    put(admin, {"name": "a", "url": f"http://{host}/latest"})
    with pytest.raises(UnreachableError, match="nothing is sent there"):
        admin.external.look("a")


def test_a_redirect_leads_to_no_metadata_service(admin: Admin, sink: Sink) -> None:
    sink.answer = Answer(302, b"", {"Location": "http://169.254.169.254/"})
    put(admin, {"name": "a", "url": sink.url})
    with pytest.raises(UnreachableError):
        admin.external.look("a")


def test_only_files_that_the_administrator_has_named_are_read(admin: Admin, tmp_path: Path) -> None:
    folder = tmp_path / "alertmanagers"
    assert admin.external.files() == [str(folder / "broken.yml"), str(folder / "one.yml")]
    put(admin, {"name": "file", "file": str(folder / "one.yml")})
    assert [each["name"] for each in admin.external.look("file").receivers] == ["ops", "nobody"]
    put(admin, {"name": "broken", "file": str(folder / "broken.yml")})
    with pytest.raises(UnreachableError, match="cannot be read"):
        admin.external.look("broken")
    for path in (
        tmp_path / "outside.yml",
        folder / "link.yml",
        f"{folder}/../outside.yml",
        "/etc/passwd",
    ):
        with pytest.raises(InvalidError, match="administrator has named"):
            put(admin, {"name": "x", "file": str(path)})
        with pytest.raises(UnreachableError, match="administrator has named"):
            admin.external.try_out({"name": "x", "file": str(path)})


def test_a_file_may_be_named_alone(tmp_path: Path) -> None:
    path = tmp_path / "am"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    assert allowed_files([str(path), str(tmp_path / "none")]) == [path]


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"name": "", "url": "http://a.example"}, "name"),
        ({"name": "grafana", "url": "http://a.example"}, "name"),
        ({"name": "a"}, "url"),
        ({"name": "a", "url": "http://a.example", "file": "x"}, "url"),
        ({"name": "a", "url": "ftp://a.example"}, "url"),
        ({"name": "a", "url": "http://"}, "url"),
        ({"name": "a", "url": "http://[x"}, "url"),
        ({"name": "a", "url": "http://me:secret@a.example"}, "url"),
        ({"name": "a", "url": "http://a.example?x=1"}, "url"),
        ({"name": "a", "url": 5}, "url"),
        ({"name": "a", "url": "http://a.example", "more": 1}, "more"),
    ],
)
def test_what_is_no_alertmanager_is_not_stored(
    admin: Admin, entry: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        put(admin, entry)
    assert refused.value.errors[0]["path"] == path
    assert "secret" not in str(refused.value.errors)
    assert admin.keeper.current().number == 0


def test_an_alertmanager_is_changed_and_removed_and_keeps_its_secret_only_where_it_is(
    admin: Admin,
) -> None:
    entry = {"name": "a", "url": "http://a.example", "token": "t-secret"}
    put(admin, entry)
    with pytest.raises(ConflictError):
        put(admin, entry)
    put(admin, {**entry, "name": "b", "token": "[REDACTED]"}, "a")
    assert admin.keeper.current().document["alertmanagers"] == [{**entry, "name": "b"}]
    put(admin, {"name": "b", "url": "http://evil.example", "token": "[REDACTED]"}, "b")
    assert admin.keeper.current().document["alertmanagers"] == [
        {"name": "b", "url": "http://evil.example"}
    ]
    with pytest.raises(MissingError):
        put(admin, entry, "nobody")
    for name, missing in (("b", False), ("b", True)):
        try:
            admin.keeper.change(
                lambda document, name=name: admin.external.remove(document, name),
                author="a",
                note="n",
            )
        except MissingError:
            assert missing
    assert admin.external.all()[1:] == []
