"""The commands check and support."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alertmanager_configs.versions import Version
from contactpoints import support
from translators import beside
from translators.inputs import read_inputs
from translators.options import from_dialect, of_templates, of_version, text_or_json


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@from_dialect
@of_templates
@of_version
@text_or_json
def check(
    files: tuple[str, ...], read: str, templates: Path | None, version: Version, form: str
) -> None:
    """Say of each FILE, and of each in a folder or a glob, whether it is valid, and everything that
    is wrong with it.

    Exit status 1 when any is not valid.

    Example: contactpoints check alertmanager.yml provisioning/
    """
    from translators import checks  # brings the template compiler, which only this command needs
    from translators.several import sorted_out

    inputs = read_inputs(files)
    if any(each.is_found for each in inputs):
        inputs = [each for each, _ in sorted_out(inputs, read, strict=False)[0]]
    verdicts = []
    for each in inputs:
        find = beside(templates or each.folder)
        verdicts.append(
            checks.check(each.text, name=each.name, read=read, find=find, version=version)
        )
    click.echo(checks.show(verdicts, form), nl=False)
    if not all(verdict.valid for verdict in verdicts):
        sys.exit(1)


@click.command("support")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
def support_table(form: support.Format) -> None:
    """Show every integration and where it works: Grafana, Alertmanager (and since when), or via
    webhook.

    Example: contactpoints support --format markdown
    """
    click.echo(support.show(support.support(), form), nl=False)
