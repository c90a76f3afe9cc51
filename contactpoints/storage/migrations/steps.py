"""Steps: Alembic told where the migrations are, without a file of settings."""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from contactpoints.storage import migrations

log = logging.getLogger(__name__)


def configuration(connection: Connection) -> Config:
    """What Alembic needs to know."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations.FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def take(connection: Connection, start: str | None) -> None:
    """All steps that are missing; ``start`` is one that was taken though nobody noted it."""
    config = configuration(connection)
    if start:
        command.stamp(config, start)
    before = migrations.revision(connection)
    command.upgrade(config, "head")
    log.info("database=migrated before=%s now=%s", before, migrations.revision(connection))
