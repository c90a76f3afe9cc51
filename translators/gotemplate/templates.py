"""TemplateSet: all named templates of one family, compiled once, and rendering with them."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any, NamedTuple

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound
from jinja2.exceptions import TemplateError as JinjaError

from translators.gotemplate import bounds, cache, nodes
from translators.gotemplate.bounds import Budget
from translators.gotemplate.cache import Program
from translators.gotemplate.compiler import compile_tree
from translators.gotemplate.defaults import default_sources
from translators.gotemplate.environment import (
    GoEnvironment,
    environment_of,
    functions,
    parse_functions,
)
from translators.gotemplate.errors import Exhausted, GoError, TemplateError, TemplateErrors
from translators.gotemplate.functions import Family
from translators.gotemplate.html_escaper import escape
from translators.gotemplate.parser import parse
from translators.gotemplate.quoting import quote, valid
from translators.gotemplate.values import is_integer


class Rendered(NamedTuple):
    """What came out, and the error that ended it early, if one did."""

    text: str
    error: TemplateError | None


class _Loader(BaseLoader):
    """Named programs, those of one text before those of the set."""

    def __init__(self, *layers: Mapping[str, Program]) -> None:
        self.layers = layers

    def find(self, name: str) -> Program | None:
        for layer in self.layers:
            program = layer.get(name)
            if program is not None:
                return program
        return None

    def has(self, name: str) -> bool:
        return self.find(name) is not None

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
        program = self.find(name)
        if program is None:
            raise TemplateNotFound(name)
        return _loaded(environment, program)


def _loaded(environment: Environment, program: Program) -> Template:
    template = environment.template_class.from_code(environment, program.code, {})
    template.program = program  # type: ignore[attr-defined]
    return template


def _programs(trees: Iterable[nodes.Tree], family: Family) -> list[Program]:
    environment = environment_of(family)
    programs = []
    for tree in trees:
        compiled = compile_tree(tree, functions(family))
        try:
            code = environment.compile(compiled.source, name=tree.name, filename="<template>")
        except (JinjaError, SyntaxError, RecursionError, MemoryError) as error:
            raise TemplateError("nested too deeply to compile", tree.parse_name, 1, 1) from error
        programs.append(Program(compiled, code))
    return programs


def compile_source(text: str, family: Family, name: str = "") -> list[Program]:
    """The programs of one text: the text itself first, then what it defines."""

    def make() -> list[Program]:
        return _programs(parse(text, parse_functions(family), name), family)

    # What tmpl.Inline is given may be different every time: not worth a file.
    return cache.cached(("text", family, name, text), make, keep=name != "<inline>")


def compiled_source(text: str, *, family: Family = "alertmanager", name: str = "") -> str:
    """The Jinja2 of a text and of every template it defines, each under a comment with its name.

    Raises TemplateError when the text does not parse.
    """
    parts = []
    for place, program in enumerate(compile_source(text, family, name)):
        compiled = program.compiled
        if place == 0 and compiled.empty and "{{" in text:
            continue  # a file that only defines templates
        title = compiled.name or "text"
        parts.append("{# " + title.replace("#}", "#") + " #}\n" + compiled.source + "\n")
    return "\n".join(parts)


@lru_cache(maxsize=4)
def _library(family: Family) -> dict[str, Program]:
    """The default set of a family."""
    layer: dict[str, Program] = {}
    for name, text in default_sources(family).items():
        _merge(layer, compile_source(text, family, name)[1:])
    return layer


def _merge(layer: dict[str, Program], programs: Iterable[Program]) -> None:
    for program in programs:
        if not program.compiled.empty or program.compiled.name not in layer:
            layer[program.compiled.name] = program


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
        self.layer = dict(_library(family))
        errors = []
        for name, text in self.sources.items():
            try:
                programs = compile_source(text, family, name)
            except TemplateError as error:
                errors.append(error)
                continue
            _merge(self.layer, programs[1:])
            if family == "alertmanager":
                # Alertmanager knows each file's own text under the file's name as well.
                main = programs[0]
                base = PurePath(name).name
                if not main.compiled.empty or base not in self.layer:
                    self.layer[base] = main
        if errors:
            raise TemplateErrors(errors)
        self._environment = environment_of(family).overlay()
        self._environment.loader = _Loader(self.layer)
        self._ready: dict[tuple[str, bool, str], Template] = {}

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
        if "{{" not in text and not (html and "<" in text):
            return Rendered(text, None)
        try:
            template = self.prepare(text, html, name)
        except TemplateError as error:
            return Rendered("", error)
        budget = Budget()
        budget.session = Session(self, data)
        token = bounds.current.set(budget)
        try:
            return _run(template, data, budget)
        finally:
            bounds.current.reset(token)

    def prepare(self, text: str, html: bool, name: str) -> Template:
        """The text ready to run. TemplateError when it does not parse."""
        key = (text, html, name)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._compiled(text, html, name)
            if len(self._ready) > 1000:
                self._ready.clear()
            self._ready[key] = ready
        return ready

    def _compiled(self, text: str, html: bool, name: str) -> Template:
        if html:
            return self._compiled_html(text, name)
        programs = compile_source(text, self.family, name)
        environment: GoEnvironment = self._environment
        own: dict[str, Program] = {}
        _merge(
            own,
            [p for p in programs[1:] if not (p.compiled.empty and p.compiled.name in self.layer)],
        )
        if own:
            environment = environment.overlay()
            environment.loader = _Loader(own, self.layer)
        return _loaded(environment, programs[0])

    def _compiled_html(self, text: str, name: str) -> Template:
        """The text with every template it reaches, each escaped for the context it is used in."""

        def make() -> list[Program]:
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
            return _programs(escape(own[0], trees), self.family)

        key = [f"{source}\0{content}" for source, content in self.sources.items()]
        programs = cache.cached(("html", self.family, name, text, *key), make)
        environment: GoEnvironment = self._environment.overlay()
        environment.loader = _Loader({p.compiled.name: p for p in programs[1:]})
        return _loaded(environment, programs[0])


def _merge_trees(trees: dict[str, nodes.Tree], more: Iterable[nodes.Tree]) -> None:
    for tree in more:
        if tree.name not in trees or not tree.is_empty():
            trees[tree.name] = tree


class Session:
    """One rendering, for the functions that render again."""

    def __init__(self, templates: TemplateSet, data: object) -> None:
        self.templates = templates
        self.data = data
        self.labels: list[str] = []
        self.memo: dict[str, str] = {}

    def execute(self, name: str, data: object) -> str:
        """tmpl.Exec."""
        templates = self.templates
        if name not in templates.layer:
            raise GoError(f'template "{name}" not defined')
        return self._nested("{{ template " + quote(name) + " . }}", data)

    def inline(self, text: str, data: object) -> str:
        """tmpl.Inline."""
        return self._nested(text, data, "<inline>")

    def _nested(self, text: str, data: object, name: str = "") -> str:
        budget = bounds.current.get()
        if budget.depth >= 20:
            raise Exhausted("templates inside expressions nested more than 20 levels deep")
        budget.depth += 1
        try:
            template = self.templates.prepare(text, False, name)
            result = _run(template, data, budget)
        except TemplateError as error:
            raise GoError(str(error)) from None
        finally:
            budget.depth -= 1
        if result.error is not None:
            raise GoError(str(result.error))
        return result.text

    def route_label(self, name: str) -> str:
        """routeLabels: the route label, itself a template, each rendered once."""
        labels = getattr(self.data, "fields", {}).get("RouteLabels") or {}
        if name not in labels:
            return ""
        if name in self.memo:
            return self.memo[name]
        if name in self.labels:
            raise GoError("route label cycle detected: " + " -> ".join([*self.labels, name]))
        self.labels.append(name)
        try:
            value = labels[name]
            self.memo[name] = self._nested(value, self.data) if "{{" in value else value
        finally:
            self.labels.pop()
        return self.memo[name]


def _run(template: Template, data: object, budget: Budget) -> Rendered:
    """Runs the template; on an error the text so far stays."""
    parts: list[str] = []
    append, add = parts.append, budget.add
    error: TemplateError | None = None
    try:
        context = template.new_context({"dot": data, "depth": 0})
        for count, part in enumerate(template.root_render_func(context)):
            append(part)
            add(len(part))
            if not count & 255:
                budget.check_time()
    except GoError as fault:
        error = _located(fault)
    except RecursionError:
        error = TemplateError(f"exceeded maximum template depth ({bounds.MAX_TEMPLATES})")
    return Rendered(valid("".join(parts)), error)


_LITERAL = re.compile(r"wrong type for value; expected (\S+); got (?:string|bool)")
_EXPECTED = {"float64": "float", "bool": "bool", "string": "string"}


def _of_literal(message: str, context: str) -> str:
    """Go refuses a literal argument with a sentence of its own."""
    found = _LITERAL.fullmatch(message)
    if found is None or not (context[:1] in ('"', "`") or context in ("true", "false")):
        return message
    go_type = found.group(1)
    if is_integer(go_type):
        return f"expected integer; found {context}"
    if go_type in _EXPECTED:
        return f"expected {_EXPECTED[go_type]}; found {context}"
    return f"can't handle {context} for arg of type {go_type}"


def _located(fault: GoError) -> TemplateError:
    """The error with its place: the innermost template that was running, and the node it was at."""
    program: Program | None = None
    for frame, _ in traceback.walk_tb(fault.__traceback__):
        running = frame.f_globals.get("__jinja_template__")
        program = getattr(running, "program", program)
    if program is None:
        return TemplateError(fault.message)
    name, parse_name, _, places, _ = program.compiled
    if fault.node is None:
        return TemplateError(fault.message, parse_name, text=f"template: {name}: {fault.message}")
    place = places[fault.node]
    if fault.of_argument:
        fault.message = _of_literal(fault.message, place.context)
    shown = (
        f"template: {parse_name}:{place.line}:{place.column}: executing {quote(name)} "
        f"at <{place.context}>: {fault.message}"
    )
    return TemplateError(fault.message, parse_name, place.line, place.column + 1, text=shown)
