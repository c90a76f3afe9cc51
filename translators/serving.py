"""Serving: what the dialects and the templates do for the service's administration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from alertmanager_configs.mute_timings import read_mute_timing
from alertmanager_configs.problems import Problems
from alertmanager_configs.routing import find_routes
from contactpoints.admin.languages import Foreign, Parts, Rendering, Taken, Written, Wrong
from contactpoints.admin.provenance import is_file
from contactpoints.delivery.rendering import Renderer
from contactpoints.setup import ContactPoint, Setup
from contactpoints.spelling import Family
from translators import Reading, Translation, translate, translate_reading
from translators.checks import template_texts
from translators.dialect import all_dialects, dialect
from translators.drawing import TemplateRenderer
from translators.grafana_api_reading import TIMING
from translators.grafana_routes import read_policy
from translators.losses import Loss
from translators.secrets import rebuilt
from translators.stored import (
    DIALECT,
    Documents,
    Unread,
    as_loaded,
    located,
    read_row,
    template_problem,
    without_common,
)


class Dialects:
    """:class:`contactpoints.admin.languages.Languages`, by the translators."""

    def __init__(self) -> None:
        self._documents = Documents()
        self._renderer: TemplateRenderer | None = None

    def read(self, document: Mapping[str, Any]) -> Setup:
        return self._documents.read(document)

    def alone(self, rows: Iterable[Mapping[str, Any]]) -> Setup:
        return Documents().read({"contactPoints": list(rows)}, fresh=True)

    def check_row(self, row: Mapping[str, Any]) -> list[Wrong]:
        from translators.strictness import wrong_types

        problems = Problems()
        made = read_row(row, (), problems)
        if made is None:
            return located(problems.errors)
        settings = row.get("settings")
        if isinstance(settings, Mapping):
            for path, message in wrong_types(type(made), settings):
                problems.error(("settings", *path), message, "type")
        for name, _, path, text in template_texts(made):
            if said := template_problem(text, name):
                problems.error(path, said)
        return located(problems.errors)

    def check_policies(self, policies: Mapping[str, Any]) -> list[Wrong]:
        problems = Problems()
        read_policy(as_loaded(policies), (), problems)
        return located(problems.errors)

    def check_mute_timing(self, timing: Mapping[str, Any]) -> list[Wrong]:
        problems = Problems()
        known = {key: value for key, value in timing.items() if key in TIMING}
        read_mute_timing(as_loaded(known), (), problems)
        return located(problems.errors)

    def check_template(self, name: str, text: str) -> list[Wrong]:
        said = template_problem(text, name)
        return [{"path": "template", "message": said}] if said else []

    def rows(self, setup: Setup) -> Parts:
        from translators.showing import parts_of

        return parts_of(setup)

    def renderer(self, setup: Setup) -> Renderer:
        sources = {file.name: file.text for file in setup.templates if file.text is not None}
        kept = self._renderer
        if kept is None or kept.sources != sources:
            kept = self._renderer = TemplateRenderer(setup)
        return kept

    def write(
        self,
        document: Mapping[str, Any],
        to: str,
        *,
        decrypt: bool = False,
        names: Iterable[str] | None = None,
        **options: Any,
    ) -> Written:
        if names is not None:
            wanted = set(names)
            rows = [row for row in document.get("contactPoints", ()) if row["name"] in wanted]
            document = {"contactPoints": rows, "unsaid": document.get("unsaid", {})}
        if not decrypt and options.get("secrets") in (None, "inline"):
            options["secrets"] = "redact"
        document, lost = _without_unsaid(document)
        if to == DIALECT:  # which has a text for what is not shown, and names no files
            document = rebuilt(document, (), lambda _, leaf: _plain(leaf))
        setup = Documents().read(document, fresh=True)
        assert setup.document is not None
        setup.contact_points += [
            ContactPoint(name)
            for name in dict.fromkeys(loss.where[0] for loss in lost)
            if setup.contact_point(name) is None  # policies may name it
        ]
        reading = Reading(setup, dialect(DIALECT), setup.document, Problems())
        done = _written(translate_reading(reading, write=to, **options), decrypt=decrypt)
        return replace(done, report=[*(loss.as_dict() for loss in lost), *done.report])

    def translate(
        self, text: str | bytes, *, read: str, write: str = DIALECT, **options: Any
    ) -> Written:
        options.setdefault("secrets", "inline")
        return _written(translate(text, read=read, write=write, **options), decrypt=True)

    def take(
        self, text: str | bytes, *, read: str = "", files: Mapping[str, str] | None = None
    ) -> Taken:
        from translators.taking import taken

        return taken(text, read, files)

    def diff(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
        from translators.differing import differences

        first, second = without_common(a, b)
        documents = self._documents.beside()
        return list(map(str, differences(documents.read(first), documents.read(second))))

    def routes(self, policies: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
        problems = Problems()
        policy = read_policy(as_loaded(policies), (), problems)
        problems.raise_if_any()
        return [match.receiver for match in find_routes(policy, dict(labels))]

    def render(
        self,
        text: str,
        name: str,
        templates: Mapping[str, str],
        payload: Mapping[str, Any],
        *,
        family: Family = "grafana",
    ) -> list[Rendering]:
        from translators.drawing import templates_of
        from translators.gotemplate import TemplateError, TemplateSet, notification_data
        from translators.gotemplate.environment import parse_functions
        from translators.gotemplate.parser import parse

        try:
            trees = parse(text, parse_functions(family), name)
        except TemplateError as error:
            return [Rendering(name, "", str(error), is_invalid=True)]
        known: TemplateSet
        known, _ = templates_of({**templates, name: text}, family)
        data = notification_data(payload, family=family)
        names = [tree.name for tree in trees[1:]] or [""]
        found = []
        for each in dict.fromkeys(names):
            source = f"{{{{ template {json.dumps(each, ensure_ascii=False)} . }}}}"
            drawn = known.render(source if each else text, data, name=each or name)
            said = str(drawn.error) if drawn.error else ""
            found.append(Rendering(each or name, drawn.text, said))
        return found

    def compiled(self, text: str, name: str, family: Family) -> str:
        from translators.gotemplate import TemplateErrors, compiled_source

        try:
            return compiled_source(text, family=family, name=name)
        except TemplateErrors as error:
            return str(error)

    def dialects(self) -> Mapping[str, str]:
        return {name: each.about for name, each in all_dialects().items()}

    def bounded(self, wish: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        from translators.bounded import ask

        return ask(wish)

    def foreign(self, text: str | bytes) -> Foreign:
        from translators.showing import foreign_of

        return foreign_of(text)


def _plain(leaf: Any) -> Any:
    return str(leaf) if isinstance(leaf, Unread) else leaf


def _without_unsaid(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Loss]]:
    """A document without the integrations of files that Grafana's shape cannot say."""
    unsaid = document.get("unsaid") or {}
    rows, lost = [], []
    for row in document.get("contactPoints") or ():
        if is_file(row) and row["uid"] in unsaid:
            where, why = (row["name"], row["type"]), unsaid[row["uid"]]
            lost.append(Loss(where, "dropped", why, is_of_contact_point=True))
        else:
            rows.append(row)
    return {**document, "contactPoints": rows}, lost


def _written(done: Translation, *, decrypt: bool) -> Written:
    files = {
        name: text for name, text in done.files.items() if decrypt or name not in done.secret_files
    }
    return Written(done.text, files, [loss.as_dict() for loss in done.report])
