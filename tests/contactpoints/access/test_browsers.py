"""Sessions of browsers, forged requests, and what an open service answers to."""

from __future__ import annotations

import http.cookies
from typing import Any

import pytest
from flask.testing import FlaskClient

from contactpoints.access.roles import ADMIN, EDITOR, VIEWER
from tests.contactpoints.access.conftest import Build
from tests.contactpoints.access.house import BY, PASSWORD, House, basic, bearer
from tests.contactpoints.posts import body

SESSION = "/api/v1/session"
CHANGE = ("POST", "/api/v1/access/tokens", {"name": "t", "role": "viewer"})
WORD = "X-CSRF-Token"


def signed_in(house: House, role: Any = ADMIN, **options: Any) -> tuple[FlaskClient, str]:
    """A browser with a session, and its word."""
    house.gate.users.create(BY, "ada", role, PASSWORD)
    browser = house.client()
    got = browser.post(SESSION, json={"user": "ada", "password": PASSWORD}, **options)
    assert got.status_code == 200, got.text
    return browser, got.get_json()["csrfToken"]


def change(browser: FlaskClient, **headers: str) -> int:
    method, path, wish = CHANGE
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.open(path, method=method, json=wish, headers=named).status_code


def cookie_of(house: House, **options: Any) -> http.cookies.Morsel[str]:
    house.gate.users.create(BY, "bob", VIEWER, PASSWORD)
    got = house.client().post(SESSION, json={"user": "bob", "password": PASSWORD}, **options)
    (found,) = http.cookies.SimpleCookie(got.headers["Set-Cookie"]).values()
    return found


def test_the_cookie_of_a_session_is_for_this_site_and_no_script(house: House) -> None:
    found = cookie_of(house)
    assert (found.key, found["httponly"], found["samesite"]) == ("contactpoints", True, "Lax")
    assert (found["path"], found["domain"], found["secure"]) == ("/", "", "")


def test_with_tls_the_cookie_is_secure_and_bound_to_the_host(house: House) -> None:
    found = cookie_of(house, base_url="https://alerts.example")
    assert (found.key, found["secure"]) == ("__Host-contactpoints", True)
    got = house.ask("GET", "/-/healthy", base_url="https://alerts.example")
    assert "max-age" in got.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in house.ask("GET", "/-/healthy").headers


def test_a_session_shows_and_changes_until_it_is_signed_out(house: House) -> None:
    browser, word = signed_in(house)
    assert browser.get(SESSION).get_json() == {
        "name": "ada",
        "role": "admin",
        "kind": "session",
        "contactPoint": None,
        "csrfToken": word,
    }
    assert change(browser, X_CSRF_Token=word) == 201
    stolen = browser.get_cookie("contactpoints")
    assert stolen is not None
    assert browser.delete(SESSION).status_code == 403
    assert browser.delete(SESSION, headers={WORD: word}).status_code == 200
    assert browser.get_cookie("contactpoints") is None
    again = {"Cookie": f"contactpoints={stolen.value}"}
    assert house.ask("GET", SESSION, again).status_code == 401


def test_signing_in_makes_a_new_session_and_ends_the_one_before(house: House) -> None:
    browser, _ = signed_in(house)
    before = browser.get_cookie("contactpoints")
    assert before is not None
    browser.post(SESSION, json={"user": "ada", "password": PASSWORD})
    after = browser.get_cookie("contactpoints")
    assert after is not None
    assert before.value != after.value
    old = {"Cookie": f"contactpoints={before.value}"}
    assert house.ask("GET", SESSION, old).status_code == 401
    chosen = {"Cookie": "contactpoints=" + "A" * 43}
    fixed = house.ask("POST", SESSION, chosen, json={"user": "ada", "password": PASSWORD})
    assert "A" * 43 not in fixed.headers["Set-Cookie"]


