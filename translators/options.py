"""The options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alertmanager_configs.versions import LATEST, Version, format_version, parse_version


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
from_dialect = click.option(
    "--from",
    "read",
    default="",
    metavar="DIALECT",
    help="What the input is written in; guessed when left out.",
)
of_templates = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where relative template globs start; else beside the input.",
)
KUBERNETES_VERSIONS = ("v1alpha1", "v1beta1")
"""What AlertmanagerConfig can be written as: without an import of all that knows how."""
of_org = click.option(
    "--org",
    default="",
    metavar="N",
    help="The organisation of Grafana's (orgId) that is meant, where the input is for several.",
)
text_or_json = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
