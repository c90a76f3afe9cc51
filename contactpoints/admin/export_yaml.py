"""YAML as Go's yaml.v3 prints it, which Grafana's exports are made with.

Source: https://github.com/go-yaml/yaml/tree/v3 : four columns a level, a list's items begin two
columns in, texts are plain where that reads back as text. Written by hand because the export of
thousands of contact points must not take seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

BEST = 4  # columns a level
RESOLVED = re.compile(  # plain scalars that are no text to YAML 1.1 or 1.2
    r"~|null|Null|NULL|true|True|TRUE|false|False|FALSE|<<"
    r"|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF"
    r"|[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
    r"|[-+]?(\.[0-9]+|[0-9_]+(\.[0-9_]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"
)
SPECIAL = re.compile("[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
BREAKS = re.compile("[\n\x85\u2028\u2029]")
INDICATORS = "-?:,[]{}#&*!|>'\"%@`"
NOT_PLAIN = re.compile(r"^(---|\.\.\.)|: |:$| #|^[ ]|[ ]$|^[,\[\]{}#&*!|>'\"%@`]|^[-?:]([ ]|$)")
IN_FLOW = re.compile(r"[,?\[\]{}:]")


class Flow(list[Any]):
    """A list that is written on one line."""


def to_yaml(value: dict[str, Any]) -> str:
    """A document. Keys are written in their order."""
    return "\n".join(_mapping(value, 0)) + "\n"


def _mapping(value: dict[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, item in value.items():
        head = f"{pad}{_text(str(key))}:"
        if isinstance(item, dict) and item:
            yield head
            yield from _mapping(item, _next(indent))
        elif isinstance(item, list) and item and not isinstance(item, Flow):
            yield head
            yield from _sequence(item, _next(indent))
        else:
            yield from _scalar(head, item, indent)


def _sequence(value: list[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in value:
        if isinstance(item, dict | list) and item and not isinstance(item, Flow):
            inside = indent + 2
            lines = _mapping(item, inside) if isinstance(item, dict) else _sequence(item, inside)
            yield f"{pad}- {next(lines)[inside:]}"
            yield from lines
        else:
            yield from _scalar(f"{pad}-", item, indent)


def _next(indent: int) -> int:
    return BEST * ((indent + BEST) // BEST)


def _scalar(head: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value and _is_block(value):
        yield from _literal(head, value, indent)
    elif isinstance(value, str):
        yield f"{head} {_text(value)}"
    elif isinstance(value, Flow) and value:
        yield f"{head} [{', '.join(_text(str(item), flow=True) for item in value)}]"
    elif isinstance(value, dict | list):
        yield f"{head} {'{}' if isinstance(value, dict) else '[]'}"
    else:
        yield f"{head} {json.dumps(value)}"


def _is_block(text: str) -> bool:
    """Whether a text of several lines may stand in a block as it is."""
    return not (SPECIAL.search(text) or re.search("[\x85\u2028\u2029]| \n| $", text))


def _literal(head: str, text: str, indent: int) -> Iterator[str]:
    body = text.rstrip("\n")
    chomping = {0: "-", 1: ""}.get(len(text) - len(body), "+") if body else "+"
    inner = _next(indent)
    hint = str(inner - indent) if text[:1] in (" ", "\n") else ""
    yield f"{head} |{hint}{chomping}"
    lines = text[: len(text) if chomping == "+" else len(body)].split("\n")
    if chomping == "+":
        lines = lines[:-1]
    for line in lines:
        yield " " * inner + line if line else ""


def _text(text: str, flow: bool = False) -> str:
    if not text:
        return '""'
    if RESOLVED.fullmatch(text) or SPECIAL.search(text) or BREAKS.search(text):
        return _double(text)
    if NOT_PLAIN.search(text) or (flow and IN_FLOW.search(text)):
        return "'" + text.replace("'", "''") + "'"
    return text


ESCAPES = {
    "\0": "\\0",
    "\x07": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def _double(text: str) -> str:
    def escaped(character: str) -> str:
        if short := ESCAPES.get(character):
            return short
        if not SPECIAL.match(character):
            return character
        code = ord(character)
        if code < 0x100:
            return f"\\x{code:02X}"
        return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"

    return '"' + "".join(map(escaped, text)) + '"'