@pytest.mark.parametrize("limit", ["session_idle", "session_longest"])
def test_a_session_ends_by_itself(
    build: Build, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(**{limit: 100.0})
    browser, _ = signed_in(house)
    import contactpoints.access.sessions as module

    real = module.time.time
    for later, status in ((90.0, 200), (110.0 if limit == "session_longest" else 191.0, 401)):
        monkeypatch.setattr(module.time, "time", lambda later=later: real() + later)
        assert browser.get(SESSION).status_code == status
        house.stored()  # that it was seen is stored


def test_another_password_or_role_counts_at_once(house: House) -> None:
    browser, word = signed_in(house)
    other, _ = browser, word
    second = house.client()
    second.post(SESSION, json={"user": "ada", "password": PASSWORD})
    wish = {"current": PASSWORD, "password": PASSWORD + "!"}
    wrong = wish | {"current": "wrong password"}
    headers = {WORD: word}
    assert browser.put(SESSION + "/password", json=wrong, headers=headers).status_code == 400
    assert browser.put(SESSION + "/password", json=wish, headers=headers).status_code == 200
    assert other.get(SESSION).status_code == 200
    assert second.get(SESSION).status_code == 401
    house.gate.users.set_role(BY, "ada", VIEWER)
    assert browser.get(SESSION).get_json()["role"] == "viewer"
    assert change(browser, X_CSRF_Token=word) == 403
    house.gate.users.set_password(BY, "ada", PASSWORD)
    assert browser.get(SESSION).status_code == 401


def test_a_user_who_is_deleted_is_signed_out(house: House) -> None:
    browser, _ = signed_in(house)
    house.gate.users.delete(BY, "ada")
    assert browser.get(SESSION).status_code == 401


FORGED = [
    {},
    {WORD: ""},
    {WORD: "A" * 43},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_a_forged_request_with_a_session_changes_nothing(
    house: House, headers: dict[str, str]
) -> None:
    browser, word = signed_in(house)
    before = house.stored()
    given = headers if WORD in headers or not headers else {WORD: word, **headers}
    method, path, wish = CHANGE
    assert browser.open(path, method=method, json=wish, headers=given).status_code == 403
    assert house.stored() == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Referer": "http://localhost/tokens"}, 201),
        ({}, 201),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Referer": "http://evil.example/"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
    ids=str,
)
def test_what_a_browser_adds_by_itself_counts_only_from_our_own_pages(
    build: Build, headers: dict[str, str], status: int
) -> None:
    """A session, a password that the browser remembers, and the place that it asks from."""
    house = build(given=False)
    method, path, wish = CHANGE
    anonymous = house.ask(method, path, headers, json={"name": "a", "role": "admin"})
    assert anonymous.status_code == status
    browser, word = signed_in(house)
    got = browser.open(path, method=method, json=wish, headers={WORD: word, **headers})
    assert got.status_code == status
    got = house.ask(method, path, basic("ada", PASSWORD) | headers, json=wish)
    assert got.status_code == status
    got = house.client().post(SESSION, json={"user": "ada", "password": PASSWORD}, headers=headers)
    assert got.status_code == (200 if status == 201 else 403)
    token = house.gate.tokens.create(BY, "t", ADMIN).secret
    got = house.ask(method, path, bearer(token) | headers, json=wish)
    assert got.status_code == 201, "no browser adds a bearer token by itself"


def test_a_form_brings_the_word_in_a_field(house: House) -> None:
    browser, word = signed_in(house, EDITOR)
    for fields, status in (({}, 403), ({"csrf_token": "x"}, 403), ({"csrf_token": word}, 404)):
        assert browser.post("/api/v1/deliveries/1/retry", data=fields).status_code == status


def test_an_open_service_lets_this_machine_do_everything(build: Build) -> None:
    house = build(given=False)
    found = house.ask("GET", SESSION).get_json()
    assert (found["name"], found["role"], found["kind"]) == ("anonymous", "admin", "open")
    assert house.ask("POST", "/webhook/ops", data=body()).status_code == 202
    assert house.ask("GET", SESSION, bearer("anything")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "10.0.0.1:9095"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"X-Forwarded-Host": "alerts.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize(("method", "path"), [("GET", SESSION), ("POST", "/webhook/ops")])
def test_an_open_service_answers_to_nobody_else(
    build: Build, headers: dict[str, str], method: str, path: str
) -> None:
    """Not to a name that another site lets lead here, nor to what a proxy passes on."""
    house = build(given=False)
    got = house.ask(method, path, headers, data=body() if method == "POST" else None)
    assert got.status_code == 403
    assert "contactpoints token create" in got.text
    far = house.ask(method, path, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert far.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:9095", "[::1]:9095", "LOCALHOST", "a.localhost:1"])
def test_an_open_service_is_called_by_the_names_of_this_machine(build: Build, host: str) -> None:
    assert build(given=False).ask("GET", SESSION, {"Host": host}).status_code == 200


def test_once_somebody_has_access_the_service_is_not_open_any_more(build: Build) -> None:
    house = build(given=False)
    wish = {"name": "t", "role": "admin"}
    made = house.ask("POST", "/api/v1/access/tokens", json=wish).get_json()
    assert house.ask("GET", SESSION).status_code == 401
    assert house.ask("GET", SESSION, bearer(made["token"])).status_code == 200
    house.gate.tokens.revoke(BY, made["id"], force=True)
    assert house.ask("GET", SESSION).status_code == 401, "what ends does not open the door"


def test_no_other_site_may_read_an_answer(lasting: House) -> None:
    headers = {"Origin": "https://evil.example", **bearer(lasting.tokens[VIEWER])}
    for method in ("GET", "OPTIONS"):
        asked = {**headers, "Access-Control-Request-Method": "GET"}
        got = lasting.ask(method, SESSION, asked)
        assert not [name for name, _ in got.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", [SESSION, "/nothing", "/api/docs", "/api/openapi.json"])
def test_every_answer_tells_browsers_what_to_leave_alone(lasting: House, path: str) -> None:
    got = lasting.ask("GET", path, bearer(lasting.tokens[VIEWER]))
    policy = got.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Referrer-Policy"] == "same-origin"
    assert got.headers["Cache-Control"] == "no-store"
    assert lasting.ask("GET", SESSION).headers["X-Content-Type-Options"] == "nosniff"


def test_proxies_are_believed_as_far_as_they_are_told_of(build: Build) -> None:
    house = build(given=False, proxies=1, bind="0.0.0.0:1", admin_password=PASSWORD)
    headers = {
        "X-Forwarded-For": "198.51.100.9, 192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "alerts.example",
        "Origin": "https://alerts.example",
    }
    wish = {"user": "admin", "password": PASSWORD}
    got = house.ask("POST", SESSION, headers, json=wish)
    assert "__Host-contactpoints" in got.headers["Set-Cookie"]
    audit = house.ask("GET", "/api/v1/audit", basic("admin", PASSWORD)).get_json()
    assert audit["entries"][0]["address"] == "192.0.2.1"


def test_a_body_that_is_too_large_is_not_read(build: Build) -> None:
    house = build(max_body=1000)
    token = bearer(house.tokens[ADMIN])
    got = house.ask("POST", "/api/v1/access/tokens", token, data=b"x" * 1500)
    assert got.status_code == 413
    assert house.ask("POST", "/sign-in", data={"user": "x" * 100_000}).status_code in (
        401,
        404,
        413,
    )
