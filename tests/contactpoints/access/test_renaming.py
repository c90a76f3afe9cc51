"""A token that is for one contact point alone goes with it when it is renamed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from contactpoints.access.roles import EDITOR
from contactpoints.admin.references import renamed_contact_points
from contactpoints.storage import access as rows
from contactpoints.storage.database import Database
from contactpoints.storage.tables import tokens
from contactpoints.web import EXTENSION
from tests.contactpoints.access.house import House, bearer
from tests.contactpoints.posts import body

POINTS = "/api/v1/provisioning/contact-points"


def put(house: House, uid: str, name: str, method: str = "PUT") -> None:
    """Let the integration ``uid`` be of the contact point ``name``."""
    settings = {"url": "http://127.0.0.1:9/x"}
    given = {"uid": uid, "name": name, "type": "webhook", "settings": settings}
    path = f"{POINTS}/{uid}" if method == "PUT" else POINTS
    got = house.ask(method, path, bearer(house.tokens[EDITOR]), json=given)
    assert got.status_code == 202, got.text


def posts(house: House, token: str, *names: str) -> list[int]:
    return [
        house.ask("POST", f"/webhook/{name}", bearer(token), data=body()).status_code
        for name in names
    ]


def test_a_token_follows_its_contact_point_and_nobody_inherits_it(house: House) -> None:
    put(house, "a", "db", "POST")
    put(house, "b", "web", "POST")
    token, other = house.bound("db"), house.bound("web")
    put(house, "a", "database")
    put(house, "c", "db", "POST")  # another one takes the old name
    assert posts(house, token, "database", "db", "web") == [202, 403, 403]
    assert posts(house, other, "web", "database", "db") == [202, 403, 403]
    with house.app.extensions[EXTENSION].database.reading() as connection:
        details = list(connection.exec_driver_sql("SELECT detail FROM audit").scalars())
    assert "1 token is for contact point 'database' now, not for 'db'" in details


def test_it_follows_the_last_integration_of_several_and_comes_back(house: House) -> None:
    """As Terraform renames: one integration after the other."""
    put(house, "a", "db", "POST")
    put(house, "b", "db", "POST")
    token = house.bound("db")
    put(house, "a", "database")
    assert posts(house, token, "db", "database") == [202, 403]
    house.gate.checker._recent.clear()  # what a second does
    put(house, "b", "database")
    assert posts(house, token, "database", "db") == [202, 403]
    house.gate.checker._recent.clear()
    versions = "/api/v1/setup/versions"
    restored = house.ask("POST", f"{versions}/2/restore", bearer(house.tokens[EDITOR]))
    assert restored.status_code == 200
    assert posts(house, token, "db", "database") == [202, 403]


def test_a_token_for_a_files_contact_point_stays_where_it_is(house: House) -> None:
    """Also when something of the same name is stored, which the file stands before."""
    token = house.bound("ops")

    def edit(name: str) -> Any:
        def change(document: dict[str, Any]) -> None:
            settings = {"url": "http://127.0.0.1:9/x"}
            row = {"uid": "a", "name": name, "type": "webhook", "settings": settings}
            document["contactPoints"] = [row]

        return change

    keeper = house.app.extensions[EXTENSION].admin.keeper
    keeper.change(edit("ops"), author="a", note="n")
    keeper.change(edit("new"), author="a", note="n")
    assert posts(house, token, "ops", "new") == [202, 403]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("a:x b:y", "a:y b:x", {"x": "y", "y": "x"}),
        ("a:x b:x", "a:y b:z", {}),
        ("a:x b:x", "a:y", {"x": "y"}),
        ("a:x b:x", "a:x b:y", {}),
        ("a:x", "b:x", {}),
        ("a:x", "", {}),
        ("a:x b:y", "a:y b:y", {"x": "y"}),
    ],
)
def test_who_is_renamed_is_known_by_uids(before: str, after: str, found: dict[str, str]) -> None:
    def document(text: str) -> dict[str, Any]:
        pairs = [each.split(":") for each in text.split()]
        return {"contactPoints": [{"uid": uid, "name": name} for uid, name in pairs]}

    assert renamed_contact_points(document(before), document(after)) == found
    assert renamed_contact_points(document(before), document(after), ["x", "y"]) == {}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_names_that_change_places_take_their_tokens_along(
    kind: str, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database()
    database = Database(url)
    with database.writing() as connection:
        for id, name in (("1", "x"), ("2", "y"), ("3", "x"), ("4", None)):
            rows.add_token(
                connection,
                id=id,
                name=id,
                role="ingest",
                contact_point=name,
                digest=b"d" * 32,
                created_at=0.0,
                created_by="a",
            )
        moved = rows.rebind_tokens(connection, {"x": "y", "y": "x"})
    with database.reading() as connection:
        found = dict(connection.execute(select(tokens.c.id, tokens.c.contact_point)).all())
    database.close()
    assert sorted(moved) == [("x", "y", 2), ("y", "x", 1)]
    assert found == {"1": "y", "2": "x", "3": "y", "4": None}
