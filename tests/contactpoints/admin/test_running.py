"""What runs: files over the stored setup, changed while it runs, all or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from contactpoints.admin.refusals import ConflictError
from contactpoints.storage.audits import Entry
from contactpoints.storage.sealing import Keyring
from contactpoints.storage.setups import New, append
from tests.contactpoints.admin.administered import ALERTMANAGER_YML, add, administered, row
from tests.contactpoints.postgresql import PostgreSQL
from tests.contactpoints.posts import body
from tests.contactpoints.process import ROOT, Make, webhook_config
from tests.contactpoints.sinks import Sink

KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="  # of no use to anybody else


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_stored_contact_point_delivers_from_the_moment_it_is_stored(
    url: str, key_file: str, sink: Sink
) -> None:
    admin = administered(url, secret_key_file=key_file)
    service = admin.service
    service.start()
    add(admin, row("ops", settings={"url": sink.url, "title": "{{ .Status }}!"}))
    service.outbox.post(body(), "ops")
    assert sink.wait(1)[0].json["title"] == "firing!"

    def edit(document: dict[str, Any]) -> None:
        document["contactPoints"][0]["settings"]["title"] = '{{ template "mine" . }}'
        document["templates"] = [{"name": "t", "template": '{{ define "mine" }}new{{ end }}'}]

    admin.keeper.change(edit, author="a", note="n")
    service.outbox.post(body(), "ops")
    assert sink.wait(2)[1].json["title"] == "new"
    service.stop()


def test_a_contact_point_that_another_process_has_just_stored_is_known(
    url: str, key_file: str
) -> None:
    one, other = (administered(url, secret_key_file=key_file) for _ in range(2))
    add(one, row("ops"))
    assert other.service.outbox.post(body(), "ops").deliveries
    one.service.stop()
    other.service.stop()


def test_a_worker_that_does_not_know_an_integration_yet_looks_before_it_gives_up(
    url: str, key_file: str, sink: Sink
) -> None:
    web, worker = (administered(url, secret_key_file=key_file, deliver=True) for _ in range(2))
    worker.service.companion = None  # nobody watches: only what it is asked for makes it look
    worker.service.start()
    add(web, row("ops", settings={"url": sink.url}))
    web.service.outbox.post(body(), "ops")
    sink.wait(1)
    worker.service.stop()
    web.service.stop()


def test_what_waits_is_delivered_under_the_contact_points_new_name(
    url: str, key_file: str, sink: Sink
) -> None:
    admin = administered(url, secret_key_file=key_file)
    add(admin, row("ops", settings={"url": sink.url}))
    admin.service.outbox.post(body(), "ops")

    def rename(document: dict[str, Any]) -> None:
        document["contactPoints"][0]["name"] = "crew"

    admin.keeper.change(rename, author="a", note="n")
    admin.service.start()
    sink.wait(1)
    admin.service.stop()


def test_a_process_that_watches_runs_a_new_version_within_a_second_or_so(
    url: str, key_file: str
) -> None:
    one, other = (administered(url, secret_key_file=key_file) for _ in range(2))
    other.start()
    add(one, row("ops"))
    begin = time.monotonic()
    eventually(lambda: "ops" in other.service.directory.names)
    assert time.monotonic() - begin < 3
    one.service.stop()
    other.service.stop()


def test_files_stand_over_what_is_stored(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"), row("dev"))

    def edit(document: dict[str, Any]) -> None:
        document["policies"] = {"receiver": "dev"}
        document["muteTimings"] = [{"name": name, "time_intervals": []} for name in ("nights", "w")]

    admin.keeper.change(edit, author="a", note="n")
    admin.service.stop()
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    admin = administered(tmp_path / "stored.db", path)
    directory = admin.service.directory
    assert list(directory.names) == ["ops", "pager", "dev"]
    assert [each.type for each in directory.names["ops"].integrations] == ["webhook", "rocketchat"]
    assert directory.setup.policy
    assert directory.setup.policy.receiver == "ops"
    assert len(directory.setup.mute_timings) == 2
    assert directory.setup.mute_timings[0].time_intervals
    view = admin.view()
    assert [(each["name"], each.get("provenance")) for each in view.contact_points] == [
        ("ops", "file"),
        ("ops", "file"),
        ("pager", "file"),
        ("dev", None),
    ]
    assert view.policies is not None
    assert view.policies["provenance"] == "file"
    admin.service.stop()


def test_a_broken_file_changes_nothing_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    admin = administered(tmp_path / "stored.db", path)
    view = admin.view()
    path.write_text("route: {receiver: nobody}\nreceivers: [{name: ops, nosuch_configs: []}]\n")
    with pytest.raises(Exception, match=r"alertmanager\.yml:2") as refused:
        admin.reload()
    assert "nosuch_configs" in str(refused.value)
    assert "nobody" in str(refused.value)
    assert admin.view().contact_points == view.contact_points
    assert admin.view().setup is view.setup
    add(admin, row("dev"))
    assert "nosuch_configs" in admin.view().problems[0]
    assert list(admin.service.directory.names) == ["ops", "pager", "dev"]
    path.write_text(ALERTMANAGER_YML.format(name="crew"))
    admin.reload()
    assert list(admin.service.directory.names) == ["crew", "pager", "dev"]
    assert admin.view().generation == 1
    assert admin.view().problems == []
    admin.service.stop()


def test_all_processes_read_their_files_again_when_one_is_asked_to(
    tmp_path: Path, url: str, key_file: str
) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    one, other = (administered(url, path, secret_key_file=key_file) for _ in range(2))
    path.write_text(ALERTMANAGER_YML.format(name="crew"))
    one.reload()
    assert other.running.notice()
    assert "crew" in other.service.directory.names
    assert not other.running.notice()
    assert not one.running.notice()
    one.service.stop()
    other.service.stop()


def test_a_stored_version_that_does_not_read_leaves_what_ran_before(tmp_path: Path) -> None:
    """As after a step back to an older program."""
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    sealed = admin.keyring.seal().close({"contactPoints": [row("new", type="from-the-future")]})
    admin.service.writer.submit(append, New(1, 0.0, "a", "n", sealed, Entry(0.0, "a")))
    assert not admin.running.notice()
    assert "ops" in admin.service.directory.names
    assert "from-the-future" in admin.view().problems[0]
    admin.service.stop()
    again = administered(tmp_path / "stored.db")
    assert "from-the-future" in again.view().problems[0]
    again.keeper.restore(1, "a")
    assert again.view().problems == []
    assert "ops" in again.service.directory.names
    again.service.stop()


def test_a_fallback_may_be_stored_and_then_cannot_go(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"), row("last"))
    admin.service.stop()
    admin = administered(tmp_path / "stored.db", fallback=("last",))

    def remove(document: dict[str, Any]) -> None:
        del document["contactPoints"][1]

    with pytest.raises(ConflictError, match="fallback"):
        admin.keeper.change(remove, author="a", note="n")
    admin.service.stop()


def test_a_group_of_templates_may_belong_to_one_family_alone(tmp_path: Path) -> None:
    """Mimir's templates call functions that Grafana has not, and the other way round."""
    admin = administered(tmp_path / "stored.db")

    def edit(document: dict[str, Any]) -> None:
        text = '{{ define "x" }}{{ coll.Dict "a" 1 }}{{ end }}'
        document["templates"] = [{"name": "x", "template": text}]

    admin.keeper.change(edit, author="a", note="n")
    admin.service.stop()


