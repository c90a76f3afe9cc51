"""TemplateSet: all named templates of one family, compiled once, and rendering with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from translators.gotemplate import bounds, cache
from translators.gotemplate.bounds import Budget
from translators.gotemplate.compiled import Program
from translators.gotemplate.defaults import default_sources
from translators.gotemplate.environment import GoEnvironment, environment_of, parse_functions
from translators.gotemplate.errors import TemplateError, TemplateErrors
from translators.gotemplate.functions import Family
from translators.gotemplate.programs import (
    Entry,
    Library,
    compile_source,
    default_layer,
    entry,
    merge,
    programs_of,
)
from translators.gotemplate.rendering import Rendered, Session, run

if TYPE_CHECKING:
    from translators.gotemplate import nodes

_NOTHING = "{% with dot = dot, depth = depth %}{% endwith %}"
"""What a definition compiles to in which nothing stands, not even a space."""
_SILENCE = Rendered("", None)
_ONE_INCLUDED = re.compile(r'\{\{ ?template "([\w.]+)" \. ?\}\}', re.ASCII)


class TemplateSet:
    """All named templates of one family: the family's default set plus the user's sources.

    `sources` maps the name of a `*.tmpl` file to its text; a later source overrides an earlier one,
    and all override the defaults. Raises TemplateErrors listing every source that does not parse.
    """

    def __init__(
        self, sources: Mapping[str, str] | None = None, *, family: Family = "alertmanager"
    ) -> None:
        self.family = family
        self.sources = dict(sources or {})
        self.layer = dict(default_layer(family))
        errors = []
        for name, text in self.sources.items():
            try:
                programs = compile_source(text, family, name)
            except TemplateError as error:
                errors.append(error)
                continue
            merge(self.layer, programs[1:])
            if family == "alertmanager":
                # Alertmanager knows each file's own text under the file's name as well.
                main = programs[0]
                base = PurePath(name).name
                if not main.compiled.empty or base not in self.layer:
                    self.layer[base] = main
        if errors:
            raise TemplateErrors(errors)
        self._environment = environment_of(family).overlay()
        self._environment.library = Library(self.layer)
        self._ready: dict[tuple[str, bool, str], Entry] = {}
        self._silent: set[str] = set()

    def names(self) -> list[str]:
        """The names a text can include, in order."""
        return sorted(name for name in self.layer if name)

    def check(self, text: str, *, html: bool = False, name: str = "") -> list[TemplateError]:
        """What keeps the text from being a template; empty when nothing does."""
        if "{{" not in text and not (html and "<" in text):
            return []
        try:
            self.prepare(text, html, name)
        except TemplateError as error:
            return [error]
        return []

    def render(self, text: str, data: object, *, html: bool = False, name: str = "") -> Rendered:
        """The text with its actions carried out; what came out so far when one of them fails."""
        if text in self._silent:
            return _SILENCE
        start = self._ready.get((text, html, name))
        if start is None:
            if "{{" not in text and not (html and "<" in text):
                return Rendered(text, None)
            if self._is_silent(text):
                self._silent.add(text)
                return _SILENCE
            try:
                start = self.prepare(text, html, name)
            except TemplateError as error:
                return Rendered("", error)
        budget = Budget()
        budget.session = Session(self, data)
        token = bounds.current.set(budget)
        try:
            return run(start, data, budget)
        finally:
            bounds.current.reset(token)

    def _is_silent(self, text: str) -> bool:
        """Whether it only includes a template in which nothing stands, as many defaults do."""
        found = _ONE_INCLUDED.fullmatch(text)
        program = self.layer.get(found[1]) if found else None
        return program is not None and program.compiled.source == _NOTHING

    def prepare(self, text: str, html: bool, name: str) -> Entry:
        """The text ready to run. TemplateError when it does not parse."""
        key = (text, html, name)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._compiled(text, html, name)
            if len(self._ready) > 1000:
                self._ready.clear()
            self._ready[key] = ready
        return ready

    def _compiled(self, text: str, html: bool, name: str) -> Entry:
        if html:
            return self._compiled_html(text, name)
        programs = compile_source(text, self.family, name)
        environment: GoEnvironment = self._environment
        own: dict[str, Program] = {}
        merge(
            own,
            [p for p in programs[1:] if not (p.compiled.empty and p.compiled.name in self.layer)],
        )
        if own:
            environment = environment.overlay()
            environment.library = Library(own, self.layer)
        return entry(environment, programs[0])

    def _compiled_html(self, text: str, name: str) -> Entry:
        """The text with every template it reaches, each escaped for the context it is used in."""

        def make() -> list[Program]:
            from translators.gotemplate.html_escaper import escape  # not for what the cache has
            from translators.gotemplate.parser import parse

            known = parse_functions(self.family)
            trees: dict[str, nodes.Tree] = {}
            for source, content in (*default_sources(self.family).items(), *self.sources.items()):
                parsed = parse(content, known, source)
                if source in self.sources and self.family == "alertmanager":
                    parsed[0].name = PurePath(source).name
                else:
                    del parsed[0]
                _merge_trees(trees, parsed)
            own = parse(text, known, name)
            _merge_trees(trees, own[1:])
            return programs_of(escape(own[0], trees), self.family, html=True)

        key = [f"{source}\0{content}" for source, content in self.sources.items()]
        programs = cache.cached(("html", self.family, name, text, *key), make)
        environment: GoEnvironment = environment_of(self.family, html=True).overlay()
        environment.library = Library({p.compiled.name: p for p in programs[1:]})
        return entry(environment, programs[0])


def _merge_trees(trees: dict[str, nodes.Tree], more: Iterable[nodes.Tree]) -> None:
    for tree in more:
        if tree.name not in trees or not tree.is_empty():
            trees[tree.name] = tree
