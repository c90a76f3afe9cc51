"""What data.JSON decodes: JSON and YAML, as Go's yaml.v3 reads both."""

from __future__ import annotations

import datetime
import json
import math
import re
from typing import Any, cast

import yaml

from translators.gotemplate import bounds
from translators.gotemplate import times as gotimes
from translators.gotemplate.calendar import UTC, fixed
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.numbers import parse_float, parse_integer
from translators.gotemplate.quoting import from_bytes, quote
from translators.gotemplate.values import AnyKeyMap, Map, Slice, Uint64, kept

MAX_YAML = 100_000
"""Characters of YAML: the parser takes about a second for so many. JSON may be as long as any text.
"""
MAX_KEYS = 10_000
"""Keys of one YAML mapping, those merged into it included."""

_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)"
)
_RESOLVED = {"bool": (re.compile("true|True|TRUE|false|False|FALSE"), "tTfF")} | {
    "int": (_INTEGER, "-+0123456789"),
    "float": (_FLOAT, "-+0123456789."),
}
"""What a plain word may be: (pattern, first characters). Narrower than PyYAML's own rules."""


class _Loader(yaml.SafeLoader):
    """YAML as Go's yaml.v3 reads it: a key stands once, and no tag makes anything but data."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > MAX_KEYS:
            raise Exhausted(f"a mapping of more than {MAX_KEYS} keys")

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
                continue
            line = key.start_mark.line + 1
            if key.value in seen:
                raise ValueError(
                    f"unmarshal errors:\n  line {line}: mapping key {quote(key.value)} "
                    f"already defined at line {seen[key.value]}"
                )
            seen[key.value] = line
        return node

    def construct_untagged(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(cast(yaml.ScalarNode, node))

    def construct_yaml_int(self, node: yaml.ScalarNode) -> Any:
        text = str(self.construct_scalar(node))
        value = parse_integer(text.replace("_", ""))
        return self.construct_yaml_float(node) if value is None else value

    def construct_yaml_float(self, node: yaml.ScalarNode) -> Any:
        text = str(self.construct_scalar(node))
        value = parse_float(re.sub(r"_|\.(?=[in])", "", text.lower()))
        if value is None or (math.isinf(value) and "inf" not in text.lower()):
            return text
        return value


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in _RESOLVED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _word, (_pattern, _first) in _RESOLVED.items():
    _whole = re.compile(f"(?:{_pattern.pattern})\\Z")
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_word}", _whole, _first)
for _tag in ("set", "omap", "pairs"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _Loader.construct_untagged)
_Loader.add_constructor(None, _Loader.construct_untagged)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _finite(text: str) -> Any:
    value = float(text)
    return text if math.isinf(value) else value


def decoded(source: str) -> Any:
    """The value of a JSON or YAML text. GoError when it is neither."""
    try:
        return _as_go(json.loads(source, object_pairs_hook=_once, parse_float=_finite))
    except (ValueError, RecursionError):
        pass
    if len(source) > MAX_YAML:
        raise Exhausted(f"more than {MAX_YAML} characters of YAML")
    try:
        return _as_go(yaml.load(source, _Loader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or (str(error) if source else "") or "not JSON"
        raise GoError(f"unable to unmarshal object {source}: yaml: {problem}") from None


def _as_go(value: Any) -> Any:
    """A Python value of the JSON or YAML as Go's value."""
    bounds.step()
    if isinstance(value, dict):
        made = Map if all(isinstance(key, str) for key in value) else AnyKeyMap
        return made((key, kept(_as_go(item))) for key, item in value.items())
    if isinstance(value, list):
        return Slice(kept(_as_go(item)) for item in value)
    if isinstance(value, bytes):
        return from_bytes(value)
    if isinstance(value, datetime.datetime):
        seconds = int((value.replace(tzinfo=value.tzinfo or datetime.UTC)).timestamp() // 1)
        offset = value.utcoffset()
        zone = fixed("", int(offset.total_seconds())) if offset else UTC
        return gotimes.Time(seconds, value.microsecond * 1000, zone)
    if isinstance(value, datetime.date):
        return gotimes.parse_rfc3339(f"{value.isoformat()}T00:00:00Z")
    if isinstance(value, int) and not isinstance(value, bool) and not -(1 << 63) <= value < 1 << 63:
        return Uint64(value) if 0 <= value < 1 << 64 else float(value)
    return value
