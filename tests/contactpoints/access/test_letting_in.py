"""Tokens, users and sessions: who is let in, and for how long."""

from __future__ import annotations

import json
import logging
import re
import statistics
import time
from typing import Any

import pytest

from contactpoints.access import passwords
from contactpoints.access.checking import nearby
from contactpoints.access.roles import ADMIN, EDITOR, INGEST, VIEWER, Role
from contactpoints.access.throttle import Limit, Throttle
from contactpoints.environment import EnvironmentProblem
from tests.contactpoints.access.conftest import Build
from tests.contactpoints.access.house import BY, PASSWORD, House, basic, bearer
from tests.contactpoints.posts import body

WHO = "/api/v1/session"


def test_a_token_is_shown_once_and_only_its_digest_is_stored(house: House) -> None:
    wish = {"name": "ci", "role": "editor", "expiresIn": 60}
    admin = bearer(house.tokens[ADMIN])
    made = house.ask("POST", "/api/v1/access/tokens", admin, json=wish)
    token = made.get_json()["token"]
    assert re.fullmatch(r"cp_[0-9a-f]{12}_[0-9a-f]{40}", token)
    assert made.headers["Cache-Control"] == "no-store"
    listed = house.ask("GET", "/api/v1/access/tokens", admin)
    secret = token.rpartition("_")[2]
    assert secret not in listed.text + "\n".join(house.stored())
    assert token.split("_")[1] in listed.text
    assert house.ask("GET", WHO, bearer(token)).get_json()["role"] == "editor"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_a_scheme_is_written_in_any_case(lasting: House, scheme: str) -> None:
    header = {"Authorization": f"{scheme} {lasting.tokens[VIEWER]}"}
    assert lasting.ask("GET", WHO, header).status_code == 200


@pytest.mark.parametrize("name", ["api_key", "", "admin", "x:y"])
def test_a_token_is_a_password_under_any_name(lasting: House, name: str) -> None:
    if ":" not in name:
        assert lasting.ask("GET", WHO, basic(name, lasting.tokens[VIEWER])).status_code == 200
    assert lasting.ask("GET", WHO, basic(name, "x")).status_code == 401


def test_a_token_ends_when_it_expires_or_is_revoked_at_once(house: House) -> None:
    admin = bearer(house.tokens[ADMIN])
    made = house.gate.tokens.create(BY, "a", VIEWER)
    assert house.ask("GET", WHO, bearer(made.secret)).status_code == 200
    assert house.ask("DELETE", f"/api/v1/access/tokens/{made.id}", admin).status_code == 200
    got = house.ask("GET", WHO, bearer(made.secret))
    assert (got.status_code, got.get_json()["message"]) == (401, "the token was revoked")
    assert house.ask("DELETE", f"/api/v1/access/tokens/{made.id}", admin).status_code == 404
    got = house.ask("GET", WHO, bearer(house.expired()))
    assert (got.status_code, got.get_json()["message"]) == (401, "the token has expired")


def test_a_revoked_token_posts_for_a_second_at_most(house: House) -> None:
    made = house.gate.tokens.create(BY, "a", INGEST)
    assert house.ask("POST", "/webhook/ops", bearer(made.secret), data=body()).status_code == 202
    house.gate.tokens.revoke(BY, made.id)
    time.sleep(1.05)
    assert house.ask("POST", "/webhook/ops", bearer(made.secret), data=body()).status_code == 401


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ({"name": "", "role": "viewer"}, "name"),
        ({"name": "a", "role": "root"}, "role"),
        ({"name": "a", "role": "public"}, "role"),
        ({"name": "a", "role": "editor", "contactPoint": "ops"}, "contactPoint"),
        ({"name": "a", "role": "ingest", "expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt"),
        ({"name": "a", "role": "ingest", "expiresIn": -1}, "expiresIn"),
        ({"name": "a", "role": "ingest", "expires": 1}, "expires"),
        ([], ""),
    ],
)
def test_a_token_that_could_not_be_used_is_not_made(lasting: House, wish: Any, path: str) -> None:
    before = lasting.stored()
    got = lasting.ask("POST", "/api/v1/access/tokens", bearer(lasting.tokens[ADMIN]), json=wish)
    assert got.status_code == 400
    assert [each["path"] for each in got.get_json()["errors"]] == [path]
    assert lasting.stored() == before


