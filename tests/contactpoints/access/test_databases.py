"""The gate on both databases, and while there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from contactpoints.access.checking import PER_NAME
from contactpoints.access.gate import Gate
from contactpoints.access.opening import OpenToStrangersError
from contactpoints.access.refusals import EndedError, NotLetInError, ThrottledError
from contactpoints.access.roles import ADMIN, INGEST, VIEWER
from contactpoints.admin.refusals import ConflictError
from contactpoints.environment import Environment
from contactpoints.storage import wrong_passwords as counted
from contactpoints.storage.audits import find
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.tables import wrong_passwords
from contactpoints.storage.writer import Writer
from tests.contactpoints.access.house import BY, PASSWORD, basic, bearer

TOKEN = "0123456789abcdef0123456789"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'c.db'}"
    found: str = request.getfixturevalue("postgresql").database()
    return found


class Opened:
    """A gate with a database of its own connections, as each process has it."""

    def __init__(self, url: str, **options: str) -> None:
        self.database = Database(url)
        self.writer = Writer(self.database)
        environment = Environment(database_url=url, bind="0.0.0.0:1", **options)  # type: ignore[arg-type]
        self.gate = Gate(self.database, self.writer, environment)

    def who(self, headers: dict[str, str]) -> str:
        return self.gate.checker.identify(headers["Authorization"], None, "192.0.2.1").name

    def close(self) -> None:
        self.writer.stop()
        self.database.close()


@pytest.fixture
def opened(url: str) -> Iterator[Opened]:
    made = Opened(url)
    yield made
    made.close()


def test_access_is_given_and_taken(opened: Opened) -> None:
    gate = opened.gate
    with pytest.raises(OpenToStrangersError):
        gate.settle()
    made = gate.tokens.create(BY, "root", ADMIN, None, time.time() + 3600)
    gate.settle()
    assert opened.who(bearer(made.secret)) == "root"
    assert gate.users.create(BY, "Ada", VIEWER, PASSWORD) == "ada"
    with pytest.raises(ConflictError):
        gate.users.create(BY, "ada", VIEWER, PASSWORD)
    assert opened.who(basic("ADA", PASSWORD)) == "ada"
    identity, number = gate.checker.sign_in("ada", PASSWORD, "")
    session = gate.sessions.open(BY, number)
    assert gate.checker.identify(None, session.secret, "").role == identity.role == VIEWER
    gate.users.set_password(BY, "ada", PASSWORD + "!")
    with pytest.raises(NotLetInError):
        gate.checker.identify(None, session.secret, "")
    with pytest.raises(ConflictError):
        gate.tokens.revoke(BY, made.id)
    gate.users.set_role(BY, "ada", ADMIN)
    gate.tokens.revoke(BY, made.id)
    with pytest.raises(EndedError):
        opened.who(bearer(made.secret))
    gate.users.delete(BY, "ada", force=True)
    assert [row["name"] for row in gate.users.listed()] == []
    with gate.store.reading() as connection:
        assert [entry["action"] for entry in find(connection)] == [
            *("user.delete", "token.revoke", "user.role", "user.password"),
            *("session.open", "user.create", "token.create"),
        ]


def test_a_user_has_a_bounded_number_of_sessions(opened: Opened) -> None:
    gate = opened.gate
    gate.users.create(BY, "ada", VIEWER, PASSWORD)
    _, number = gate.checker.sign_in("ada", PASSWORD, "")
    secrets = [gate.sessions.open(BY, number).secret for _ in range(60)]
    with pytest.raises(NotLetInError):
        gate.checker.identify(None, secrets[0], "")
    assert gate.checker.identify(None, secrets[-1], "").name == "ada"


def test_processes_that_start_together_declare_one_administrator(url: str) -> None:
    gates = [Opened(url, admin_token=TOKEN, admin_password=PASSWORD) for _ in range(4)]
    threads = [threading.Thread(target=each.gate.settle) for each in gates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in gates:
        each.gate.settle()
        assert each.who(bearer(TOKEN)) == "environment"
        assert each.who(basic("admin", PASSWORD)) == "admin"
    assert len(gates[0].gate.tokens.listed()) == len(gates[0].gate.users.listed()) == 1
    for each in gates:
        each.close()


def test_while_the_database_is_gone_nobody_is_let_in(tmp_path: Path) -> None:
    """Neither as open, nor with what was valid; what is declared is stored once it is back."""
    place = tmp_path / "gone"
    place.write_text("")
    opened = Opened(f"sqlite:///{place / 'c.db'}", admin_token=TOKEN)
    opened.gate.settle()
    for headers in (bearer(TOKEN), basic("admin", PASSWORD)):
        with pytest.raises(StorageError):
            opened.who(headers)
    with pytest.raises(StorageError):
        opened.gate.checker.identify(None, None, "127.0.0.1")
    place.unlink()
    opened.gate.declared.settle()
    assert opened.who(bearer(TOKEN)) == "environment"
    assert opened.gate.tokens.create(BY, "t", INGEST).role is INGEST
    opened.close()


def test_a_process_that_only_delivers_shows_its_metrics_to_the_same_people(
    tmp_path: Path,
) -> None:
    from contactpoints.web.beside import listen
    from tests.contactpoints.process import free_port
    from tests.contactpoints.service import Service, setup_of

    service = Service(tmp_path / "c.db", setup_of())
    gate = Gate(service.database, service.writer, Environment(admin_token=TOKEN))
    port = free_port()
    server = listen(service, f"127.0.0.1:{port}")
    asked = f"http://127.0.0.1:{port}/metrics"
    try:
        assert requests.get(asked, timeout=10).status_code == 200, "nobody was given access yet"
        gate.settle()
        assert requests.get(asked, timeout=10).status_code == 401
        assert requests.get(asked, headers=bearer(TOKEN), timeout=10).status_code == 200
        assert requests.get(f"http://127.0.0.1:{port}/-/healthy", timeout=10).status_code == 200
        assert [row["id"] for row in gate.tokens.listed()] == ["environment"]
    finally:
        server.shutdown()
        server.server_close()
        service.stop()


def tries(opened: Opened, *passwords: str, address: str = "192.0.2.1") -> list[str]:
    """What becomes of passwords for "ada", one after the other."""
    found = []
    for password in passwords:
        try:
            found.append(opened.gate.checker.sign_in("ada", password, address)[0].name)
        except ThrottledError as error:
            found.append("later" if 0 < error.wait <= 30 else f"in {error.wait} s")
        except NotLetInError:
            found.append("wrong")
    return found


def test_more_processes_allow_no_more_tries(url: str) -> None:
    one, two = Opened(url), Opened(url)
    one.gate.users.create(BY, "ada", ADMIN, PASSWORD)
    assert tries(one, "a", "b") == tries(two, "c", "d") == ["wrong", "wrong"]
    assert tries(one, "e", "f") == ["wrong", "later"]
    assert tries(two, "g", "h", PASSWORD) == ["later"] * 3
    assert tries(two, PASSWORD, address="192.0.2.2") == ["ada"]
    with two.database.reading() as connection:  # what was tried, and from where, is not stored
        kept = str(connection.execute(select(wrong_passwords)).all())
    assert "ada" not in kept
    assert "192" not in kept
    one.close()
    two.close()


def test_strangers_do_not_keep_a_name_out_where_it_came_in_before(opened: Opened) -> None:
    gate = opened.gate
    gate.users.create(BY, "ada", ADMIN, PASSWORD)
    assert tries(opened, PASSWORD, address="192.0.2.7") == ["ada"]
    for _ in range(PER_NAME.burst):
        gate.checker.tries.count([("name ada", PER_NAME)])
    gate.users.set_password(BY, "ada", PASSWORD + "!")  # so nobody remembers it
    assert tries(opened, PASSWORD + "!", address="192.0.2.8") == ["later"]
    assert tries(opened, "wrong", PASSWORD + "!", address="192.0.2.7") == ["wrong", "ada"]
    assert tries(opened, *"abcde", address="192.0.2.7")[-1] == "later", "but guess it may not"


def test_wrong_tries_count_for_a_while_and_are_forgotten(opened: Opened) -> None:
    with opened.database.writing() as connection:
        for now in (100.0, 101.0, 200.0):
            counted.count(connection, {"a": 30.0, "b": 6.0}, now)
        assert counted.look(connection, ["a", "b", "c"]) == {"a": 230.0, "b": 206.0}
        counted.count(connection, {"a": 30.0}, 201.0)
        assert counted.look(connection, ["a"]) == {"a": 260.0}
        counted.keep(connection, "d", 1000.0)
        counted.count(connection, {"c": 1.0}, 999.0)
        assert counted.look(connection, "abcd") == {"c": 1000.0, "d": 1000.0}
