"""Sources of templates → programs: compiled once, kept by content, found by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Template, TemplateNotFound
from jinja2.exceptions import TemplateError as JinjaError

from translators.gotemplate import bounds, cache
from translators.gotemplate.compiled import Program
from translators.gotemplate.defaults import default_sources
from translators.gotemplate.environment import (
    GoEnvironment,
    environment_of,
    functions,
    parse_functions,
)
from translators.gotemplate.errors import TemplateError
from translators.gotemplate.functions import Family

if TYPE_CHECKING:
    from translators.gotemplate import nodes


class Library:
    """Named programs, those of one text before those of the set, and those made ready to run."""

    def __init__(self, *layers: Mapping[str, Program]) -> None:
        self.layers = layers
        self._ready: dict[str, Template] = {}

    def find(self, name: str) -> Program | None:
        for layer in self.layers:
            program = layer.get(name)
            if program is not None:
                return program
        return None

    def has(self, name: str) -> bool:
        return name in self._ready or self.find(name) is not None

    def ready(self, environment: GoEnvironment, name: str) -> Template:
        """The program as a template of the environment. TemplateNotFound when there is none."""
        template = self._ready.get(name)
        if template is None:
            program = self.find(name)
            if program is None:
                raise TemplateNotFound(name)
            template = self._ready[name] = loaded(environment, program)
        return template


class Entry(NamedTuple):
    """Where a rendering starts: `depth` templates that do nothing but include the next one, as many
    defaults do, lie before the template that says something.
    """

    template: Template
    depth: int


_PASSES_ON = re.compile(
    r'\{% with dot = dot, depth = depth %\}\{% with depth = depth\|enter\(\d+, "([^"\\]+)"\), '
    r'dot = dot\|settle %\}\{% include "\1" %\}\{% endwith %\}\{% endwith %\}'
)


def entry(environment: GoEnvironment, program: Program) -> Entry:
    """Where rendering the program starts."""
    depth = 0
    while depth < bounds.MAX_TEMPLATES and (found := _PASSES_ON.fullmatch(program.compiled.source)):
        included = environment.library.find(found[1])
        if included is None:
            break
        program, depth = included, depth + 1
    return Entry(loaded(environment, program), depth)


def loaded(environment: GoEnvironment, program: Program) -> Template:
    template = environment.template_class.from_code(environment, program.code, {})
    template.program = program  # type: ignore[attr-defined]
    return template


def programs_of(trees: Iterable[nodes.Tree], family: Family, *, html: bool) -> list[Program]:
    """The trees, compiled. TemplateError when one is too deep to run."""
    from translators.gotemplate.compiler import compile_tree  # not for what the cache has

    environment = environment_of(family, html)
    programs = []
    for tree in trees:
        compiled = compile_tree(tree, functions(family, html))
        try:
            code = environment.compile(compiled.source, name=tree.name, filename="<template>")
        except (JinjaError, SyntaxError, RecursionError, MemoryError) as error:
            raise TemplateError("nested too deeply to compile", tree.parse_name, 1, 1) from error
        programs.append(Program(compiled, code))
    return programs


def compile_source(text: str, family: Family, name: str = "") -> list[Program]:
    """The programs of one text: the text itself first, then what it defines."""

    def make() -> list[Program]:
        from translators.gotemplate.parser import parse  # not for what the cache has

        return programs_of(parse(text, parse_functions(family), name), family, html=False)

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
def default_layer(family: Family) -> dict[str, Program]:
    """The default set of a family."""
    layer: dict[str, Program] = {}
    for name, text in default_sources(family).items():
        merge(layer, compile_source(text, family, name)[1:])
    return layer


def merge(layer: dict[str, Program], programs: Iterable[Program]) -> None:
    for program in programs:
        if not program.compiled.empty or program.compiled.name not in layer:
            layer[program.compiled.name] = program
