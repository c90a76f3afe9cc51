"""One rendering: running a program, the renderings inside it, and the place of what goes wrong."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from translators.gotemplate import bounds
from translators.gotemplate.assigning import is_integer
from translators.gotemplate.bounds import Budget
from translators.gotemplate.compiled import Program
from translators.gotemplate.environment import settle
from translators.gotemplate.errors import Exhausted, GoError, TemplateError, TooLong
from translators.gotemplate.quoting import quote, valid

if TYPE_CHECKING:
    from translators.gotemplate.programs import Entry
    from translators.gotemplate.templates import TemplateSet


class Rendered(NamedTuple):
    """What came out, and the error that ended it early, if one did."""

    text: str
    error: TemplateError | None


class Session:
    """One rendering, for the functions that render again."""

    __slots__ = ("data", "labels", "memo", "templates")

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
            start = self.templates.prepare(text, False, name)
            result = run(start, data, budget)
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


def run(start: Entry, data: object, budget: Budget) -> Rendered:
    """Runs the template; on an error the text so far stays."""
    template, depth = start
    parts: list[str] = []
    error: TemplateError | None = None
    try:
        for _ in range(depth):
            budget.step()
        context = template.new_context({"dot": settle(data) if depth else data, "depth": depth})
        pieces = template.root_render_func(context)
        held, counted = budget.held, 0
        while len(parts) == counted:
            budget.check_time()
            parts.extend(islice(pieces, bounds.PIECES))  # what came before an error, too
            budget.held = held
            budget.add(sum(map(len, parts[counted:])))
            counted += bounds.PIECES
    except TooLong as fault:
        error = TemplateError(fault.message)
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
    step = fault.__traceback__
    while step is not None:
        running = step.tb_frame.f_globals.get("__jinja_template__")
        program = getattr(running, "program", program)
        step = step.tb_next
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
