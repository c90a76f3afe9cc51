"""Where the values of a document stand: what the loader remembers of them, and how it is looked up.

A place is the number of the characters before it. A value in a mapping has that of its key as well,
`KEY` bits higher in the same number. What is remembered, a spot, has the shape of the values: of a
scalar it is its place; of a list a list of its place and of the spots of its items; of a mapping a
dict of spots, with its own place under None. Where an alias stands for a collection, it is a pair:
the place of the alias' key and the spot of the collection.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from .problems import Path

Spot = Any  # int | list[Spot] | dict[str | None, Spot] | tuple[int, Spot]

KEY = 40
"""Bits: more than any text is long."""
_OWN = (1 << KEY) - 1


def line_starts(text: str) -> Sequence[int]:
    """The place where each line begins, for `line_and_column`. A text that is YAML has no other
    line breaks than YAML's."""
    return [0, *accumulate(map(len, text.splitlines(keepends=True)))]


def line_and_column(place: int, starts: Sequence[int]) -> tuple[int, int]:
    """Both from 1."""
    line = bisect_right(starts, place)
    return line, place - starts[line - 1] + 1


def find_place(spot: Spot, path: Path, at_key: bool) -> int:
    """The place of what `path` leads to, or of the last that it leads to; `at_key`, that of its
    key."""
    wants_key = False
    for step in path:
        inside = spot[1] if spot.__class__ is tuple else spot
        if inside.__class__ is dict and step in inside:
            spot, wants_key = inside[step], at_key
            continue
        wants_key = False
        if inside.__class__ is not list or isinstance(step, str) or step >= len(inside) - 1:
            break
        spot = inside[step + 1]
    if wants_key:
        return (spot[0] if isinstance(spot, tuple) else own_place(spot)) >> KEY
    return own_place(spot) & _OWN


def inside_of(spot: Spot) -> Spot:
    """The spot itself, where it may be that of an alias."""
    return spot[1] if isinstance(spot, tuple) else spot


def own_place(spot: Spot) -> int:
    """The number that says where a value begins, and its key."""
    spot = inside_of(spot)
    if isinstance(spot, int):
        return spot
    place: int = spot[None] if isinstance(spot, dict) else spot[0]
    return place


def aliased(spot: Spot, key: int) -> Spot:
    """The spot of an alias that is the value of a key, for what it stands for."""
    return key << KEY | spot & _OWN if isinstance(spot, int) else (key << KEY, spot)
