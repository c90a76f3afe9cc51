"""Writes the next migration: what tables.py says and the steps so far do not.

python -m contactpoints.storage.migrations "what changes"
"""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from contactpoints.storage.migrations import revisions, upgrade
from contactpoints.storage.migrations.steps import configuration


def main(message: str) -> None:
    """The difference is found on an empty SQLite database."""
    with create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        config = configuration(connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(
            config, message, autogenerate=True, rev_id=f"{int(revisions()[-1]) + 1:04d}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
