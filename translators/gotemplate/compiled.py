"""What a template compiles to: Jinja2 source, its code, and where each part of it stood."""

from __future__ import annotations

from types import CodeType
from typing import NamedTuple


class Place(NamedTuple):
    """Where a node stood, as Go tells it: line from 1, column from 0, and the node's own text."""

    line: int
    column: int
    context: str


class Compiled(NamedTuple):
    """One template in Jinja2. `empty` templates never replace others of their name."""

    name: str
    parse_name: str
    source: str
    places: list[Place]
    empty: bool


class Program(NamedTuple):
    """A compiled template with the code object Jinja2 makes of it."""

    compiled: Compiled
    code: CodeType
