"""The stored setup: one transaction a change, versions that can be compared and come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contactpoints.admin.administration import Admin
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from contactpoints.storage.audits import Entry, find
from contactpoints.storage.database import StorageError
from contactpoints.storage.setups import KEPT
from contactpoints.storage.tables import setup_versions
from tests.contactpoints.admin.administered import add, adding, administered, row


def names(admin: Admin) -> list[str]:
    return [each["name"] for each in admin.keeper.current().document.get("contactPoints", ())]


def test_nothing_stored_is_version_0_and_a_change_makes_the_next(admin: Admin) -> None:
    assert admin.keeper.current().number == 0
    assert admin.keeper.current().document == {}
    answer, stored = admin.keeper.change(lambda document: "same", author="a", note="nothing")
    assert (answer, stored.number) == ("same", 0)
    assert add(admin, row("ops")) == 1
    assert add(admin, row("dev")) == 2
    assert names(admin) == ["ops", "dev"]


def test_what_is_stored_is_there_for_another_process(url: str, key_file: str) -> None:
    one = administered(url, secret_key_file=key_file)
    other = administered(url, secret_key_file=key_file)
    add(one, row("ops"))
    assert names(other) == ["ops"]
    assert "ops" not in other.service.directory.names
    other.view()
    assert "ops" in other.service.directory.names
    one.service.stop()
    other.service.stop()


def test_an_edit_that_raises_changes_nothing(admin: Admin) -> None:
    add(admin, row("ops"))

    def edit(document: dict[str, Any]) -> None:
        document["contactPoints"].clear()
        raise MissingError("no")

    with pytest.raises(MissingError):
        admin.keeper.change(edit, author="a", note="n")
    assert names(admin) == ["ops"]


def test_an_edit_never_touches_the_version_before(admin: Admin) -> None:
    add(admin, row("ops"))
    before = admin.keeper.current()

    def edit(document: dict[str, Any]) -> None:
        document["contactPoints"][0]["settings"]["url"] = "http://elsewhere.example"

    admin.keeper.change(edit, author="a", note="n")
    assert before.document["contactPoints"][0]["settings"]["url"] == "http://127.0.0.1:9/x"


def test_a_version_that_the_caller_has_not_seen_is_a_conflict(admin: Admin) -> None:
    add(admin, row("ops"))
    with pytest.raises(ConflictError) as refused:
        admin.keeper.change(adding(row("dev")), author="a", note="n", expected=0)
    assert refused.value.message_id == "alerting.notifications.conflict"
    admin.keeper.change(adding(row("dev")), author="a", note="n", expected=1)
    assert names(admin) == ["ops", "dev"]


def test_a_change_that_another_process_overtakes_is_made_again_on_the_newer_document(
    url: str, key_file: str
) -> None:
    one, other = (administered(url, secret_key_file=key_file) for _ in range(2))
    calls = []

    def edit(document: dict[str, Any]) -> None:
        calls.append(len(document.get("contactPoints", ())))
        if len(calls) == 1:
            add(other, row("theirs"))
        adding(row("ours"))(document)

    assert one.keeper.change(edit, author="a", note="n")[1].number == 2
    assert calls == [0, 1]
    assert names(other) == ["theirs", "ours"]

    def never(document: dict[str, Any]) -> None:
        calls.append(0)
        add(other, row(f"again-{len(calls)}"))
        adding(row(f"mine-{len(calls)}"))(document)

    calls.clear()
    with pytest.raises(ConflictError):
        one.keeper.change(never, author="a", note="n")
    assert len(calls) == 3
    assert not [name for name in names(one) if name.startswith("mine")]
    one.service.stop()
    other.service.stop()


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("contactPoints", [row(settings={})], "url"),
        ("contactPoints", [row(type="nosuch")], "unknown integration type"),
        ("policies", {"receiver": "nobody"}, "receiver 'nobody' does not exist"),
        ("policies", {"receiver": "ops", "group_interval": "0s"}, "group_interval cannot be zero"),
        ("muteTimings", [{"name": "x", "time_intervals": [{"months": ["no"]}]}], "no"),
        ("templates", [{"name": "x", "template": "{{ define"}], "template"),
        ("inhibitRules", [{"source_matchers": ["no"]}], "no"),
        ("fallbacks", {"ops": "nobody"}, "nobody"),
    ],
)
def test_nothing_is_stored_that_could_not_run(
    admin: Admin, part: str, value: Any, said: str
) -> None:
    add(admin, row("ops"))

    def edit(document: dict[str, Any]) -> None:
        document[part] = value

    with pytest.raises((InvalidError, ConflictError)) as refused:
        admin.keeper.change(edit, author="a", note="n")
    assert said in refused.value.message
    assert "hidden" not in str(refused.value.__dict__)
    assert admin.keeper.current().number == 1
    assert set(admin.service.directory.names) == {"ops"}


def test_a_mute_timing_in_use_cannot_go(admin: Admin) -> None:
    def edit(document: dict[str, Any]) -> None:
        adding(row("ops"))(document)
        document["muteTimings"] = [{"name": "nights", "time_intervals": []}]
        document["policies"] = {
            "receiver": "ops",
            "routes": [{"receiver": "ops", "mute_time_intervals": ["nights"]}],
        }

    admin.keeper.change(edit, author="a", note="n")

    def remove(document: dict[str, Any]) -> None:
        document["muteTimings"] = []

    with pytest.raises(InvalidError, match="time interval 'nights' does not exist"):
        admin.keeper.change(remove, author="a", note="n")


def test_the_history_lists_compares_and_restores(admin: Admin) -> None:
    add(admin, row("ops"))

    def edit(document: dict[str, Any]) -> None:
        document["contactPoints"][0]["settings"].update(maxAlerts=5, password="hidden-new")

    admin.keeper.change(edit, author="ben", note="at most five")
    (late, early) = admin.keeper.history()
    assert (late.number, late.author, late.note) == (2, "ben", "at most five")
    assert (early.number, early.author) == (1, "anna")
    assert admin.keeper.history(before=2) == [early]
    assert sorted(admin.keeper.differences(1, 2)) == [
        "ops › webhook › maxAlerts: nothing in A, 5 in B",
        "ops › webhook › password: differs",
    ]
    assert admin.keeper.differences(0, 1)
    stored = admin.keeper.restore(1, "anna")
    assert (stored.number, stored.note) == (3, "restored version 1")
    assert stored.document == admin.keeper.version(1).document
    assert admin.keeper.restore(0, "anna").document == {}
    with pytest.raises(MissingError):
        admin.keeper.version(99)


def test_only_the_last_versions_are_kept(admin: Admin) -> None:
    for number in range(KEPT + 3):
        add(admin, row(f"n{number}"))
    with admin.service.database.reading() as connection:
        kept = connection.execute(select(setup_versions.c.number)).scalars().all()
    assert sorted(kept) == list(range(4, KEPT + 4))
    with pytest.raises(MissingError):
        admin.keeper.version(3)


def test_every_change_is_in_the_audit_log_and_nothing_else_is(admin: Admin) -> None:
    add(admin, row("ops"))
    entry = Entry(0.0, "ben", "editor", "10.0.0.1", "create", "contact point dev", "webhook")
    admin.keeper.change(adding(row("dev")), author="ben", note="n", audit=entry)
    with pytest.raises(InvalidError):
        admin.keeper.change(adding(row(type="no")), author="ben", note="n", audit=entry)
    with admin.service.database.reading() as connection:
        said = find(connection)
    assert [(each["who"], each["action"], each["object"]) for each in said] == [
        ("ben", "create", "contact point dev"),
        ("anna", "added", ""),
    ]
    assert said[0]["at"] > 1e9
    assert said[0]["address"] == "10.0.0.1"


def test_secrets_are_nowhere_in_the_database(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    admin.service.stop()
    whole = b"".join(path.read_bytes() for path in tmp_path.glob("stored.db*"))
    assert b"setup_versions" in whole
    assert b"hidden" not in whole
    assert b"127.0.0.1:9" not in whole


def test_no_text_of_a_stored_setup_shows_secrets(admin: Admin) -> None:
    add(admin, row("ops"))
    for each in (admin.keeper.current(), admin.view(), admin.service.environment):
        assert "hidden" not in repr(each)


def test_without_a_key_postgresql_stores_nothing_and_says_what_to_set(postgresql: Any) -> None:
    admin = administered(postgresql.database())
    with pytest.raises(StorageError, match="CONTACTPOINTS_SECRET_KEY"):
        add(admin, row("ops"))
    assert admin.keeper.current().number == 0
    admin.service.stop()
