"""At hand: what the commands of access share: the gate of a database, and how errors are said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from contactpoints.access.gate import Gate
from contactpoints.admin.refusals import Refused
from contactpoints.environment import Environment, EnvironmentProblem
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.writer import Writer


@contextmanager
def gate(environment: Environment) -> Iterator[Gate]:
    """The gate of the environment's database, with errors said as those of a command."""
    database = Database(environment.database_url)
    writer = Writer(database)
    try:
        yield Gate(database, writer, environment)
    except EnvironmentProblem as error:
        raise click.UsageError(str(error)) from None
    except Refused as error:
        wrong = [f"{each['path']}: {each['message']}" for each in error.errors]
        raise click.ClickException("\n".join([error.message, *wrong])) from None
    except StorageError as error:
        raise click.ClickException(f"the database cannot be used: {error}") from None
    finally:
        writer.stop()
        database.close()
