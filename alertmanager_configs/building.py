"""The values of a YAML document, and where they stand, built straight from the parser's events.

The usual composer and constructor cost eight times as much, turn `17:00` into 1020 and forget where
things were.
"""

from __future__ import annotations

import base64
import binascii
import sys
from typing import Any

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .places import KEY, Spot, aliased, inside_of
from .problems import Path, Problem
from .syntax import RefusedError

MAX_DEPTH = 200
"""Collections inside each other: a tree of 100 routes, and far from Python's recursion limit for
every reader."""

MAX_ALIASED = 200_000
"""Values that aliases may repeat, beyond ten times what is written out: an alias bomb passes it at
once."""

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""Plain scalars that mean "nothing" in every version of YAML."""

TAGS = "tag:yaml.org,2002:"


class Quoted(str):
    """A scalar that was quoted or a block scalar: always text, never null, a bool or a number."""

    __slots__ = ()


Value = None | str | Quoted | list["Value"] | dict[str, "Value"]
"""What a document holds. A str that is not Quoted was written plain, exactly as it stands."""


_KEY_IS_NOT_TEXT: dict[Any, str] = {
    SequenceStartEvent: "cannot unmarshal !!seq into string",
    MappingStartEvent: "cannot unmarshal !!map into string",
}
_NO_KEY: Any = object()  # in a mapping: the next scalar is a key


def build(
    next_event: Any, repeated: list[Problem], merged: list[Problem] | None = None
) -> tuple[Value, Spot]:
    """The value of one document, from its events, and where all of it stands; `repeated` collects
    a problem of kind "type" for every repeated key.

    With `merged`, `<<` means what it means to Alertmanager (see `_merge_in_order`), and `merged`
    collects such a problem for every key that is said by a mapping and by what it merges.
    """
    scalar, mapping_start, mapping_end = ScalarEvent, MappingStartEvent, MappingEndEvent
    no_key, quoted, nulls, intern = _NO_KEY, Quoted, NULLS, sys.intern
    root: list[Any] = []
    container: Any = root
    spots: Any = [0]
    key: Any = None  # in a list: None
    key_place = 0
    stack: list[_Open] = []
    anchors: dict[str, tuple[Any, Spot, int]] = {}
    merges: dict[int, list[_Merge]] = {}
    count = repeats = 0
    while True:
        event = next_event()
        kind = event.__class__
        if kind is scalar:
            count += 1
            value = event.value
            if key is no_key:
                key_place = event.start_mark.index
                if event.anchor is not None:
                    anchors[event.anchor] = (value, key_place, 1)
                if value == "<<" and not event.style:
                    key = _MERGE
                    continue
                if value in container:
                    repeated.append(_duplicate(_path(stack, container, value), event.start_mark))
                key = intern(value)
                continue
            if event.tag is not None:
                value = _tagged(event)
            elif event.style:
                value = quoted(value)
            elif value in nulls:
                value = None
            spot = key_place << KEY | event.start_mark.index
            if event.anchor is not None:
                anchors[event.anchor] = (value, spot, 1)
        elif kind is mapping_start or kind is SequenceStartEvent:
            count += 1
            if key is no_key:
                raise RefusedError(_KEY_IS_NOT_TEXT[kind], event)
            if len(stack) >= MAX_DEPTH:
                raise RefusedError(f"exceeded max depth of {MAX_DEPTH}", event)
            stack.append((container, spots, key, event.anchor, count))
            if event.anchor is not None:
                anchors[event.anchor] = (_NO_KEY, 0, 0)
            place = key_place << KEY | event.start_mark.index
            if kind is mapping_start:
                container, spots, key = {}, {None: place}, no_key
            else:
                container, spots, key = [], [place], None
            continue
        elif kind is mapping_end or kind is SequenceEndEvent:
            value, spot = container, spots
            if merges and id(value) in merges:
                sources = merges.pop(id(value))
                before = len(value)
                if merged is None:
                    _merge(value, spot, sources, event)
                else:
                    again = _merge_in_order(value, spot, sources, event)
                    mark = event.start_mark
                    merged += [_duplicate(_path(stack, value, each), mark) for each in again]
                added = len(value) - before
                repeats += added
                count += added
                if repeats > MAX_ALIASED + 10 * (count - repeats):
                    raise RefusedError("document contains excessive aliasing", event)
            container, spots, key, anchor, start = stack.pop()
            if anchor is not None:
                anchors[anchor] = (value, spot, count - start + 1)
        elif kind is AliasEvent:
            if event.anchor not in anchors:
                raise RefusedError(f"unknown anchor '{event.anchor}' referenced", event)
            value, spot, size = anchors[event.anchor]
            if value is _NO_KEY:
                raise RefusedError(f"anchor '{event.anchor}' value contains itself", event)
            repeats += size
            count += size
            if repeats > MAX_ALIASED + 10 * (count - repeats):
                raise RefusedError("document contains excessive aliasing", event)
            if key is no_key:
                if not isinstance(value, str):
                    opened = SequenceStartEvent if isinstance(value, list) else mapping_start
                    raise RefusedError(_KEY_IS_NOT_TEXT[opened], event)
                key, key_place = value, event.start_mark.index
                continue
            spot = aliased(spot, key_place)
        elif kind is DocumentEndEvent:
            return (root[0], spots[1]) if root else (None, 0)
        else:
            continue
        if key is None:
            container.append(value)
            spots.append(spot)
        elif key is _MERGE:
            merges.setdefault(id(container), []).append((value, spot, len(container)))
            spots["<<"] = spot
            key = no_key
        else:
            container[key] = value
            spots[key] = spot
            key = no_key


_MERGE: Any = object()  # the key `<<`

_Open = tuple[Any, Spot, str | None, str | None, int]
"""A collection that waits for the end of one inside: its values and spots, the key of the one
inside, and of that the anchor and the number of values before it."""


_Merge = tuple[Any, Spot, int]
"""What a `<<` names, where that stands, and the number of keys before the `<<`."""

_ADDED_UP = frozenset(("matchers", "source_matchers", "target_matchers"))
"""Lists that Alertmanager adds to what it has read before, where other values are replaced."""


def _merge(mapping: dict[str, Value], spots: Spot, sources: list[_Merge], event: Any) -> None:
    """Add what `<<` brings: keys that stand in the mapping win, then earlier sources."""
    for source, spot, _ in sources:
        for part, its_spots in _parts(source, spot, event):
            for key, value in part.items():
                if key not in mapping:
                    mapping[key], spots[key] = value, inside_of(its_spots)[key]


def _merge_in_order(
    mapping: dict[str, Value], spots: Spot, sources: list[_Merge], event: Any
) -> list[str]:
    """Add what `<<` brings as Go's YAML of version 2 reads it into a struct: what stands later
    wins, of a list what stands first, and some lists add up. The keys that are said twice.
    """
    own = list(mapping.items())
    own_spots = {key: spots[key] for key, _ in own}
    twice: list[str] = []

    def put(key: str, value: Value, spot: Spot) -> None:
        if key in mapping:
            twice.append(key)
            before = mapping[key]
            if key in _ADDED_UP and isinstance(before, list) and isinstance(value, list):
                inside = [*inside_of(spots[key]), *inside_of(spot)[1:]]
                value, spot = [*before, *value], inside
                if len(value) > MAX_ALIASED:
                    raise RefusedError("document contains excessive aliasing", event)
        mapping[key], spots[key] = value, spot

    mapping.clear()
    done = 0
    for source, spot, position in [*sources, ({}, {None: 0}, len(own))]:
        for key, value in own[done:position]:
            put(key, value, own_spots[key])
        done = position
        for part, its_spots in reversed(_parts(source, spot, event)):
            for key, value in part.items():
                put(key, value, inside_of(its_spots)[key])
    return twice


def _parts(source: Any, spot: Spot, event: Any) -> list[tuple[dict[str, Value], Spot]]:
    """The mappings that a `<<` names, each with where it stands."""
    inside = inside_of(spot)
    parts = source if isinstance(source, list) else [source]
    if not all(isinstance(part, dict) for part in parts):
        raise RefusedError("map merge requires map or sequence of maps as the value", event)
    return list(zip(parts, inside[1:] if isinstance(source, list) else [inside], strict=True))


def _tagged(event: Any) -> Value:
    """A scalar with an explicit tag; a tag that is not YAML's own leaves the text as it is."""
    text: str = event.value
    tag = event.tag.removeprefix(TAGS)
    if tag == "null":
        return None
    if tag in ("int", "float", "bool", "timestamp"):
        return text
    if tag == "binary":
        try:
            return Quoted(base64.b64decode("".join(text.split()), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            raise RefusedError("!!binary value contains invalid base64 data", event) from None
    return Quoted(text)


def _path(stack: list[_Open], container: Any, key: str) -> Path:
    steps: list[str | int] = []
    for outer, _, outer_key, _, _ in stack[1:]:
        step: Any = len(outer) if isinstance(outer, list) else outer_key
        steps.append("<<" if step is _MERGE else step)
    return (*steps, key)


def _duplicate(path: Path, mark: Any) -> Problem:
    message = f'key "{path[-1]}" already set in map'
    return Problem(message, path, mark.line + 1, mark.column + 1, "type", at_key=True)
