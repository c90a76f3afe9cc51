"""Every function a template may call: what it does, its Go signature, who has it and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from translators.gotemplate import (
    base64url,
    bounds,
    comparing,
    durations,
    escaping,
    indexing,
    jsontext,
    layouts,
    regexps,
    textcase,
    time_parsing,
)
from translators.gotemplate import times as gotimes
from translators.gotemplate.calendar import load_location
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.formatting import bounded, evaluated, sprint, sprintf, sprintln
from translators.gotemplate.quoting import SPACE
from translators.gotemplate.times import Time
from translators.gotemplate.values import ANY, VALUE, Map, Slice, StringSlice, kept, type_name

Family = Literal["alertmanager", "grafana"]
BOTH: tuple[Family, ...] = ("alertmanager", "grafana")


class Function(NamedTuple):
    """A function of the template language; `since` is the version of the family that brought it."""

    call: Callable[..., Any]
    params: tuple[str, ...] = ()
    variadic: bool = False
    families: tuple[Family, ...] = BOTH
    since: str = ""


class HTML(str):
    """Text that is HTML already: the html engine leaves it as it is."""

    go_type = "template.HTML"
    __slots__ = ()


class URL(str):
    """A URL that is to be trusted."""

    go_type = "template.URL"
    __slots__ = ()


def join(separator: str, items: list[str]) -> str:
    size = sum(map(len, items)) + len(separator) * len(items)
    if size > bounds.MAX_OUTPUT:
        raise Exhausted(f"string longer than {bounds.MAX_OUTPUT} bytes")
    return separator.join(items)


def tz(name: str, moment: Time) -> Time:
    return Time(moment.seconds, moment.nanosecond, load_location(name))


def date(layout: str, moment: Time) -> str:
    return layouts.write(moment.moment(), layout)


def must_to_date(layout: str, text: str) -> Time:
    try:
        return Time(*time_parsing.read(text, layout))
    except ValueError as error:
        raise GoError(str(error)) from None


def to_date(layout: str, text: str) -> Time:
    try:
        return Time(*time_parsing.read(text, layout))
    except ValueError:
        return gotimes.ZERO


def make_dict(*values: Any) -> Map:
    if len(values) % 2:
        raise GoError("dict requires an even number of arguments")
    if any(type(key) is not str for key in values[::2]):
        raise GoError("dict keys must be strings")
    return Map(zip(values[::2], map(kept, values[1::2]), strict=True))


def make_list(*values: Any) -> Slice:
    return Slice(map(kept, values))


def append(items: list[Any], *values: Any) -> Slice:
    return Slice([*items, *map(kept, values)])


def route_labels(name: str) -> str:
    return bounds.current.get().session.route_label(name)


def callee(name: Any, *args: Any) -> Any:
    """call: no value of the template data is a function."""
    if name is None:
        raise GoError("call of nil")
    raise GoError(f"non-function {{}} of type {type_name(name)}")


_S, _STRINGS, _TIME = "string", "[]string", "time.Time"
_AM: tuple[Family, ...] = ("alertmanager",)
_GRAFANA: tuple[Family, ...] = ("grafana",)

BUILTINS: dict[str, Function] = {
    "and": Function(lambda *a: a, (VALUE, VALUE), True),
    "or": Function(lambda *a: a, (VALUE, VALUE), True),
    "call": Function(callee, (VALUE, VALUE), True),
    "not": Function(lambda value: not value, (VALUE,)),
    "len": Function(indexing.length, (VALUE,)),
    "index": Function(indexing.index, (VALUE, VALUE), True),
    "slice": Function(indexing.cut, (VALUE, VALUE), True),
    "eq": Function(comparing.equal, (VALUE, VALUE), True),
    "ne": Function(comparing.not_equal, (VALUE, VALUE)),
    "lt": Function(comparing.less, (VALUE, VALUE)),
    "le": Function(comparing.less_or_equal, (VALUE, VALUE)),
    "gt": Function(comparing.greater, (VALUE, VALUE)),
    "ge": Function(comparing.greater_or_equal, (VALUE, VALUE)),
    "html": Function(lambda *a: escaping.html(evaluated(list(a))), (ANY,), True),
    "js": Function(lambda *a: escaping.js(evaluated(list(a))), (ANY,), True),
    "urlquery": Function(lambda *a: escaping.query(evaluated(list(a))), (ANY,), True),
    "print": Function(lambda *a: sprint(list(a)), (ANY,), True),
    "println": Function(lambda *a: sprintln(list(a)), (ANY,), True),
    "printf": Function(lambda layout, *a: sprintf(layout, list(a)), (_S, ANY), True),
}
"""The functions of the language itself."""

FUNCTIONS: dict[str, Function] = {
    "toUpper": Function(textcase.upper, (_S,), since="0.1.0"),
    "toLower": Function(textcase.lower, (_S,), since="0.1.0"),
    "title": Function(textcase.title, (_S,), since="0.1.0"),
    "trimSpace": Function(lambda text: text.strip(SPACE), (_S,), since="0.26.0"),
    "join": Function(join, (_S, _STRINGS), since="0.1.0"),
    "match": Function(regexps.match, (_S, _S), since="0.16.0"),
    "safeHtml": Function(HTML, (_S,), since="0.2.0"),
    "reReplaceAll": Function(
        lambda p, r, t: bounded(regexps.replace_all(p, r, t)), (_S, _S, _S), since="0.6.0"
    ),
    "stringSlice": Function(lambda *items: StringSlice(items), (_S,), True, since="0.20.0"),
    "date": Function(date, (_S, _TIME), since="0.28.0"),
    "tz": Function(tz, (_S, _TIME), since="0.28.0"),
    "safeUrl": Function(URL, (_S,), families=_AM, since="0.30.0"),
    "urlUnescape": Function(escaping.unquery, (_S,), families=_AM, since="0.30.0"),
    "routeLabels": Function(route_labels, (_S,), families=_AM, since="0.34.0"),
    "now": Function(gotimes.now, families=_AM, since="0.33.0"),
    "since": Function(gotimes.since, (_TIME,), families=_AM, since="0.28.0"),
    "humanizeDuration": Function(durations.humanized, (ANY,), families=_AM, since="0.28.0"),
    "toDate": Function(to_date, (_S, _S), families=_AM, since="0.34.0"),
    "mustToDate": Function(must_to_date, (_S, _S), families=_AM, since="0.34.0"),
    "toJson": Function(jsontext.marshal, (ANY,), families=_AM, since="0.30.0"),
    "base64encode": Function(base64url.encode, (_S,), families=_AM, since="0.34.0"),
    "base64decode": Function(base64url.decode, (_S,), families=_AM, since="0.34.0"),
    "list": Function(make_list, (ANY,), True, families=_AM, since="0.32.0"),
    "append": Function(append, ("[]interface {}", ANY), True, families=_AM, since="0.32.0"),
    "dict": Function(make_dict, (ANY,), True, families=_AM, since="0.32.0"),
}
"""Alertmanager's functions, `since` its version, and which of them Grafana has too."""


def functions_of(family: Family) -> dict[str, Function]:
    """The functions of the language, and those of Alertmanager that the family has."""
    own = {name: entry for name, entry in FUNCTIONS.items() if family in entry.families}
    return BUILTINS | own


def arity_fault(name: str, entry: Function, given: int, piped: bool) -> str | None:
    """What is wrong with the number of arguments, as Go says it."""
    if entry.variadic:
        least = len(entry.params) - 1
        if given < least:
            shown = given - 1 if piped else given
            return f"wrong number of args for {name}: want at least {least} got {shown}"
        return None
    if given != len(entry.params):
        return f"wrong number of args for {name}: want {len(entry.params)} got {given}"
    return None
