"""A contact point saved whole: it becomes just what a form says, or nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.admin.contact_points import version
from contactpoints.admin.refusals import ConflictError, ForbiddenError, InvalidError, MissingError
from contactpoints.admin.whole import save

Document = dict[str, Any]


def row(name: str, uid: str = "", url: str = "https://a.example", **more: Any) -> dict[str, Any]:
    return {"uid": uid, "name": name, "type": "webhook", "settings": {"url": url}, **more}


def check(given: Any) -> list[dict[str, str]]:
    is_wrong = given["settings"].get("url") == "wrong"
    return [{"path": "settings.url", "message": "is wrong"}] if is_wrong else []


@pytest.fixture
def document() -> Document:
    return {
        "contactPoints": [row("ops", "a"), row("dev", "x"), row("ops", "b"), row("ops", "c")],
        "policies": {"receiver": "ops", "routes": [{"receiver": "dev"}]},
        "fallbacks": {"dev": "ops"},
    }


def uids(document: Document, name: str) -> list[str]:
    return [each["uid"] for each in document["contactPoints"] if each["name"] == name]


def test_rows_are_changed_added_removed_and_put_in_the_order_of_the_form(
    document: Document,
) -> None:
    saved = save(
        document, "ops", [row("ops", "c", "https://c"), row("ops"), row("ops", "a")], check
    )
    assert uids(document, "ops") == ["c", saved[1]["uid"], "a"]
    assert saved[0]["settings"] == {"url": "https://c"}
    assert uids(document, "dev") == ["x"]


def test_policies_and_fallbacks_follow_a_new_name_even_when_integrations_go(
    document: Document,
) -> None:
    save(document, "ops", [row("night", "b")], check)
    assert uids(document, "ops") == []
    assert uids(document, "night") == ["b"]
    assert document["policies"]["receiver"] == "night"
    assert document["fallbacks"] == {"dev": "night"}


def test_a_new_contact_point_takes_no_name_that_is_there(document: Document) -> None:
    with pytest.raises(ConflictError, match="'dev' already"):
        save(document, "", [row("dev")], check)
    with pytest.raises(ConflictError, match="'dev' already"):
        save(document, "ops", [row("dev", "a")], check)
    save(document, "", [row("new")], check)
    assert len(uids(document, "new")) == 1


def test_what_is_wrong_is_said_with_the_number_of_the_integration(document: Document) -> None:
    with pytest.raises(InvalidError) as caught:
        save(document, "ops", [row("ops", "a"), row("ops", url="wrong")], check)
    assert caught.value.errors == [{"path": "1.settings.url", "message": "is wrong"}]
    with pytest.raises(InvalidError, match="at least one"):
        save(document, "ops", [], check)


def test_what_others_have_changed_meanwhile_is_not_written_over(document: Document) -> None:
    seen = version(each for each in document["contactPoints"] if each["name"] == "ops")
    document["contactPoints"][0]["settings"] = {"url": "https://other.example"}
    with pytest.raises(ConflictError, match="meanwhile"):
        save(document, "ops", [row("ops", "a")], check, seen=seen)
    with pytest.raises(MissingError):
        save(document, "gone", [row("gone")], check, seen=seen)


def test_what_a_program_made_is_its_own(document: Document) -> None:
    document["contactPoints"][0]["provenance"] = "api"
    with pytest.raises(ForbiddenError):
        save(document, "ops", [row("ops", "a"), row("ops", "b"), row("ops", "c")], check)
