"""Migrations: a database is brought to the tables that this program knows, step by step.

Each file of ``versions`` is one step: its name begins with the number that is its revision. To add
one, change :mod:`contactpoints.storage.tables` and run ``python -m contactpoints.storage.migrations
"what changes"``; it writes the file, which is then to be read and tested. A step that is published
is never changed.

Alembic carries the steps out. It is imported only when there is a step to take.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from contactpoints.storage.failing import UnsuitableDatabaseError

FOLDER = Path(__file__).parent
TABLE = "alembic_version"  # Alembic's own name for where it keeps the revision
FIRST = "0001"
BEFORE = {"notifications", "deliveries", "attempts", "lanes", "targets"}
"""The tables of a database that was made before there were migrations: those of the first step."""


@cache
def revisions() -> tuple[str, ...]:
    """The numbers of all steps, in order."""
    return tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")))


def is_current(connection: Connection) -> bool:
    """Whether there is nothing to do."""
    return revision(connection) == revisions()[-1]


def revision(connection: Connection) -> str | None:
    """The last step that was taken, None for none."""
    if not inspect(connection).has_table(TABLE):
        return None
    row = connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").first()
    return str(row[0]) if row else None


def upgrade(connection: Connection) -> None:
    """Take all steps that are missing, in the transaction of ``connection``.

    The caller sees to it that nobody else does so at the same time.

    :raises UnsuitableDatabaseError: when the database is of a later program, or of another one.
    """
    stands = revision(connection)
    if stands == revisions()[-1]:
        return
    if stands is not None and stands not in revisions():
        raise UnsuitableDatabaseError(
            f"the database is at revision {stands[:32]!r} and this program knows those up to "
            f"{revisions()[-1]!r}: a later version of the program has used it; run that version, "
            "or another database"
        )
    start = None
    if stands is None:
        there = BEFORE & set(inspect(connection).get_table_names())
        if there and there != BEFORE:
            raise UnsuitableDatabaseError(
                f"the database has tables named {', '.join(sorted(there))} but not "
                f"{', '.join(sorted(BEFORE - there))}: it is not this program's; use another one"
            )
        start = FIRST if there else None

    logging.getLogger("alembic").setLevel(logging.WARNING)  # what it does is said once, by us
    from contactpoints.storage.migrations.steps import take

    take(connection, start)