def test_a_bound_token_posts_to_its_contact_point_alone(house: House) -> None:
    token = bearer(house.bound("ops"))
    allowed = ["/webhook/ops", "/webhook/ops/u0"]
    refused = [
        "/webhook/dev",
        "/webhook/dev/u1",
        "/webhook/ops/x",
        "/webhook/none",
        "/webhook/ops/n",
    ]
    for path in allowed:
        assert house.ask("POST", path, token, data=body()).status_code == 202, path
    before = house.stored()
    for path in refused:
        got = house.ask("POST", path, token, data=body())
        assert got.status_code == 403, path
        assert "dev" not in got.text
    for path in (WHO, "/metrics", "/api/v1/deliveries"):
        assert house.ask("GET", path, token).status_code == 403
    assert house.stored() == before


def test_a_bound_token_posts_without_a_name_what_is_meant_for_it(house: House) -> None:
    token = bearer(house.bound("ops"))
    for receiver, status in (("ops", 202), ("dev", 403), ("nobody", 403)):
        got = house.ask("POST", "/webhook", token, data=body(receiver=receiver))
        assert got.status_code == status, receiver


def test_alertmanager_s_and_grafana_s_ways_to_show_a_token_reach_the_webhook(
    house: House,
) -> None:
    house.gate.users.create(BY, "ada", EDITOR, PASSWORD)
    token = house.bound("ops")
    for headers in (bearer(token), basic("grafana", token), basic("ada", PASSWORD)):
        assert house.ask("POST", "/webhook/ops", headers, data=body()).status_code == 202
    house.gate.users.create(BY, "eve", VIEWER, PASSWORD)
    got = house.ask("POST", "/webhook/ops", basic("eve", PASSWORD), data=body())
    assert got.status_code == 403


def test_users_are_made_changed_and_deleted(house: House) -> None:
    admin, path = bearer(house.tokens[ADMIN]), "/api/v1/access/users"
    wish = {"name": "Ada", "role": "editor", "password": PASSWORD}
    made = house.ask("POST", path, admin, json=wish)
    assert (made.status_code, made.get_json()["name"]) == (201, "ada")
    assert house.ask("POST", path, admin, json=wish).status_code == 409
    assert PASSWORD not in "\n".join(house.stored())
    assert house.ask("GET", WHO, basic("ADA", PASSWORD)).get_json()["role"] == "editor"
    assert house.ask("PATCH", path + "/ada", admin, json={"role": "viewer"}).status_code == 200
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).get_json()["role"] == "viewer"
    other = PASSWORD + "!"
    assert house.ask("PATCH", path + "/ada", admin, json={"password": other}).status_code == 200
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).status_code == 401
    assert house.ask("GET", WHO, basic("ada", other)).status_code == 200
    assert house.ask("DELETE", path + "/ada", admin).status_code == 200
    assert house.ask("GET", WHO, basic("ada", other)).status_code == 401
    assert house.ask("DELETE", path + "/ada", admin).status_code == 404


@pytest.mark.parametrize("password", ["short", "a" * 40, "a" * 2000])
def test_a_password_that_is_easy_to_guess_is_not_taken(lasting: House, password: str) -> None:
    wish = {"name": "eve", "role": "viewer", "password": password}
    got = lasting.ask("POST", "/api/v1/access/users", bearer(lasting.tokens[ADMIN]), json=wish)
    assert (got.status_code, got.get_json()["errors"][0]["path"]) == (400, "password")
    assert password not in got.text


