"""Stored setups are sealed: with which key, where it comes from, and how it is changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contactpoints.admin.administration import Admin
from contactpoints.storage.sealing import Keyring, Seal, SealingError, make_file, new_key, read_file
from contactpoints.storage.setups import read
from tests.contactpoints.admin.administered import add, administered, row
from tests.contactpoints.process import ROOT

DOCUMENT = {"contactPoints": [{"settings": {"password": "hidden \ud83d half a character"}}]}


def test_what_is_sealed_opens_with_the_same_key_and_shows_nothing() -> None:
    key = new_key()
    sealed = Seal([key], "the test").close(DOCUMENT)
    assert Seal([key], "the test").open(sealed) == DOCUMENT
    assert b"hidden" not in sealed
    with pytest.raises(SealingError) as refused:
        Seal([new_key()], "CONTACTPOINTS_SECRET_KEY").open(sealed)
    assert "another key than CONTACTPOINTS_SECRET_KEY gives" in str(refused.value)
    assert key not in str(refused.value)


def test_of_several_keys_the_first_seals_and_all_open() -> None:
    old, new = new_key(), new_key()
    sealed = Seal([old], "").close(DOCUMENT)
    both = Seal([new, old], "")
    assert both.open(sealed) == DOCUMENT
    assert Seal([new], "").open(both.again(sealed)) == DOCUMENT


@pytest.mark.parametrize("key", ["short", "ä" * 44, "", "x" * 44 + "="])
def test_what_is_no_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SealingError, match="44 characters") as refused:
        Seal([key], "CONTACTPOINTS_SECRET_KEY")
    assert not key or key not in str(refused.value)


def test_the_environments_key_goes_before_a_file_and_a_file_before_the_one_that_is_made(
    tmp_path: Path,
) -> None:
    given = tmp_path / "given.key"
    make_file(given)
    assert Keyring([new_key()], str(given), tmp_path / "x.db").seal().source.startswith("CONTACT")
    assert str(given) in Keyring([], str(given), tmp_path / "x.db").seal().source
    assert not (tmp_path / "x.key").exists()
    assert str(tmp_path / "x.key") in Keyring([], "", tmp_path / "x.db").seal().source
    with pytest.raises(SealingError, match="missing"):
        Keyring([], str(tmp_path / "none"), tmp_path / "x.db").seal()
    with pytest.raises(SealingError, match="CONTACTPOINTS_SECRET_KEY"):
        Keyring([], "", None).seal()


def test_processes_that_start_together_make_one_key(tmp_path: Path) -> None:
    path = tmp_path / "var" / "contactpoints.key"
    program = (
        "import sys; from pathlib import Path; from contactpoints.storage.sealing import Keyring;"
        f"Keyring([], '', Path({str(path.with_suffix('.db'))!r})).seal();"
        f"print(Path({str(path)!r}).read_text())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(8)
    ]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert len(said) == 1
    assert all(process.returncode == 0 for process in running)
    assert path.stat().st_mode & 0o777 == 0o600
    Seal(read_file(path), "")


def test_a_key_that_is_changed_in_its_file_is_used_by_a_service_that_runs(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    (old,) = read_file(tmp_path / "stored.key")
    admin.keyring.prepend(new_key())
    new, kept = read_file(tmp_path / "stored.key")
    assert kept == old != new
    assert (tmp_path / "stored.key").stat().st_mode & 0o777 == 0o600
    add(admin, row("dev"))
    with pytest.raises(SealingError):
        Seal([old], "").open(sealed_of(admin, 2))
    assert Seal([new], "").open(sealed_of(admin, 2))
    admin.service.stop()


def sealed_of(admin: Admin, number: int) -> bytes:
    with admin.service.database.reading() as connection:
        found = read(connection, number)
    assert found
    return found[1]


def rotate(database: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from app import main; main()", "key", "rotate"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "CONTACTPOINTS_DATABASE_URL": f"sqlite:///{database}",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_key_is_rotated_under_a_service_that_runs(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    add(admin, row("dev"))
    (old,) = read_file(tmp_path / "stored.key")
    done = rotate(tmp_path / "stored.db")
    assert done.returncode == 0, done.stderr
    assert "2 versions" in done.stderr
    new, _ = read_file(tmp_path / "stored.key")
    assert new != old
    assert new not in done.stderr + done.stdout
    add(admin, row("more"))
    for number in (1, 2, 3):
        assert Seal([new], "").open(sealed_of(admin, number))
        with pytest.raises(SealingError):
            Seal([old], "").open(sealed_of(admin, number))
        assert admin.keeper.version(number).document
    admin.service.stop()
    again = administered(tmp_path / "stored.db")
    assert list(again.service.directory.names) == ["ops", "dev", "more"]
    again.service.stop()


def test_a_key_of_the_environment_is_rotated_by_naming_both(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    admin = administered(tmp_path / "stored.db", secret_key=(old,))
    add(admin, row("ops"))
    admin.service.stop()
    done = rotate(tmp_path / "stored.db", CONTACTPOINTS_SECRET_KEY=f"{new},{old}")
    assert done.returncode == 0, done.stderr
    admin = administered(tmp_path / "stored.db", secret_key=(new,))
    assert list(admin.service.directory.names) == ["ops"]
    admin.service.stop()


def test_with_a_wrong_key_nothing_is_rotated(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, row("ops"))
    admin.service.stop()
    key = (tmp_path / "stored.key").read_text()
    (tmp_path / "stored.key").write_text(new_key())
    wrong = (tmp_path / "stored.key").read_text()
    done = rotate(tmp_path / "stored.db")
    assert done.returncode == 1
    assert "another key" in done.stderr
    assert (tmp_path / "stored.key").read_text() == wrong
    (tmp_path / "stored.key").unlink()
    assert rotate(tmp_path / "stored.db").returncode == 1
    assert not (tmp_path / "stored.key").exists()
    (tmp_path / "stored.key").write_text(key)
    assert rotate(tmp_path / "stored.db").returncode == 0