def serve(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = "from app import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["serve", "deliver"])
def test_with_a_wrong_key_the_service_does_not_start_and_says_so(
    command: str, tmp_path: Path
) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    admin.service.stop()
    address = {"CONTACTPOINTS_DATABASE_URL": f"sqlite:///{tmp_path / 'stored.db'}"}
    done = serve(command, **address, CONTACTPOINTS_SECRET_KEY=KEY)
    assert done.returncode == 1
    assert "was sealed with another key than CONTACTPOINTS_SECRET_KEY gives" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr
    (tmp_path / "stored.key").unlink()
    done = serve(command, **address)
    assert done.returncode == 1
    assert "stored.key is missing" in done.stderr
    assert not (tmp_path / "stored.key").exists()


def test_sighup_reads_the_files_again_in_every_process_and_a_broken_one_changes_nothing(
    make: Make, sink: Sink
) -> None:
    process = make(webhook_config(ops=sink.url), PROCESSES=2).start().ready()
    config = process.folder / "config.yml"

    def hang_up() -> None:
        assert process.process
        process.process.send_signal(signal.SIGHUP)

    def knows(name: str) -> bool:
        """Whether every process does: each answers one in two."""
        return all(process.post(body(), f"/webhook/{name}").status_code == 202 for _ in range(8))

    config.write_text("route: {receiver: nobody}\n")
    hang_up()
    eventually(lambda: process.log.count("reload=refused") >= 2)
    assert knows("ops")
    config.write_text(webhook_config(ops=sink.url, crew=sink.url))
    hang_up()
    eventually(lambda: knows("crew"), 20)
    assert requests.get(process.url + "/-/ready", timeout=5).status_code == 200
    assert process.log.count("reload=done") >= 2  # one that was not there yet reads them as well


def test_a_key_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    admin.start()
    path = tmp_path / "stored.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keyring((), "", tmp_path / "stored.db").seal(make=False)
    admin.service.stop()


def test_while_the_database_is_gone_the_files_run_and_then_the_stored_setup_as_well(
    tmp_path: Path, key_file: str
) -> None:
    server = PostgreSQL()  # nobody else's: it is stopped
    server.start()
    url = server.database()
    admin = administered(url, secret_key_file=key_file)
    add(admin, row("stored"))
    admin.service.stop()
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    server.stop()
    try:
        admin = administered(url, path, secret_key_file=key_file, fallback=("stored",))
        assert set(admin.service.directory.names) == {"ops", "pager"}
        assert "not in use" in admin.running.problems[0]
        assert not admin.running.notice()
    finally:
        server.start()
    eventually(lambda: admin.running.notice() or "stored" in admin.service.directory.names)
    assert set(admin.service.directory.names) == {"ops", "pager", "stored"}
    assert admin.service.directory.fallback("ops") == "stored"
    assert admin.view().problems == []
    admin.service.stop()
    server.remove()


def test_sighup_reaches_a_process_that_only_delivers(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    log = tmp_path / "log"
    program = "from app import main; main()"
    database = f"sqlite:///{tmp_path / 'x.db'}"
    options = ("deliver", "--config", str(path), "--database-url", database)
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-c", program, *options], cwd=ROOT, stderr=said)
    eventually((tmp_path / "x.key").exists, 30)  # made when all else is there
    process.send_signal(signal.SIGHUP)
    eventually(lambda: "reload=done" in log.read_text(), 30)
    path.write_text("route: {}")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: "reload=refused" in log.read_text(), 30)
    process.terminate()
    assert process.wait(30) == 0
