"""Migrations: every database comes to the tables of this program, or is refused with a sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text

from contactpoints.storage import migrations
from contactpoints.storage.database import Database
from contactpoints.storage.failing import UnsuitableDatabaseError
from contactpoints.storage.tables import metadata
from tests.contactpoints import process

ROOT = Path(__file__).parents[3]
Make = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes databases: each is a new one, and has no tables."""
    made: list[Database] = []

    def build() -> Database:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'c{len(made)}.db'}"
        else:
            url = request.getfixturevalue("postgresql").database()
        made.append(Database(url))
        return made[-1]

    yield build
    for database in made:
        database.close()


def catalogue(connection: Connection) -> dict[str, Any]:
    """What is there, as the database says it: columns and indexes with all that they are."""
    if connection.dialect.name == "sqlite":
        tables = text("SELECT m.name, c.* FROM sqlite_master m, pragma_table_xinfo(m.name) c")
        indexes = text("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    else:
        tables = text(
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, "
            "column_default FROM information_schema.columns WHERE table_schema = 'public'"
        )
        indexes = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {
        "columns": sorted(map(str, connection.execute(tables))),
        "indexes": sorted(map(str, connection.execute(indexes))),
    }


def test_the_migrations_lead_to_the_tables_that_the_program_uses(empty: Make) -> None:
    """Alembic finds no difference, and the databases themselves do not either."""
    database, other = empty(), empty()
    database.prepare()
    with other.engine.begin() as connection:
        metadata.create_all(connection)
        MigrationContext.configure(connection)._ensure_version_table()
        wanted = catalogue(connection)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert catalogue(connection) == wanted


def test_a_difference_would_be_found(empty: Make) -> None:
    database = empty()
    database.prepare()
    changed = MetaData()
    for table in metadata.sorted_tables:
        if table.name != "targets":
            table.to_metadata(changed)
    changed.tables["lanes"].c.owner.nullable = False
    with database.reading() as connection:
        found = compare_metadata(MigrationContext.configure(connection), changed)
    assert len(found) == 2


def test_a_database_from_before_migrations_is_taken_as_it_is(empty: Make) -> None:
    database = empty()
    first = MetaData()
    for name in migrations.BEFORE:
        metadata.tables[name].to_metadata(first)
    with database.engine.begin() as connection:
        first.create_all(connection)
        connection.execute(
            text(
                "INSERT INTO targets (target, failures, open_at, tokens, refilled_at) "
                "VALUES ('kept', 1, 2, 3, 4)"
            )
        )
    database.prepare()
    with database.reading() as connection:
        assert migrations.is_current(connection)
        assert connection.scalar(text("SELECT target FROM targets")) == "kept"


def test_a_database_of_a_later_program_is_refused_and_left_alone(empty: Make) -> None:
    database = empty()
    database.prepare()
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    later = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(UnsuitableDatabaseError, match=r"'9999'.*a later version.*another database"):
        later.prepare()
    with later.engine.begin() as connection:
        assert migrations.revision(connection) == "9999"
    later.close()


def test_the_service_does_not_start_on_it(make: process.Make, empty: Make) -> None:
    """Neither the web side nor a worker: it says why, and ends."""
    database = empty()
    database.prepare()
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("serve", "deliver"):
        started = make(
            process.webhook_config(ops="http://127.0.0.1:9"),
            DATABASE_URL=database.url.render_as_string(hide_password=False),
        ).start("app", command)
        assert started.process
        assert started.process.wait(20) == 1
        assert "a later version" in started.log
        assert "Traceback" not in started.log


def test_tables_of_another_program_are_refused_and_left_alone(empty: Make) -> None:
    database = empty()
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notifications (text VARCHAR(9))"))
    with pytest.raises(UnsuitableDatabaseError, match=r"named notifications but not attempts"):
        database.prepare()
    with database.engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["notifications"]


def test_processes_that_start_together_make_the_tables_once(empty: Make) -> None:
    url = empty().url.render_as_string(hide_password=False)
    program = (
        "import sys\n"
        "from contactpoints.storage.database import Database\n"
        "database = Database(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "database.prepare()\n"
        "print('alembic' in sys.modules)\n"
    )
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT,
        )
        for _ in range(4)
    ]  # fmt: skip
    for each in processes:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    for each in processes:
        _, errors = each.communicate(timeout=60)
        assert each.returncode == 0, errors
    last = subprocess.run(
        [sys.executable, "-c", program, url],
        input="\n", capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert last.stdout.split() == ["ready", "False"]  # nothing to do: no time spent on Alembic


STEP = '''"""A step to try."""

import sqlalchemy as sa
from alembic import op

revision = "{number:04d}"
down_revision = "{before:04d}"


def upgrade() -> None:
    op.create_table("people", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("targets") as table:
        table.add_column(sa.Column("colour", sa.Text, nullable=False, server_default="red"))
    {more}
'''


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Adds a step to those that there are, or changes it."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = int(migrations.revisions()[-1])

    def add(more: str) -> None:
        monkeypatch.setattr(migrations, "FOLDER", folder)
        migrations.revisions.cache_clear()
        file = folder / "versions" / f"{before + 1:04d}_try.py"
        file.write_text(STEP.format(number=before + 1, before=before, more=more))

    yield add
    migrations.revisions.cache_clear()


def test_a_step_is_taken_whole_or_not_at_all(empty: Make, step: Callable[[str], None]) -> None:
    database = empty()
    database.prepare()
    url = database.url.render_as_string(hide_password=False)
    with database.engine.begin() as connection:
        before = catalogue(connection)
        connection.execute(
            text("INSERT INTO targets VALUES ('kept', 1, 2, 3, 4)"),
        )
    step("raise OSError('no more')")
    for _ in range(2):
        broken = Database(url)
        with pytest.raises(OSError, match="no more"):
            broken.prepare()
        with broken.engine.begin() as connection:
            assert catalogue(connection) == before
        broken.close()
    step("pass")
    whole = Database(url)
    whole.prepare()
    with whole.reading() as connection:
        assert migrations.is_current(connection)
        assert connection.execute(text("SELECT target, colour FROM targets")).all() == [
            ("kept", "red")
        ]
    whole.close()


def test_the_numbers_of_the_steps_are_the_order_that_alembic_sees() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.set_main_option("path_separator", "os")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert tuple(step.revision for step in reversed(steps)) == migrations.revisions()
    assert migrations.revisions()[0] == migrations.FIRST
    assert all(step.doc for step in steps)


def test_the_next_step_is_written_from_what_the_tables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ``python -m contactpoints.storage.migrations "people"`` does."""
    for name in ("contactpoints", "alertmanager_configs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    tables = tmp_path / "contactpoints" / "storage" / "tables.py"
    added = 'people = Table("people", metadata, Column("id", Id, primary_key=True))\n'
    tables.write_text(f"{tables.read_text()}\n{added}")
    subprocess.run(
        [sys.executable, "-m", "contactpoints.storage.migrations", "people have names"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    number = f"{int(migrations.revisions()[-1]) + 1:04d}"
    folder = tmp_path / "contactpoints" / "storage" / "migrations" / "versions"
    written = (folder / f"{number}_people_have_names.py").read_text()
    assert written.startswith('"""People have names."""\n')
    assert "op.create_table('people'" in written
    assert written.count("op.") == 1


def test_all_that_the_steps_need_is_in_packages_and_so_in_the_wheel() -> None:
    for file in migrations.FOLDER.rglob("*.py"):
        assert (file.parent / "__init__.py").exists()
