"""The command translate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from alertmanager_configs.pausing import collection_paused
from alertmanager_configs.versions import Version
from translators import (
    Bridge,
    Reading,
    SetupError,
    Translation,
    UnknownDialectError,
    translate_orgs,
)
from translators.bridge import CREDENTIALS_FILE
from translators.dialect import dialect
from translators.inputs import read_inputs
from translators.options import KUBERNETES_VERSIONS, from_dialect, of_org, of_templates, of_version
from translators.secrets import MODES, Mode
from translators.several import read_several


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@from_dialect
@click.option("--to", "write", required=True, metavar="DIALECT", help="What to write.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write it; else to standard output.",
)
@of_templates
@of_org
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
@click.option(
    "--bridge-url",
    metavar="URL",
    help="Where this service is reached: what Alertmanager cannot say becomes a webhook to it.",
)
@click.option(
    "--bridge-credentials-file",
    metavar="PATH",
    default=CREDENTIALS_FILE,
    show_default=True,
    help="The file with the token that Alertmanager sends to the service.",
)
@click.option(
    "--keep-look",
    is_flag=True,
    help="Write out default texts, so that messages look the same in the other family.",
)
@click.option(
    "--kubernetes-version",
    type=click.Choice(KUBERNETES_VERSIONS),
    help="The version of AlertmanagerConfig to write; else that of the input, or v1alpha1.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when anything was dropped or changed.")
@collection_paused()  # the report is long, too
def translate(
    files: tuple[str, ...],
    read: str,
    write: str,
    output: Path | None,
    templates: Path | None,
    org: str,
    report: str,
    report_file: Path | None,
    version: Version,
    secrets: Mode | None,
    bridge_url: str | None,
    bridge_credentials_file: str,
    keep_look: bool,
    kubernetes_version: str | None,
    strict: bool,
) -> None:
    """Translate FILE (- for standard input) to another dialect. Several files, a folder or a glob
    are one setup where the dialect has its setups in several files.

    The translation goes to standard output, the report of what could not be said to standard error.

    Example: contactpoints translate alertmanager.yml --to grafana-file -o contactpoints.yaml
    """
    if bridge_url is not None and not bridge_url.startswith(("http://", "https://")):
        raise click.UsageError("--bridge-url begins with http:// or https://")
    try:
        dialect(write)  # a wrong name is said before the files are read
        if read:
            dialect(read)
        inputs = read_inputs(files)
        skipped: list[str] = []

        def read_org(org: str) -> Reading:
            reading, skipped[:] = read_several(
                inputs, read=read, templates=templates, version=version, org=org
            )
            return reading

        done = translate_orgs(
            read_org,
            org,
            write=write,
            secrets=secrets,
            version=version,
            bridge=Bridge(bridge_url, bridge_credentials_file) if bridge_url else None,
            keep_look=keep_look,
            kubernetes_version=kubernetes_version or "",
        )
    except UnknownDialectError as error:
        raise click.UsageError(str(error)) from None
    except SetupError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    for name in skipped:
        click.echo(f"{name}: skipped, it is of no dialect that is known", err=True)
    _deliver(done, output)
    said = str(done.report) if report == "text" else _as_json(done)
    if report_file:
        report_file.write_text(said, encoding="utf-8")
    else:
        click.echo(said, nl=False, err=True)
    if strict and done.report.is_lossy:
        sys.exit(3)


def _as_json(done: Translation) -> str:
    losses = [loss.as_dict() for loss in done.report]
    return json.dumps(losses, indent=2, ensure_ascii=False) + "\n"


def _deliver(done: Translation, output: Path | None) -> None:
    if output is None:
        click.echo(done.text, nl=False)
        return
    if output.name in done.files:
        raise click.UsageError(
            f"a file that belongs beside the output is called {output.name} as well: "
            "give the output another name"
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(done.text, encoding="utf-8")
    for name, text in done.files.items():
        beside_it = output.parent / name
        if name in done.secret_files:
            beside_it.touch(mode=0o600)
        beside_it.write_text(text, encoding="utf-8")