def test_the_last_who_may_give_access_stays(build: Build) -> None:
    house = build(given=False)
    only = house.gate.tokens.create(BY, "only", ADMIN)
    headers = bearer(only.secret)
    path = f"/api/v1/access/tokens/{only.id}"
    assert house.ask("DELETE", path, headers).status_code == 409
    house.gate.users.create(BY, "ada", ADMIN, PASSWORD)
    assert house.ask("DELETE", path, headers).status_code == 200
    assert (
        house.ask("DELETE", "/api/v1/access/users/ada", basic("ada", PASSWORD)).status_code == 409
    )
    wish = {"role": "viewer"}
    got = house.ask("PATCH", "/api/v1/access/users/ada", basic("ada", PASSWORD), json=wish)
    assert got.status_code == 409


def test_a_password_is_hashed_by_argon2id_and_hashed_anew_when_its_costs_change(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "_hasher", cheap)
        house.gate.users.create(BY, "ada", VIEWER, PASSWORD)
    assert "$argon2id$v=19$m=8,t=1,p=1$" in "\n".join(house.stored())
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).status_code == 200
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in "\n".join(house.stored())
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).status_code == 200


def test_wrong_passwords_are_throttled_and_valid_tokens_are_not(house: House) -> None:
    house.gate.users.create(BY, "ada", ADMIN, PASSWORD)
    tries = [
        house.ask("POST", WHO, json={"user": "ada", "password": f"wrong password {number}"})
        for number in range(8)
    ]
    assert [got.status_code for got in tries] == [401] * 5 + [429] * 3
    assert 1 <= int(tries[-1].headers["Retry-After"]) <= 30
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).status_code == 429
    for role in Role:
        if role is not Role.PUBLIC:
            headers = bearer(house.tokens[role])
            assert house.ask("GET", WHO, headers).status_code in (200, 403)
            assert house.ask("GET", WHO, basic("ada", house.tokens[role])).status_code in (200, 403)


def test_wrong_tokens_are_throttled_and_valid_ones_are_not(house: House) -> None:
    answers = [
        house.ask("GET", WHO, bearer(f"cp_{number:012x}_{'0' * 40}")).status_code
        for number in range(60)
    ]
    assert set(answers[:50]) == {401}
    assert 429 in answers[50:]
    assert house.ask("GET", WHO, bearer(house.tokens[VIEWER])).status_code == 200


def test_the_same_wrong_credentials_again_are_no_further_guess(house: House) -> None:
    house.gate.users.create(BY, "ada", ADMIN, PASSWORD)
    for headers in (bearer("wrong"), basic("ada", "wrong"), basic("nobody", "wrong")):
        assert {house.ask("GET", WHO, headers).status_code for _ in range(70)} == {401}
    assert house.ask("GET", WHO, basic("ada", PASSWORD)).status_code == 200


def test_a_wrong_password_that_becomes_the_right_one_is_taken(house: House) -> None:
    house.gate.users.create(BY, "ada", VIEWER, PASSWORD)
    assert house.ask("GET", WHO, basic("ada", PASSWORD + "!")).status_code == 401
    house.gate.users.set_password(BY, "ada", PASSWORD + "!")
    assert house.ask("GET", WHO, basic("ada", PASSWORD + "!")).status_code == 200


def test_the_throttle_holds_a_bounded_number_of_callers_and_lets_go_with_time() -> None:
    now = [0.0]
    throttle, limit = Throttle(100, lambda: now[0]), Limit(2, 10.0)
    assert [throttle.take([("a", limit)]) for _ in range(3)] == [0.0, 0.0, 10.0]
    now[0] = 10.0
    assert [throttle.take([("a", limit)]) for _ in range(2)] == [0.0, 10.0]
    throttle.give_back([("a", limit)])
    assert throttle.take([("a", limit)]) == 0.0
    assert throttle.take([("b", limit), ("a", limit)]) > 0
    assert [throttle.take([("b", limit)]) for _ in range(3)] == [0.0, 0.0, 10.0]
    for number in range(1000):
        throttle.take([(str(number), limit)])
    assert len(throttle) == 100


