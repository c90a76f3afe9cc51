"""The command ``contactpoints token``: tokens for programs."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from alertmanager_configs.durations import parse_duration
from contactpoints.access.at_hand import gate
from contactpoints.access.identity import COMMAND
from contactpoints.access.roles import HELD, Role
from contactpoints.options import environment_of, variable


@click.group()
def token() -> None:
    """Make, list and revoke tokens for programs.

    Example: contactpoints token create alertmanager --contact-point ops --expires 90d
    """


@token.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice([*map(str, HELD)]), default="ingest", show_default=True)
@click.option("--contact-point", help="The only one that it may post notifications to.")
@click.option("--expires", metavar="DURATION", help="How long it is valid, as 90d; else for good.")
@variable("database_url")
def create(
    name: str,
    role: str,
    contact_point: str | None,
    expires: str | None,
    database_url: str | None,
) -> None:
    """Make a token and print it: this is the only time that it can be seen.

    Example: contactpoints token create grafana --role editor > /etc/grafana/contactpoints.token
    """
    expires_at = None
    if expires is not None:
        try:
            expires_at = time.time() + parse_duration(expires) / 1000
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--expires") from None
    with gate(environment_of(database_url=database_url)) as its:
        made = its.tokens.create(COMMAND, name, Role(role), contact_point, expires_at)
    click.echo(made.secret)
    bound = f" for contact point {contact_point}" if contact_point else ""
    click.echo(f"token {made.id}: {role}{bound}; it is not shown again", err=True)


@token.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@variable("database_url")
def listed(form: str, database_url: str | None) -> None:
    """Show the tokens there are, without their secrets.

    Example: contactpoints token list --format json
    """
    with gate(environment_of(database_url=database_url)) as its:
        rows = its.tokens.listed()
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    line = "{:12}  {:7}  {:9}  {:10}  {:10}  {}"
    click.echo(line.format("ID", "ROLE", "STATE", "EXPIRES", "USED", "NAME"))
    for row in rows:
        bound = f" (only {row['contact_point']})" if row["contact_point"] else ""
        times = (day(row["expires_at"]), day(row["used_at"]))
        click.echo(line.format(row["id"], row["role"], state(row), *times, row["name"] + bound))


@token.command("revoke")
@click.argument("id")
@variable("database_url")
def revoke(id: str, database_url: str | None) -> None:
    """End the token with this ID. The service notices within a second.

    Example: contactpoints token revoke 3f9a01b2c4d5
    """
    with gate(environment_of(database_url=database_url)) as its:
        its.tokens.revoke(COMMAND, id, force=True)
    click.echo(f"token {id} is revoked", err=True)


def state(row: dict[str, Any]) -> str:
    """What has become of a token, in a word."""
    if row["revoked_at"] is not None:
        return "revoked"
    expires_at = row["expires_at"]
    return "expired" if expires_at is not None and expires_at <= time.time() else "valid"


def day(seconds: float | None) -> str:
    """A day in UTC, or a dash."""
    return "–" if seconds is None else time.strftime("%Y-%m-%d", time.gmtime(seconds))
