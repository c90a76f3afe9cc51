"""The command ``contactpoints user``: people with passwords, which are never said as arguments."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from contactpoints.access.at_hand import gate
from contactpoints.access.identity import COMMAND
from contactpoints.access.people import ROLES
from contactpoints.access.roles import Role
from contactpoints.access.token_commands import day
from contactpoints.options import environment_of, variable

password_file = click.option(
    "--password-file",
    type=click.File("r", encoding="utf-8"),
    help="The file with the password, - for standard input; else it is asked for.",
)


@click.group()
def user() -> None:
    """Make, list, change and delete users.

    Example: contactpoints user create ada --role admin
    """


@user.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice([*map(str, ROLES)]), default="viewer", show_default=True)
@password_file
@variable("database_url")
def create(name: str, role: str, password_file: Any, database_url: str | None) -> None:
    """Make a user who signs in with a password.

    Example: pass show contactpoints | contactpoints user create ada --role admin --password-file -
    """
    password = asked_for(password_file)
    with gate(environment_of(database_url=database_url)) as its:
        name = its.users.create(COMMAND, name, Role(role), password)
    click.echo(f"user {name} is made: {role}", err=True)


@user.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@variable("database_url")
def listed(form: str, database_url: str | None) -> None:
    """Show the users there are.

    Example: contactpoints user list
    """
    with gate(environment_of(database_url=database_url)) as its:
        rows = its.users.listed()
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    line = "{:7}  {:10}  {:16}  {}"
    click.echo(line.format("ROLE", "CREATED", "PASSWORD CHANGED", "NAME"))
    for row in rows:
        click.echo(
            line.format(row["role"], day(row["created_at"]), day(row["changed_at"]), row["name"])
        )


@user.command("delete")
@click.argument("name")
@variable("database_url")
def delete(name: str, database_url: str | None) -> None:
    """Delete a user, who is signed out everywhere.

    Example: contactpoints user delete ada
    """
    with gate(environment_of(database_url=database_url)) as its:
        its.users.delete(COMMAND, name, force=True)
    click.echo(f"user {name} is deleted", err=True)


@user.command("password")
@click.argument("name")
@password_file
@variable("database_url")
def password(name: str, password_file: Any, database_url: str | None) -> None:
    """Give a user another password; all sessions of the user end.

    Example: contactpoints user password ada
    """
    given = asked_for(password_file)
    with gate(environment_of(database_url=database_url)) as its:
        its.users.set_password(COMMAND, name, given)
    click.echo(f"user {name} has another password", err=True)


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([*map(str, ROLES)]))
@variable("database_url")
def role(name: str, role: str, database_url: str | None) -> None:
    """Give a user another role.

    Example: contactpoints user role ada editor
    """
    with gate(environment_of(database_url=database_url)) as its:
        its.users.set_role(COMMAND, name, Role(role), force=True)
    click.echo(f"user {name} is {role}", err=True)


def asked_for(file: Any) -> str:
    """A new password: from a file, or typed twice on a terminal."""
    if file is not None:
        text: str = file.read()
        return text.removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: use --password-file -")
    found: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return found