def test_neighbours_in_ipv6_count_as_one() -> None:
    assert nearby("2001:db8::1") == nearby("2001:db8::ffff:1") != nearby("2001:db8:0:1::1")
    assert nearby("::ffff:192.0.2.1") == "192.0.2.1"


def test_whether_a_user_is_there_cannot_be_told_by_the_time_it_takes(house: House) -> None:
    """A password is hashed either way; what differs is less than half of that."""
    house.gate.users.create(BY, "ada", VIEWER, PASSWORD)
    verifier = house.gate.checker.verifier
    with house.gate.store.reading() as connection:
        from contactpoints.storage.access import user

        row: Any = user(connection, "ada")
    verifier.check("warm", "up", None)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(6):
        for there in times:
            begin = time.thread_time()
            verifier.check("ada", f"wrong password {number}", row.password if there else None)
            times[there].append(time.thread_time() - begin)
    known, unknown = (statistics.median(found) for found in times.values())
    assert known > 0.002  # seconds: the password was really looked at
    assert 0.5 < known / unknown < 2


def test_digests_are_compared_in_constant_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there is such a token or not, one comparison of two digests is made."""
    from contactpoints.access import tokens

    compared: list[tuple[int, int]] = []
    real = tokens.hmac.compare_digest

    def spy(a: bytes, b: bytes) -> bool:
        compared.append((len(a), len(b)))
        return real(a, b)

    monkeypatch.setattr(tokens.hmac, "compare_digest", spy)
    for token in (house.tokens[VIEWER], house.tokens[VIEWER][:-1] + "x", "cp_none", ""):
        house.ask("GET", WHO, bearer(token))
    assert compared == [(32, 32)] * 4


def test_nothing_secret_is_logged_or_written_down(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    admin = bearer(house.tokens[ADMIN])
    wish = {"name": "ada", "role": "viewer", "password": PASSWORD}
    house.ask("POST", "/api/v1/access/users", admin, json=wish)
    made = house.ask("POST", "/api/v1/access/tokens", admin, json={"name": "t", "role": "viewer"})
    signed = house.ask("POST", WHO, json={"user": "ada", "password": PASSWORD})
    wrong = "wrong-secret-in-a-header"
    house.ask("GET", WHO, bearer(wrong))
    house.ask("GET", WHO, basic(wrong, wrong))
    house.ask("POST", WHO, json={"user": wrong, "password": wrong})
    house.ask("GET", f"{WHO}?token={wrong}", {"Cookie": f"contactpoints={wrong}"})
    audit = house.ask("GET", "/api/v1/audit", admin).text
    cookie = signed.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    said = caplog.text + audit
    assert "access=refused" in caplog.text
    for secret in (
        *house.tokens.values(),
        made.get_json()["token"],
        PASSWORD,
        wrong,
        cookie,
        signed.get_json()["csrfToken"],
    ):
        assert secret not in said


def test_the_audit_log_tells_what_was_done_by_whom(house: House) -> None:
    admin = bearer(house.tokens[ADMIN])
    for number in range(3):
        wish = {"name": f"t{number}", "role": "viewer"}
        house.ask("POST", "/api/v1/access/tokens", admin, json=wish)
    found = house.ask("GET", "/api/v1/audit?limit=2", admin).get_json()
    assert [each["detail"] for each in found["entries"]] == ["t2: viewer", "t1: viewer"]
    assert found["entries"][0] | {"id": 0, "at": "", "object": ""} == {
        "id": 0,
        "at": "",
        "object": "",
        "who": "admin",
        "role": "admin",
        "address": "127.0.0.1",
        "action": "token.create",
        "detail": "t2: viewer",
    }
    following = house.ask("GET", found["next"], admin).get_json()
    assert following["entries"][0]["detail"] == "t0: viewer"
    assert house.ask("GET", "/api/v1/audit?limit=x", admin).status_code == 400


def test_the_environment_names_the_first_administrator(build: Build) -> None:
    token = "0123456789abcdef0123456789"
    house = build(given=False, bind="0.0.0.0:1", admin_password=PASSWORD, admin_token=token)
    for headers in (basic("admin", PASSWORD), bearer(token), basic("x", token)):
        assert house.ask("GET", WHO, headers).get_json()["role"] == "admin"
    wish = {"password": PASSWORD + "!"}
    got = house.ask("PATCH", "/api/v1/access/users/admin", bearer(token), json=wish)
    assert got.status_code == 409
    assert (
        house.ask("DELETE", "/api/v1/access/tokens/environment", bearer(token)).status_code == 409
    )
    assert token not in repr(house.gate.environment) + "\n".join(house.stored())
    assert PASSWORD not in repr(house.gate.environment)


def test_what_the_environment_says_no_more_ends(tmp_path: Any) -> None:
    token, file = "0123456789abcdef0123456789", tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    first = House(tmp_path, given=False, admin_token=token, admin_password_file=str(file))
    assert first.ask("GET", WHO, bearer(token)).status_code == 200
    first.stop()
    file.write_text("another password\n")
    second = House(tmp_path, given=False, admin_password_file=str(file))
    assert second.ask("GET", WHO, bearer(token)).status_code == 401
    assert second.ask("GET", WHO, basic("admin", PASSWORD)).status_code == 401
    assert second.ask("GET", WHO, basic("admin", "another password")).status_code == 200
    second.stop()


@pytest.mark.parametrize(
    "options",
    [
        {"admin_password": "short"},
        {"admin_token": "short"},
        {"admin_token": "with a space in the middle"},
        {"admin_password_file": "/nowhere/at/all"},
    ],
)
def test_an_administrator_that_cannot_be_is_said_at_start(
    tmp_path: Any, options: dict[str, str]
) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        House(tmp_path, **options)
    name, value = next(iter(options.items()))
    assert f"CONTACTPOINTS_{name.upper()}" in str(caught.value)
    assert value not in str(caught.value) or name.endswith("file") or value == "short"


def test_metrics_are_for_viewers_unless_the_operator_shows_them(build: Build) -> None:
    closed, shown = build(), build(public_metrics=True)
    assert closed.ask("GET", "/metrics").status_code == 401
    assert closed.ask("GET", "/metrics", bearer(closed.tokens[VIEWER])).status_code == 200
    assert shown.ask("GET", "/metrics").status_code == 200
    assert shown.ask("GET", "/api/v1/deliveries").status_code == 401


def test_the_answer_to_who_is_not_let_in_has_the_one_shape(lasting: House) -> None:
    got = lasting.ask("GET", WHO)
    assert set(json.loads(got.text)) == {"message", "statusCode"}
    assert got.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "Basic realm" in got.headers["WWW-Authenticate"]
    browser = lasting.ask("GET", WHO, {"Sec-Fetch-Mode": "cors"})
    assert "Basic" not in browser.headers["WWW-Authenticate"]


def test_a_post_without_the_right_to_is_counted(house: House) -> None:
    def refused() -> float:
        metrics = house.ask("GET", "/metrics", bearer(house.tokens[VIEWER])).text
        (line,) = re.findall(
            r'notifications_received_total\{answer="refused"\} (\S+)', metrics
        ) or ["0"]
        return float(line)

    before = refused()
    for headers in ({}, bearer("wrong"), bearer(house.tokens[VIEWER])):
        assert house.ask("POST", "/webhook/ops", headers, data=body()).status_code in (401, 403)
    assert refused() == before + 3
