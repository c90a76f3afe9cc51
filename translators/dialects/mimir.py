"""The Alertmanager configuration of a Mimir tenant, with its templates; Grafana's import takes the
same.

https://grafana.com/docs/mimir/latest/references/http-api/#set-alertmanager-configuration
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from alertmanager_configs.http_paths import file_paths
from alertmanager_configs.json_text import load_json
from alertmanager_configs.loading import Document, load
from alertmanager_configs.problems import Path, Problems, SetupError
from alertmanager_configs.writing import as_written, dump
from contactpoints.base import Integration
from contactpoints.fields import FromFile
from contactpoints.file_names import plain_names
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import Setup, TemplateFile
from translators.dialect import Find, Writing
from translators.dialects.alertmanager import Alertmanager
from translators.losses import Report
from translators.notices import label_of
from translators.yaml_starts import is_mapping

CONFIG, TEMPLATES = "alertmanager_config", "template_files"
STARTS = re.compile(
    rf"""^(?:['"]?{CONFIG}['"]?:[ \t]*["'|>]|[^#\n]*"{CONFIG}"[ \t]*:[ \t]*")""", re.M
)
BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
NO_FILES = "Mimir takes no files: what they hold has to stand in the configuration itself"


@dataclass(slots=True)
class TenantConfig(Document):
    """The configuration inside, as a document whose places are those of the whole text."""

    outer: Document | None = None
    inner: Document | None = None
    first_line: int = 0
    indentation: int = 0

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        assert self.outer
        inside = self.inner and self.first_line and not self.is_outside(path)
        if not self.inner or not inside:
            return self.outer.place(path if self.is_outside(path) else (CONFIG,), at_key)
        line, column = self.inner.place(path, at_key)
        return line + self.first_line - 1, column + self.indentation

    def is_outside(self, path: Path) -> bool:
        """Whether a path is one of the whole text, not of the configuration inside."""
        whole = self.outer.data if self.outer else None
        return bool(path) and isinstance(whole, dict) and path[0] in whole and path[0] != CONFIG


class Mimir(Alertmanager):
    name = "mimir"
    about = "the configuration of a Mimir tenant: template_files and alertmanager_config"
    takes_files = False

    def claims(self, text: str) -> bool:
        return CONFIG in text and is_mapping(text) and STARTS.search(text) is not None

    def load(self, text: str | bytes, name: str) -> Document:
        outer = load_outer(text, name)
        config = outer.data.get(CONFIG) if isinstance(outer.data, dict) else None
        if not isinstance(config, str):
            return TenantConfig(None, outer.text, name, outer=outer)
        document = TenantConfig(None, outer.text, name, outer=outer)
        document.first_line, document.indentation = start_of(outer)
        try:
            inner = load(str(config), name, as_alertmanager=True)
        except SetupError as error:
            raise SetupError([moved(each, document) for each in error.problems], name) from None
        document.inner, document.data = inner, inner.data
        document.merged = [moved(each, document) for each in inner.merged]
        document.duplicates = [
            moved(each, document) for each in inner.duplicates
        ] + outer.duplicates
        return document

    def recognises(self, document: Document) -> bool:
        return isinstance(document, TenantConfig)

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        assert isinstance(document, TenantConfig)
        assert document.outer
        outer = document.outer.data
        if document.inner is None or not isinstance(outer, dict):
            wanted = f"{CONFIG} must be there, as text: the whole configuration of Alertmanager"
            problems.error((), wanted, "type")
            return Setup("alertmanager", self.name, document=document)
        files = read_files(outer.get(TEMPLATES), problems)
        setup = super().read(document, problems, among(files))
        loaded = {file.name for file in setup.templates if file.text is not None}
        setup.kept[OWN] = Own(
            {key: item for key, item in outer.items() if key not in (CONFIG, TEMPLATES)},
            {name: text for name, text in files.items() if name not in loaded},
            list(dict.fromkeys(file.pattern for file in setup.templates)),
        )
        for key in setup.kept[OWN].unknown:
            problems.warn((key,), f"unknown field {key!r}: Mimir ignores it")
        check_names(setup, files, problems)
        setup.templates = [  # the texts are here: no other dialect has to look for them
            replace(file, pattern="" if file.text is not None else file.pattern)
            for file in setup.templates
        ]
        for integration, path in files_named(setup):
            problems.error((*integration.path, *path), NO_FILES, "whole")
        for key in setup.kept.get("global") or ():
            if key.endswith("_file"):
                problems.error(("global", key), NO_FILES, "whole")
        return setup

    def report_kept(self, setup: Setup, report: Report) -> None:
        kept = {key: item for key, item in setup.kept.items() if key != OWN}
        super().report_kept(replace(setup, kept=kept), report)
        own = setup.kept.get(OWN, Own())
        for key in own.unknown:
            report.lose((key,), "dropped", "it is not a field that is known", (key,))
        for name in own.unused:
            why = "no templates entry of the configuration names it, so it is not used"
            report.lose((TEMPLATES, name), "dropped", why, (TEMPLATES, name))

    def write(self, setup: Setup, report: Report) -> Writing:
        own = setup.kept.get(OWN, Own()) if setup.dialect == self.name else Own()
        if setup.dialect == self.name:
            files = setup.templates
            named = [TemplateFile(pattern, pattern=pattern) for pattern in own.patterns]
        else:
            without_files(setup, report)
            files = list(template_files(setup, report))
            named = [replace(file, pattern=file.name) for file in files]
        texts = {file.name: file.text for file in files if file.text is not None}
        config = super().write(replace(setup, templates=named), report).text
        unknown = {key: as_written(item) for key, item in own.unknown.items()}
        return Writing(dump({TEMPLATES: {**texts, **own.unused}, CONFIG: config, **unknown}))


OWN = "mimir"


@dataclass(frozen=True)
class Own:
    """What a tenant's configuration says beside Alertmanager's: unknown keys, templates that are
    not used, and the names and patterns of those that are.
    """

    unknown: dict[str, Any] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    patterns: list[str] = field(default_factory=list)


def load_outer(text: str | bytes, name: str) -> Document:
    """The whole text, as JSON or YAML."""
    said = text if isinstance(text, str) else text.decode(errors="replace")
    return load_json(text, name) if said.lstrip()[:1] == "{" else load(text, name)


def start_of(outer: Document) -> tuple[int, int]:
    """The line that the configuration starts in and how far it is indented; 0 when its lines are
    not lines of the text.
    """
    line, column = outer.place((CONFIG,))
    lines = outer.text.splitlines()
    head = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if not BLOCK.fullmatch(head) or head.startswith(">"):
        return 0, 0
    first = next((each for each in lines[line:] if each.strip()), "")
    return line + 1, len(first) - len(first.lstrip(" "))


def moved(problem: Any, document: TenantConfig) -> Any:
    """A problem of the configuration with its place in the whole text."""
    if not document.first_line or not problem.line:
        line, column = document.place((CONFIG,))
    else:
        line = problem.line + document.first_line - 1
        column = problem.column + document.indentation
    return problem._replace(line=line, column=column)


def read_files(raw: Any, problems: Problems) -> dict[str, str]:
    """The template files by name."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        problems.error((TEMPLATES,), "must be a mapping of names to texts", "type")
        return {}
    found = {}
    for name, text in raw.items():
        if isinstance(text, dict | list):
            problems.error((TEMPLATES, name), "must be text", "type")
        else:
            found[name] = "" if text is None else str(text)
    return found


def among(files: dict[str, str]) -> Find:
    """Finds the tenant's own template files."""

    def find(pattern: str) -> Iterable[tuple[str, str]]:
        return [(name, text) for name, text in files.items() if fnmatchcase(name, pattern)]

    return find


def check_names(setup: Setup, files: Iterable[str], problems: Problems) -> None:
    """Templates have names, not paths."""
    for file in setup.templates:
        if "/" in file.pattern:
            message = f"the template {file.pattern!r} must be a name without a path"
            problems.error(file.path, message, "whole")
    for name in files:
        if "/" in name or name in (".", "..", ""):
            message = f"the template {name!r} must be a name without a path"
            problems.error((TEMPLATES, name), message, "whole")


def files_named(setup: Setup) -> Iterator[tuple[Integration, Path]]:
    """Every setting that stands in a file, with the way to it."""
    for _, integration in setup.integrations():
        for name, value in integration.values.items():
            declared = integration.fields[name]
            key = declared.spelling("alertmanager").name
            if isinstance(value, FromFile):
                yield integration, (f"{key}_file",)
            elif isinstance(declared, HttpConfig) and isinstance(value, dict):
                for path in file_paths(value):
                    yield integration, (key, *path)


def without_files(setup: Setup, report: Report) -> None:
    """Take what stands in a file out of every ``http_config``; the rest is settled before."""
    for point in setup.contact_points:
        for index, integration in enumerate(point.integrations):
            for name, value in integration.values.items():
                declared = integration.fields[name]
                if not isinstance(declared, HttpConfig) or not isinstance(value, dict):
                    continue
                key = declared.spelling("alertmanager").name
                for path in list(file_paths(value)):
                    where = (point.name, label_of(point, index), ".".join(map(str, (key, *path))))
                    place = (*integration.path, key, *path)
                    report.lose(where, "dropped", NO_FILES, place, is_of_contact_point=True)
                    value = without(value, path)
                integration.values[name] = value


def without(value: Any, path: Path) -> Any:
    """A copy of ``value`` that has nothing at ``path``, nor what is empty then."""
    step, *rest = path
    if isinstance(value, list):
        return [item for index, item in enumerate(value) if index != step]
    if not rest:
        return {key: item for key, item in value.items() if key != step}
    changed = {**value, step: without(value[step], tuple(rest))}
    return {key: item for key, item in changed.items() if item not in ({}, [])}


def template_files(setup: Setup, report: Report) -> Iterator[TemplateFile]:
    """The templates of another dialect under plain names, each once."""
    taken: set[str] = set()
    plain = plain_names((file.name for file in setup.templates if not file.pattern), ".tmpl")
    for file in setup.templates:
        name = PurePosixPath(file.name).name if file.pattern else plain[file.name]
        if file.text is None:
            why = "the file's text was not given; say where it is with --templates"
            report.lose(("templates", file.pattern or file.name), "dropped", why, file.path)
            continue
        if name not in taken:
            taken.add(name)
            yield TemplateFile(name, file.text, file.path)
