"""Every function a template may call: what it does, its Go signature, who has it and since when."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from translators.gotemplate import (
    bounds,
    escaping,
    jsontext,
    layouts,
    operations,
    regexps,
    textcase,
)
from translators.gotemplate import times as gotimes
from translators.gotemplate.calendar import load_location
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.floats import format_float
from translators.gotemplate.formatting import bounded, evaluated, sprint, sprintf, sprintln
from translators.gotemplate.nodes import SPACE
from translators.gotemplate.numbers import parse_float
from translators.gotemplate.quoting import from_bytes, quote, to_bytes
from translators.gotemplate.times import Duration, Time
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
        return Time(*layouts.read(text, layout))
    except ValueError as error:
        raise GoError(str(error)) from None


def to_date(layout: str, text: str) -> Time:
    try:
        return Time(*layouts.read(text, layout))
    except ValueError:
        return gotimes.ZERO


def _seconds(value: Any) -> float:
    if isinstance(value, Duration):
        return gotimes.Duration.go_methods["Seconds"].call(value)  # type: ignore[no-any-return]
    if isinstance(value, str) and type(value) is str:
        number = parse_float(value)
        if number is None:
            raise GoError(f"strconv.ParseFloat: parsing {quote(value)}: invalid syntax")
        if math.isinf(number) and value.lower().lstrip("+-")[:1] != "i":
            raise GoError(f"strconv.ParseFloat: parsing {quote(value)}: value out of range")
        return number
    if type_name(value) in ("float64", "int", "int64", "uint64", "uint"):
        return float(value)
    raise GoError(f"can't convert {type_name(value)} to float")


_PREFIXES = "munpfazy"


def humanize_duration(value: Any) -> str:
    """prometheus/common's HumanizeDuration: 1d 2h 3m 4s, 1.234s, 12ms."""
    number = _seconds(value)
    if math.isnan(number) or math.isinf(number) or number == 0:
        return format_float(number, "g", 4) + ("s" if number == 0 else "")
    if abs(number) < 1:
        steps = 0
        while abs(number) < 1 and steps < len(_PREFIXES):
            number *= 1000
            steps += 1
        return format_float(number, "g", 4) + _PREFIXES[steps - 1] + "s"
    sign, number = ("-", -number) if number < 0 else ("", number)
    # Go's division and remainder go towards zero, which shows where int64 overflowed.
    whole = int(number) if number < 1 << 63 else -1 << 63
    days, hours = _div(whole, 86400), _rest(_div(whole, 3600), 24)
    minutes, seconds = _rest(_div(whole, 60), 60), _rest(whole, 60)
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return sign + format_float(number, "g", 4) + "s"


def _div(number: int, by: int) -> int:
    return number // by if number >= 0 else -(-number // by)


def _rest(number: int, by: int) -> int:
    return number - _div(number, by) * by


def base64_encode(text: str) -> str:
    return base64.urlsafe_b64encode(to_bytes(text)).decode()


def base64_decode(text: str) -> str:
    """base64.URLEncoding.DecodeString; the error names the byte Go stumbles over."""
    data = to_bytes(text)
    fault = _base64_fault(data)
    if fault is not None:
        raise GoError(f"illegal base64 data at input byte {fault}")
    return from_bytes(base64.urlsafe_b64decode(data.replace(b"\r", b"").replace(b"\n", b"")))


_BASE64 = re.compile(rb"[-_0-9A-Za-z]")


def _base64_fault(data: bytes) -> int | None:
    """Where the data stops being padded base64; line breaks are skipped wherever they are."""
    filled = 0
    for place, byte in enumerate(data):
        if byte in b"\r\n":
            continue
        if _BASE64.match(data, place):
            filled = (filled + 1) % 4
            continue
        if byte != ord("=") or filled < 2:
            return place
        rest = [(at, b) for at, b in enumerate(data[place + 1 :], place + 1) if b not in b"\r\n"]
        if filled == 2:
            if not rest:
                return len(data)
            if rest[0][1] != ord("="):
                return rest[0][0]
            del rest[0]
        return rest[0][0] if rest else None
    return len(data) - filled if filled else None


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
    return bounds.current.get().session.route_label(name)  # type: ignore[no-any-return]


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
    "len": Function(operations.length, (VALUE,)),
    "index": Function(operations.index, (VALUE, VALUE), True),
    "slice": Function(operations.cut, (VALUE, VALUE), True),
    "eq": Function(operations.equal, (VALUE, VALUE), True),
    "ne": Function(operations.not_equal, (VALUE, VALUE)),
    "lt": Function(operations.less, (VALUE, VALUE)),
    "le": Function(operations.less_or_equal, (VALUE, VALUE)),
    "gt": Function(operations.greater, (VALUE, VALUE)),
    "ge": Function(operations.greater_or_equal, (VALUE, VALUE)),
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
    "humanizeDuration": Function(humanize_duration, (ANY,), families=_AM, since="0.28.0"),
    "toDate": Function(to_date, (_S, _S), families=_AM, since="0.34.0"),
    "mustToDate": Function(must_to_date, (_S, _S), families=_AM, since="0.34.0"),
    "toJson": Function(jsontext.marshal, (ANY,), families=_AM, since="0.30.0"),
    "base64encode": Function(base64_encode, (_S,), families=_AM, since="0.34.0"),
    "base64decode": Function(base64_decode, (_S,), families=_AM, since="0.34.0"),
    "list": Function(make_list, (ANY,), True, families=_AM, since="0.32.0"),
    "append": Function(append, ("[]interface {}", ANY), True, families=_AM, since="0.32.0"),
    "dict": Function(make_dict, (ANY,), True, families=_AM, since="0.32.0"),
}
"""Alertmanager's functions, `since` its version, and which of them Grafana has too."""


def register(name: str, function: Function) -> None:
    FUNCTIONS[name] = function


def functions_of(family: Family) -> dict[str, Function]:
    """Every function of a family, those of the language included."""
    own = {name: entry for name, entry in FUNCTIONS.items() if family in entry.families}
    return BUILTINS | own


def _signature(name: str, entry: Function, given: int, piped: bool) -> str | None:
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


arity_fault = _signature
__all__ = [
    "BUILTINS",
    "FUNCTIONS",
    "HTML",
    "URL",
    "Family",
    "Function",
    "arity_fault",
    "functions_of",
]
