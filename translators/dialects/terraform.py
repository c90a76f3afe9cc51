"""Terraform: the four alerting resources of the provider for Grafana, version 4.9.

https://registry.terraform.io/providers/grafana/grafana/latest/docs/resources/contact_point
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path, Problems
from contactpoints.fields import Field
from contactpoints.groups import Part
from contactpoints.setup import Setup
from translators.dialect import Dialect, Find, Writing
from translators.hcl.documents import HclDocument, load_hcl
from translators.hcl.printing import Raw, print_file
from translators.hcl.texts import quote
from translators.losses import Report
from translators.terraform_kept import report_kept
from translators.terraform_reading import Reading
from translators.terraform_writing import WritingFile
from translators.variables import Piece, Reference, Variables, for_terraform

BLOCK = (
    r"(?:(?:resource|data|ephemeral)[ \t]+{label}[ \t]+{label}"
    r"|(?:variable|provider|module|output|check)[ \t]+{label}"
    r"|terraform|locals|import|moved|removed)[ \t]*\{{"
).format(label=r'(?:"[^"\n]*"|[A-Za-z_][\w-]*)')
START = re.compile(f"^{BLOCK}", re.M)
FIRST = re.compile(rf"\ufeff?(?:\s++|(?:#|//)[^\n]*+\n|/\*(?>.*?\*/))*+{BLOCK}", re.S)
"""The first thing in a file, behind comments; it may be indented."""


class Terraform(Dialect):
    name = "terraform"
    family = "grafana"
    about = "resources of Terraform's provider for Grafana"
    secrets = "env"
    reads_files_at_once = True
    values_file = "secrets.auto.tfvars"

    def claims(self, text: str) -> bool:
        return FIRST.match(text) is not None or START.search(text) is not None

    def load(self, text: str | bytes, name: str) -> Document:
        return load_hcl(text, name)

    def recognises(self, document: Document) -> bool:
        return isinstance(document, HclDocument)

    def place_of(self, field: Field, path: Path) -> Path:
        if path and isinstance(field, Part) and (part := field.parts.get(str(path[0]))):
            number = () if field.terraform.form == "map" else (0,)
            return (field.terraform.name, *number, *self.place_of(part, path[1:]))
        return (field.terraform.name,)

    def variable(self, pieces: tuple[Piece, ...]) -> Variables:
        return for_terraform(pieces)

    def redacted(self, name: str) -> str:
        return for_terraform((Reference(name),))

    def write_values(self, values: Mapping[str, str]) -> str:
        return print_file([Raw(f"{name} = {quote(text)}") for name, text in values.items()])

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        return Reading(cast(HclDocument, document), self.name, problems, find).run()

    def report_kept(self, setup: Setup, report: Report) -> None:
        report_kept(setup, report)

    def write(self, setup: Setup, report: Report) -> Writing:
        return Writing(print_file(WritingFile(setup, self.name, report).run()))
