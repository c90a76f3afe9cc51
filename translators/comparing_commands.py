"""The commands diff and route: what two setups mean otherwise, and whom a setup tells of what."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from translators import Reading, SetupError, UnknownDialectError
from translators.grafana_orgs import choose
from translators.inputs import read_inputs
from translators.options import from_dialect, of_org, of_templates, text_or_json
from translators.several import read_several


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--from-a", default="", metavar="DIALECT", help="What A is written in.")
@click.option("--from-b", default="", metavar="DIALECT", help="What B is written in.")
@of_templates
@of_org
@text_or_json
def diff(
    a: str, b: str, from_a: str, from_b: str, templates: Path | None, org: str, form: str
) -> None:
    """Show what the setups A and B mean otherwise, in whatever dialects they are.

    Defaults, durations, matchers and intervals count by what they mean; secrets are not shown. Exit
    status 0 when they mean the same, 1 when they differ, 2 when one of them cannot be read.

    Example: contactpoints diff alertmanager.yml contactpoints.yaml
    """
    from translators.differing import differences, show

    setups = [
        _reading(file, read, templates, org).setup for file, read in ((a, from_a), (b, from_b))
    ]
    found = differences(*setups)
    click.echo(show(found, form), nl=False)
    if found:
        sys.exit(1)


@click.command()
@click.argument("file")
@click.argument("labels", nargs=-1, metavar="label=value...")
@from_dialect
@of_org
@text_or_json
def route(file: str, labels: tuple[str, ...], read: str, org: str, form: str) -> None:
    """Show which contact points an alert with these labels goes to, in order, and the way it takes
    through the policies of FILE.

    Example: contactpoints route alertmanager.yml severity=critical team=db
    """
    from translators.routing import LabelError, read_labels, show

    try:
        alert = read_labels(labels)
    except LabelError as error:
        raise click.UsageError(str(error)) from None
    policy = _reading(file, read, None, org).setup.policy
    if policy is None:
        click.echo(f"{file}: it has no policies", err=True)
        sys.exit(1)
    click.echo(show(policy, alert, form), nl=False)


def _reading(file: str, read: str, templates: Path | None, org: str) -> Reading:
    """What a file says: of one organisation, where it is one of Grafana's."""
    try:
        reading = read_several(read_inputs([file]), read=read, templates=templates, org=org)[0]
        if len(reading.orgs) > 1 or (org and reading.orgs):
            choose(org, reading.orgs)
        return reading
    except UnknownDialectError as error:
        raise click.UsageError(str(error)) from None
    except SetupError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
