"""The commands of the translators: translate, check, support."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from alertmanager_configs.versions import LATEST, Version, format_version, parse_version
from translators import SetupError, Translation, UnknownDialectError, beside, support
from translators import translate as do_translate
from translators.dialect import dialect
from translators.secrets import MODES, Mode


class VersionType(click.ParamType[Version]):
    """A version on the command line: 0.28 or 0.28.1."""

    name = "version"

    def convert(self, value: Any, param: Any, ctx: Any) -> Version:
        if isinstance(value, tuple):
            return value
        try:
            return parse_version(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


of_version = click.option(
    "--alertmanager-version",
    "version",
    type=VersionType(),
    metavar="X.Y",
    default=format_version(LATEST),
    show_default=True,
    help="The Alertmanager that reads it, and that is written for.",
)


@click.command()
@click.argument("file")
@click.option(
    "--from",
    "read",
    default="",
    metavar="DIALECT",
    help="What FILE is written in; guessed when left out.",
)
@click.option("--to", "write", required=True, metavar="DIALECT", help="What to write.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write it; else to standard output.",
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where relative template globs start.",
)
@click.option(
    "--report", type=click.Choice(["text", "json"]), default="text", help="The form of the report."
)
@click.option(
    "--report-file",
    type=click.Path(path_type=Path),
    help="Where the report goes; else to standard error.",
)
@of_version
@click.option(
    "--secrets",
    type=click.Choice(MODES),
    help="Where secrets go: inline in the text, to variables (env), to files, or nowhere (redact); "
    "else inline, but for Terraform to sensitive variables. With -o, files with their values are "
    "written beside it.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when anything was dropped or changed.")
def translate(
    file: str,
    read: str,
    write: str,
    output: Path | None,
    templates: Path | None,
    report: str,
    report_file: Path | None,
    version: Version,
    secrets: Mode | None,
    strict: bool,
) -> None:
    """Translate FILE (- for standard input) to another dialect.

    The translation goes to standard output, the report of what could not be said to standard error.

    Example: contactpoints translate alertmanager.yml --to grafana-file -o contactpoints.yaml
    """
    try:
        dialect(write)  # a wrong name is said before the file is read
        name, text = _read(file)
        find = beside(templates or Path(file).parent)
        done = do_translate(
            text, read=read, write=write, find=find, name=name, secrets=secrets, version=version
        )
    except UnknownDialectError as error:
        raise click.UsageError(str(error)) from None
    except SetupError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    _deliver(done, output)
    said = json.dumps([loss.as_dict() for loss in done.report], indent=2, ensure_ascii=False) + "\n"
    said = said if report == "json" else str(done.report)
    if report_file:
        report_file.write_text(said, encoding="utf-8")
    else:
        click.echo(said, nl=False, err=True)
    if strict and done.report.is_lossy:
        sys.exit(3)


def _read(file: str) -> tuple[str, bytes]:
    if file == "-":
        return "<stdin>", sys.stdin.buffer.read()
    try:
        return file, Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None


def _deliver(done: Translation, output: Path | None) -> None:
    if output is None:
        click.echo(done.text, nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(done.text, encoding="utf-8")
    for name, text in done.files.items():
        beside_it = output.parent / Path(name).name
        if name in done.secret_files:
            beside_it.touch(mode=0o600)
        beside_it.write_text(text, encoding="utf-8")


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--from",
    "read",
    default="",
    metavar="DIALECT",
    help="What the files are written in; guessed when left out.",
)
@of_version
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(files: tuple[str, ...], read: str, version: Version, form: str) -> None:
    """Say of each of FILES whether it is valid, and everything that is wrong with it.

    Exit status 1 when any is not valid.

    Example: contactpoints check alertmanager.yml provisioning/*.yaml
    """
    from translators import checks  # brings the template compiler, which only this command needs

    verdicts = []
    for file in files:
        name, text = _read(file)
        find = beside(Path(file).parent)
        verdicts.append(checks.check(text, name=name, read=read, find=find, version=version))
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
