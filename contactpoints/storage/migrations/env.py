"""Alembic runs this for each of its commands: on our connection, in our transaction."""

from alembic import context

from contactpoints.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making another one
)
context.run_migrations()
