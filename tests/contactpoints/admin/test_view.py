"""What people see: files and stored setup in one shape, what uses what, and how it delivered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from contactpoints.admin.administration import Admin
from contactpoints.storage.upkeep import prune
from tests.contactpoints.admin.administered import ALERTMANAGER_YML, add, administered, row
from tests.contactpoints.posts import body
from tests.contactpoints.sinks import Sink


@pytest.fixture
def filed(tmp_path: Path) -> Any:
    path = tmp_path / "alertmanager.yml"
    path.write_text(ALERTMANAGER_YML.format(name="ops"))
    admin = administered(tmp_path / "stored.db", path)
    yield admin
    admin.service.stop()


def test_files_are_shown_in_the_shape_of_grafanas_api(filed: Admin) -> None:
    view = filed.view()
    webhook, rocket, slack = view.contact_points
    assert webhook["settings"]["url"] == "http://127.0.0.1:9/file"
    assert (slack["type"], slack["settings"]["recipient"]) == ("slack", "#ops")
    assert (rocket["type"], rocket["settings"]) == ("rocketchat", {})
    assert "Grafana" in view.losses[rocket["uid"]][0]
    assert {view.keys[each["uid"]] for each in (webhook, rocket)} == {"webhook[0]", "rocketchat[0]"}
    assert view.mute_timings == [
        {
            "name": "nights",
            "time_intervals": [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}],
            "provenance": "file",
        }
    ]
    assert view.policies is not None
    assert view.policies["routes"] == [{"receiver": "pager", "mute_time_intervals": ["nights"]}]
    assert view.setup is filed.service.directory.setup


def test_the_same_files_give_the_same_uids(filed: Admin) -> None:
    before = [each["uid"] for each in filed.view().contact_points]
    filed.reload()
    assert [each["uid"] for each in filed.view().contact_points] == before


def test_a_view_is_made_once_for_each_version(filed: Admin) -> None:
    view = filed.view()
    assert filed.view() is view
    add(filed, row("dev"))
    assert filed.view() is not view
    assert filed.view() is filed.view()


def test_each_contact_point_says_how_many_policies_use_it(admin: Admin) -> None:
    add(admin, row("ops"), row("dev"), row("idle"))

    def edit(document: dict[str, Any]) -> None:
        routes = [{"receiver": "dev"}, {"routes": [{"receiver": "dev"}, {"receiver": "ops"}]}]
        document["policies"] = {"receiver": "ops", "routes": routes}

    admin.keeper.change(edit, author="a", note="n")
    assert {each.name: each.used_by for each in admin.status()} == {"ops": 2, "dev": 2, "idle": 0}
    assert [each.name for each in admin.status() if each.is_used] == ["ops", "dev"]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("", "", ["Ops team", "pager", "Ärger"]),
        ("ops", "", ["Ops team"]),
        ("TEAM ops", "", ["Ops team"]),
        ("ärger", "", ["Ärger"]),
        ("pagerduty", "", ["pager"]),
        ("google chat", "", ["Ärger"]),
        ("", "WEBHOOK", ["Ops team"]),
        ("pager", "webhook", []),
        ("nothing", "", []),
    ],
)
def test_contact_points_are_found_by_name_and_by_type(
    tmp_path: Path, text: str, kind: str, found: list[str]
) -> None:
    admin = administered(tmp_path / "stored.db")
    add(
        admin,
        row("Ops team", "a"),
        row("pager", "b", type="pagerduty", settings={"integrationKey": "k"}),
        row("Ärger", "c", type="googlechat", settings={"url": "https://chat.example/x"}),
    )
    assert admin.view().search(text, kind) == found
    admin.service.stop()


def test_the_last_attempt_is_known_after_a_restart_and_when_the_history_is_gone(
    url: str, key_file: str, sink: Sink
) -> None:
    admin = administered(url, secret_key_file=key_file)
    service = admin.service
    add(
        admin,
        row("ops", settings={"url": sink.url}),
        row("ops", "broken", settings={"url": "http://127.0.0.1:9/x"}),
        row("idle"),
    )
    before = time.time()
    service.start()
    service.outbox.post(body(), "ops")
    sink.wait(1)
    end = time.monotonic() + 10
    while any(each.last is None for each in admin.status(["ops"])[0].integrations):
        assert time.monotonic() < end
        time.sleep(0.1)

    def check(admin: Admin) -> None:
        ops, idle = admin.status(["ops", "idle", "nobody"])
        good, bad = (each.last for each in ops.integrations)
        assert good
        assert bad
        assert good.error is None
        assert before - 1 < good.started_at < time.time()
        assert 0 < good.duration < 5
        assert "connection refused" in (bad.error or "")
        assert idle.integrations[0].last is None

    check(admin)
    admin._status._folded_at = 0.0
    for _ in range(3):
        admin._status.fold()
    service.stop()
    again = administered(url, secret_key_file=key_file)
    check(again)

    def move(document: dict[str, Any]) -> None:
        for each in document["contactPoints"][:2]:
            each["name"] = "crew"

    again.keeper.change(move, author="a", note="n")
    assert all(each.last for each in again.status(["crew"])[0].integrations)
    again.keeper.restore(1, "a")
    again.service.writer.submit(cancel_all, None)
    assert again.service.writer.submit(prune, time.time() + 10) == 1
    check(again)
    again.service.stop()


def cancel_all(connection: Any, items: Any) -> list[None]:
    connection.exec_driver_sql("UPDATE deliveries SET state = 'cancelled'")
    return [None] * len(items)
