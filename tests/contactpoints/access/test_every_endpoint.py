"""Every endpoint, asked without the right to: the answer is 401 or 403, and nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from werkzeug.routing import Rule

from contactpoints.access.roles import HELD, INGEST, PUBLIC, Role
from contactpoints.web.describing import Endpoint, described
from contactpoints.web.openapi import METHODS
from tests.contactpoints.access.house import House, basic, bearer
from tests.contactpoints.posts import body

BODIES = (b"", b"{}", body())
WRONG: dict[str, Callable[[House], dict[str, str]]] = {
    "nothing": lambda house: {},
    "a wrong token": lambda house: bearer("cp_" + "0" * 12 + "_" + "0" * 40),
    "a token with another secret": lambda house: bearer(house.tokens[Role.ADMIN][:-1] + "x"),
    "an expired token": lambda house: bearer(house.expired()),
    "a revoked token": lambda house: bearer(house.revoked()),
    "a token's id alone": lambda house: bearer(house.tokens[Role.ADMIN][:16]),
    "a wrong password": lambda house: basic("admin", "wrong password"),
    "no credentials in them": lambda house: {"Authorization": "Basic !!!"},
    "another scheme": lambda house: {"Authorization": f"Digest {house.tokens[Role.ADMIN]}"},
    "a wrong session": lambda house: {"Cookie": "contactpoints=" + "A" * 43},
}


def path_of(rule: Rule) -> str:
    """An address that the rule takes, about what is there as far as possible."""
    samples = {"contact_point": "ops", "uid": "u0", "number": "1", "kind": "css"}
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: samples.get(found[1], "ops"), rule.rule)


@cache
def operations() -> tuple[tuple[str, str, Endpoint | None], ...]:
    """Method, address and description of everything there is."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder), given=False)
        found = [
            (method, path_of(rule), described(house.app.view_functions[rule.endpoint]))
            for rule in house.app.url_map.iter_rules()
            for method in METHODS
            if method in (rule.methods or ())
        ]
        house.stop()
    return tuple(found)


def guarded() -> Iterator[tuple[str, str, Role]]:
    for method, path, record in operations():
        if record is not None and record.role is not PUBLIC:
            yield method, path, record.role


def test_every_endpoint_says_which_role_it_asks_for() -> None:
    assert [(m, path) for m, path, record in operations() if record is None] == []


def test_what_everybody_may_see_is_little() -> None:
    """Whoever opens something to everybody has to say so here."""
    seen = {
        (method, path)
        for method, path, record in operations()
        if record is not None and record.role is PUBLIC
    }
    assert seen <= {
        ("GET", "/"),
        ("GET", "/-/healthy"),
        ("GET", "/-/ready"),
        ("GET", "/api/docs"),
        ("GET", "/api/docs/reference.css"),
        ("GET", "/api/health"),
        ("GET", "/api/openapi.json"),
        ("GET", "/sign-in"),
        ("GET", "/static/ops"),
        ("POST", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/sign-in"),
        ("POST", "/sign-out"),
    }


@pytest.mark.parametrize("shown", WRONG)
def test_nobody_gets_anywhere_without_credentials_that_are_valid(
    lasting: House, shown: str
) -> None:
    house = lasting
    headers = WRONG[shown](house)
    before = house.stored()
    for method, path, role in guarded():
        for data in BODIES if method != "GET" else (b"",):
            got = house.ask(method, path, headers | {"Content-Type": "application/json"}, data=data)
            is_page = got.status_code == 303 and "/sign-in?" in got.headers["Location"]
            assert got.status_code in (401, 403) or is_page, (method, path, role, got.text)
    assert house.stored() == before


@pytest.mark.parametrize("held", [role for role in HELD if role is not Role.ADMIN])
def test_a_role_that_is_too_weak_gets_403_and_changes_nothing(lasting: House, held: Role) -> None:
    house = lasting
    before = house.stored()
    refused = 0
    for method, path, role in guarded():
        if held.grants(role):
            continue
        for data in BODIES if method != "GET" else (b"",):
            headers = bearer(house.tokens[held]) | {"Content-Type": "application/json"}
            got = house.ask(method, path, headers, data=data)
            assert got.status_code == 403, (method, path, role, got.text)
            refused += 1
    assert refused > 5
    assert house.stored() == before


def test_what_is_not_there_is_nobody_s_business(lasting: House) -> None:
    for path in ("/api/none", "/nothing", "/api/v1/deliveries/x", "/.git/config"):
        assert lasting.ask("GET", path).status_code == 401
        assert lasting.ask("GET", path, bearer(lasting.tokens[Role.VIEWER])).status_code == 404
    assert lasting.ask("PATCH", "/webhook").status_code == 401
    token = bearer(lasting.tokens[Role.ADMIN])
    assert lasting.ask("PATCH", "/webhook", token).status_code == 405


def test_a_method_cannot_be_said_otherwise(lasting: House) -> None:
    """Neither a header nor a field makes a GET into something else."""
    path = "/api/v1/access/users/nobody"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        headers = bearer(lasting.tokens[Role.ADMIN]) | {name: "DELETE"}
        assert lasting.ask("GET", path + "?_method=DELETE", headers).status_code == 405
        assert lasting.ask("POST", path, headers, data={"_method": "DELETE"}).status_code == 405


def test_who_may_only_post_notifications_may_do_that(house: House) -> None:
    for role in HELD:
        got = house.ask("POST", "/webhook/ops", bearer(house.tokens[role]), data=body())
        assert got.status_code == (202 if role.grants(INGEST) else 403)
