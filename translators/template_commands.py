"""The commands `render` and `compile`: a Go template's text, and the Jinja2 it becomes."""

from __future__ import annotations

import glob
import json
import sys
from pathlib import Path
from typing import Any

import click

from translators.gotemplate import (
    Family,
    TemplateError,
    TemplateErrors,
    TemplateSet,
    compiled_source,
    example_payload,
    notification_data,
)

_FAMILY = click.option(
    "--family",
    type=click.Choice(["alertmanager", "grafana"]),
    default="alertmanager",
    show_default=True,
    help="Whose functions, data and default templates.",
)


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--template", "template", metavar="NAME", help="The name of a template to render.")
@click.option("--text", metavar="TEXT", help="The text itself, such as '{{ .Status }}'.")
@click.option(
    "--templates", multiple=True, metavar="GLOB", help="Files with templates; may be repeated."
)
@click.option(
    "--data",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PAYLOAD.json",
    help="A webhook payload. Without it, an example: two firing alerts and a resolved one.",
)
@_FAMILY
@click.option("--html", is_flag=True, help="Escape as for a mail or any other HTML.")
def render(
    file: Path | None,
    template: str | None,
    text: str | None,
    templates: tuple[str, ...],
    data: Path | None,
    family: Family,
    html: bool,
) -> None:
    """Print what a template renders to: one by NAME, a TEXT or a FILE."""
    if sum(given is not None for given in (file, template, text)) != 1:
        raise click.UsageError("give one of --template NAME, --text TEXT or FILE")
    name = ""
    if file is not None:
        text, name = _read(file), str(file)
    elif template is not None:
        text = "{{ template " + _quoted(template) + " . }}"
    assert text is not None  # one of the three is given
    try:
        known = TemplateSet(_sources(templates), family=family)
    except TemplateErrors as errors:
        _fail(*errors.errors)
    result = known.render(
        text, notification_data(_payload(data), family=family), html=html, name=name
    )
    click.echo(result.text.encode("utf-8", "surrogateescape"), nl=False)
    if result.error is not None:
        _fail(result.error)


@click.command(name="compile")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_FAMILY
def compile_(file: Path, family: Family) -> None:
    """Print the Jinja2 a file of Go templates becomes."""
    try:
        click.echo(compiled_source(_read(file), family=family, name=str(file)), nl=False)
    except TemplateError as error:
        _fail(error)


def _fail(*errors: TemplateError) -> Any:
    for error in errors:
        click.echo(str(error), err=True)
    sys.exit(1)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _sources(patterns: tuple[str, ...]) -> dict[str, str]:
    """File → text of all the patterns match, in the order of the patterns, then of names."""
    sources: dict[str, str] = {}
    for pattern in patterns:
        for name in sorted(glob.glob(pattern)):  # noqa: PTH207 - patterns may be absolute
            path = Path(name)
            if path.is_file():
                sources[name] = _read(path)
    return sources


def _payload(path: Path | None) -> dict[str, Any]:
    if path is None:
        return example_payload()
    try:
        payload = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(payload, dict):
            raise ValueError("not an object")
        notification_data(payload, family="alertmanager")
    except ValueError as error:
        raise click.ClickException(f"{path}: not a webhook payload: {error}") from None
    return payload
