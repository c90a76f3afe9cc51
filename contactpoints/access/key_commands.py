"""The command ``contactpoints key``: the key that stored setups are sealed with."""

from __future__ import annotations

import time
from typing import Any

import click

from contactpoints.access.at_hand import gate
from contactpoints.access.identity import COMMAND
from contactpoints.options import environment_of, variable
from contactpoints.storage.audits import Entry
from contactpoints.storage.sealing import Keyring, new_key
from contactpoints.storage.setups import read, reseal


@click.group()
def key() -> None:
    """Make and change the key that the stored setup is sealed with.

    Example: contactpoints key new
    """


@key.command("new")
def new() -> None:
    """Print a new key, for CONTACTPOINTS_SECRET_KEY or a file.

    Example: contactpoints key new > /etc/contactpoints/key
    """
    click.echo(new_key())


@key.command("rotate")
@variable("database_url")
def rotate(database_url: str | None) -> None:
    """Seal everything that is stored anew.

    A key in a file gets a successor there. A key in CONTACTPOINTS_SECRET_KEY is changed by you: put
    the new one before the old one, with a comma, start the service again, then run this; after it
    the old one may go.

    Example: contactpoints key rotate
    """
    with gate(environment_of(database_url=database_url)) as its:
        environment = its.environment
        ring = Keyring(environment.secret_key, environment.secret_key_file, its.store.path)
        with its.store.reading() as connection:
            newest = read(connection)
        seal = ring.seal(make=newest is None)
        if newest:  # with a wrong key nothing is begun
            seal.open(newest[1])
        if not environment.secret_key:
            ring.prepend(new_key())
            seal = ring.seal()
        entry = Entry(at=time.time(), who=COMMAND.name, role=COMMAND.role, action="key.rotate")

        def again(connection: Any) -> int:
            return reseal(connection, [(seal.again, entry)])[0]

        count = its.store.carry_out(again)
    click.echo(f"{count} versions of the setup are sealed anew", err=True)
