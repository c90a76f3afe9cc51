"""Jinja2's sandbox with Go's operators and functions as its filters, and nothing else in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Template, pass_context, pass_environment
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

from translators.gotemplate import bounds, operations
from translators.gotemplate.assigning import checked
from translators.gotemplate.bounds import LONG
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.formatting import text
from translators.gotemplate.functions import Family, Function, functions_of
from translators.gotemplate.quoting import quote
from translators.gotemplate.values import ANY, NIL, VALUE, Literal, Map, Slice, type_name

if TYPE_CHECKING:
    from translators.gotemplate.programs import Library


@pass_context
def _finalize(_: Context, value: Any) -> str:
    # Taking the context keeps Jinja2 from computing constant expressions when it compiles: `now`.
    piece = value if value.__class__ is str else text(value)
    if len(piece) > LONG:
        bounds.current.get().hold(len(piece))
    return piece


class Scope(Context):
    """What a program starts with, its dot and its depth: it asks its context for nothing else."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables

    def resolve_or_missing(self, key: str) -> Any:
        return self.variables.get(key, missing)

    def get_all(self) -> dict[str, Any]:
        return self.variables


class GoTemplate(Template):
    """A program ready to run. What includes it hands its dot and depth in as ``locals``."""

    def new_context(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> Context:
        return Scope(locals or vars)  # type: ignore[arg-type]


class GoEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox. Attributes are read only of the cells that hold assigned variables."""

    template_class = GoTemplate
    library: Library
    """The named templates that can be included."""

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> Template:
        return self.library.ready(self, name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj.__class__ is Namespace and attribute == "v":
            return obj.v
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def fail(_: Any, node: int, message: str) -> Any:
    raise GoError(message, node)


def cell(value: Any) -> Namespace:
    """Where a variable lives that a loop may assign."""
    return Namespace(v=value)


def settle(value: Any) -> Any:
    return None if value is NIL else value


def some(value: Any, pairs: bool) -> bool:
    """Whether a range over the value has a first round; what cannot be ranged over fails there.

    A number cannot be ranged over in pairs.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return pairs or value > 0
    return not (value is None or (isinstance(value, (Slice, Map)) and not value))


def number(parts: list[Any]) -> Literal:
    return Literal(parts[0], parts[1], parts[2])


def make_complex(parts: list[float]) -> complex:
    return complex(parts[0], parts[1])


def invoke(args: list[Any], node: int, name: str) -> Any:
    if args[0] is None or args[0] is NIL:
        raise GoError("error calling call: call of nil", node)
    raise GoError(f"error calling call: non-function {name} of type {type_name(args[0])}", node)


@pass_environment
def enter(environment: GoEnvironment, depth: int, node: int, name: str) -> int:
    """The depth inside the named template, if there is one."""
    if not environment.library.has(name):
        raise GoError(f"template {quote(name)} not defined", node)
    if depth >= bounds.MAX_TEMPLATES:
        raise Exhausted(f"exceeded maximum template depth ({bounds.MAX_TEMPLATES})", node)
    bounds.current.get().step()
    return depth + 1


def _filter(name: str, entry: Function) -> Callable[..., Any]:
    """The filter of a function: takes the list of arguments, the call's place and each one's."""
    function = entry.call
    params = entry.params
    message = f"error calling {name}: "

    def loose(args: list[Any], node: int) -> Any:
        try:
            result = function(*args)
            if result.__class__ is str and len(result) > LONG:
                bounds.weigh(result)
            for value in args:
                if value.__class__ is str and len(value) > LONG:
                    bounds.weigh(value)
        except GoError as error:
            raise _placed(error, message, node) from None
        return result

    if all(param in (VALUE, ANY) for param in params):
        return loose
    last = len(params) - 1

    def strict(args: list[Any], node: int, *places: int) -> Any:
        for index, value in enumerate(args):
            go_type = params[index] if index < last else params[last]
            if value.__class__ is not str or go_type != "string":
                args[index] = checked(value, go_type, places[index])
        return loose(args, node)

    return strict


def _placed(error: GoError, prefix: str, node: int) -> GoError:
    if isinstance(error, Exhausted):
        if error.node is None:
            error.node = node
        return error
    return GoError(prefix + error.message, node)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "get": operations.get,
    "arg": operations.arg,
    "call": operations.call,
    "each": operations.each,
    "pairs": operations.pairs,
    "fail": fail,
    "cell": cell,
    "settle": settle,
    "some": some,
    "number": number,
    "complex": make_complex,
    "invoke": invoke,
    "enter": enter,
}


@lru_cache(maxsize=8)
def functions(family: Family, html: bool = False) -> Mapping[str, Function]:
    """Every function of the family; with `html` those that escaping puts into a template, too."""
    known = functions_of(family)
    if family == "grafana":
        from translators.gotemplate.namespaces import GRAFANA

        known |= GRAFANA
    if html:
        from translators.gotemplate.html_functions import ESCAPERS

        known |= ESCAPERS
    return known


@lru_cache(maxsize=2)
def parse_functions(family: Family) -> frozenset[str]:
    """The names a template may use."""
    return frozenset(functions(family))


@lru_cache(maxsize=8)
def environment_of(family: Family, html: bool = False) -> GoEnvironment:
    """The environment of a family, without any template. Sets take overlays of it."""
    environment = GoEnvironment(
        extensions=["jinja2.ext.loopcontrols"],
        finalize=_finalize,
        autoescape=False,
        keep_trailing_newline=True,
        optimized=False,
        auto_reload=False,
        undefined=Undefined,
        cache_size=2000,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    for name, entry in functions(family, html).items():
        environment.filters[name] = _filter(name, entry)
    environment.filters.update(_OPERATORS)
    return environment
