"""encoding/json over Go's values: Marshal with its HTML escapes, and Indent."""

from __future__ import annotations

import base64
import math
import re
from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.errors import Exhausted, GoError
from translators.gotemplate.floats import format_float
from translators.gotemplate.quoting import to_bytes
from translators.gotemplate.times import Location, Time
from translators.gotemplate.values import NIL, ByteSlice, Map, Pointer, Slice, Struct, type_name

_SPECIAL = re.compile('[\\x00-\\x1f"\\\\<>&\\u2028\\u2029\\ud800-\\udfff\\x7f]')
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def _escaped(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\x7f":
        return char
    if "\ud800" <= char <= "\udfff":
        return "\\ufffd"
    return _NAMED.get(char) or f"\\u{ord(char):04x}"


def string(value: str) -> str:
    return '"' + _SPECIAL.sub(_escaped, value) + '"'


def _float(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        raise GoError(f"json: unsupported value: {format_float(value, 'g', -1)}")
    size = abs(value)
    if size and (size < 1e-6 or size >= 1e21):
        text = format_float(value, "e", -1)
        return re.sub(r"e-0(\d)$", r"e-\1", text)
    return format_float(value, "f", -1)


def marshal(value: Any, depth: int = 0) -> str:
    """json.Marshal. GoError for what JSON cannot say."""
    bounds.step()
    if depth > 200:
        raise Exhausted("value nested too deeply for JSON")
    if value is None or value is NIL:
        return "null"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Time):
        if not 0 <= value.moment().year <= 9999:
            raise GoError(
                "json: error calling MarshalJSON for type time.Time: "
                "Time.MarshalJSON: year outside of range [0,9999]"
            )
        return string(value.rfc3339())
    if isinstance(value, Pointer):
        return "null" if value.target is None else marshal(value.target, depth + 1)
    if isinstance(value, ByteSlice):
        return string(base64.b64encode(bytes(value)).decode())
    if isinstance(value, Slice):
        return "[" + ",".join(marshal(item, depth + 1) for item in value) + "]"
    if isinstance(value, Map):
        return _map(value, depth)
    if isinstance(value, Struct):
        return _struct(value, depth)
    if isinstance(value, Location):
        return "{}"
    raise GoError(f"json: unsupported type: {type_name(value)}")


def _map(value: Map, depth: int) -> str:
    if value.is_nil:
        return "null"
    if value.key != "string":
        raise GoError(f"json: unsupported type: {value.go_type}")
    items = sorted(value.items(), key=lambda item: to_bytes(item[0]))
    return "{" + ",".join(f"{string(k)}:{marshal(v, depth + 1)}" for k, v in items) + "}"


def _struct(value: Struct, depth: int) -> str:
    items = []
    for name, key, omit_empty in value.json:
        item = value.fields[name]
        if omit_empty and (item is None or (not isinstance(item, (Struct, Time)) and not item)):
            continue
        items.append(f"{string(key)}:{marshal(item, depth + 1)}")
    return "{" + ",".join(items) + "}"


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def indent(text: str, step: str) -> str:
    """json.Indent without a prefix."""
    parts: list[str] = []
    depth = 0
    opened = False
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token in "}]":
            depth -= 1
            if not opened:
                parts.append("\n" + step * depth)
            parts.append(token)
            opened = False
            continue
        if opened:
            parts.append("\n" + step * depth)
            opened = False
        if token in "{[":
            depth += 1
            parts.append(token)
            opened = True
        elif token == ",":
            parts.append(",\n" + step * depth)
        elif token == ":":
            parts.append(": ")
        else:
            parts.append(token)
    return "".join(parts)
