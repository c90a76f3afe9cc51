"""Grafana's functions with a dot: coll, data, tmpl and time; and those it has from Mimir."""

from __future__ import annotations

from typing import Any, ClassVar

from translators.gotemplate import bounds, jsontext
from translators.gotemplate import times as gotimes
from translators.gotemplate.errors import GoError
from translators.gotemplate.escaping import query
from translators.gotemplate.formatting import text
from translators.gotemplate.functions import Function
from translators.gotemplate.goquery import parse_query, split
from translators.gotemplate.values import (
    ANY,
    NIL,
    Map,
    Method,
    Slice,
    kept,
    type_name,
)


class Namespace:
    """A value that only has methods."""

    kind: ClassVar[str] = "ptr"
    seen_as: ClassVar[str] = ANY
    __slots__ = ("go_methods", "go_type")

    def __init__(self, go_type: str, methods: dict[str, Method]) -> None:
        self.go_type = go_type
        self.go_methods = methods

    def go_string(self) -> str:
        return "{}"


def _string(value: Any) -> str:
    if value is None or value is NIL:
        return "nil"
    return str(value) if type(value) is str else text(value)


def _dict(*values: Any) -> Map:
    result = Map()
    for place in range(0, len(values), 2):
        given = values[place + 1] if place + 1 < len(values) else ""
        result[_string(values[place])] = kept(given)
    return result


def _append(value: Any, items: Any) -> Slice:
    if not isinstance(items, Slice):
        raise GoError("expected an array or slice, but got a reflect.Value")
    return Slice([*items, kept(value)])


def _decoded(value: Any) -> Any:
    from translators.gotemplate.documents import decoded  # brings the YAML library

    return decoded(_string(value))


def _exec(name: str, *context: Any) -> str:
    if name == "":
        raise GoError("template name is required")
    data = context[0] if len(context) == 1 else None
    return bounds.current.get().session.execute(name, data)


def _inline(*args: Any) -> str:
    if len(args) != 2:
        raise GoError(f"wrong number of args for tpl: want 2 - got {len(args)}")
    if type(args[0]) is not str:
        raise GoError(f"wrong input: first arg must be string, got {type_name(args[0])}")
    return bounds.current.get().session.inline(args[0], args[1])


def _explore_url(grafana: str, datasource: str, start: str, end: str, expr: str) -> str:
    """A link to Grafana's Explore with one Prometheus range query."""
    text_ = jsontext.string
    left = (
        f'{{"range":{{"from":{text_(start)},"to":{text_(end)}}},"queries":[{{"datasource":'
        f'{{"type":"prometheus","uid":{text_(datasource)}}},"expr":{text_(expr)},'
        '"instant":false,"range":true,"refId":"A"}]}'
    )
    if not datasource:
        left = left.replace(',"uid":""', "", 1)
    return f"{grafana}/explore?left={query(left)}"


def _query_from_generator_url(url: str) -> str:
    try:
        values = parse_query(split(url)[1]).get("g0.expr")
    except GoError as error:
        raise GoError(
            f"failed to parse generator URL: parse {jsontext.string(url)}: {error}"
        ) from None
    if not values:
        raise GoError("query not found in the generator URL")
    return values[0]


_S = "string"
COLL = Namespace(
    "*gomplate.CollFuncs",
    {
        "Dict": Method(lambda _, *a: _dict(*a), (ANY,), True),
        "Slice": Method(lambda _, *a: Slice(map(kept, a)), (ANY,), True),
        "Append": Method(lambda _, value, items: _append(value, items), (ANY, ANY)),
    },
)
DATA = Namespace(
    "*gomplate.DataFuncs",
    {
        "JSON": Method(lambda _, value: _decoded(value), (ANY,)),
        "ToJSON": Method(lambda _, value: jsontext.marshal(value), (ANY,)),
        "ToJSONPretty": Method(
            lambda _, step, value: jsontext.indent(jsontext.marshal(value), step), (_S, ANY)
        ),
    },
)
TMPL = Namespace(
    "*gomplate.TmplFuncs",
    {
        "Exec": Method(lambda _, name, *a: _exec(name, *a), (_S, ANY), True),
        "Inline": Method(lambda _, *a: _inline(*a), (ANY,), True),
    },
)
TIME = Namespace("*gomplate.TimeFuncs", {"Now": Method(lambda _: gotimes.now())})


def _namespace(space: Namespace) -> Function:
    return Function(lambda: space, families=("grafana",), since="12.0")


GRAFANA: dict[str, Function] = {
    "coll": _namespace(COLL),
    "data": _namespace(DATA),
    "tmpl": _namespace(TMPL),
    "time": _namespace(TIME),
    "tenantID": Function(lambda: "1", families=("grafana",)),
    "grafanaExploreURL": Function(_explore_url, (_S, _S, _S, _S, _S), families=("grafana",)),
    "queryFromGeneratorURL": Function(_query_from_generator_url, (_S,), families=("grafana",)),
}
"""The functions that only Grafana has."""
