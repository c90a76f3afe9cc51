"""Where the values of a document stand: a second pass over its events, made only when somebody
asks."""

from __future__ import annotations

from typing import Any

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)

from .problems import Path


class Spot:
    """The place of one value and of what is in it, shaped like the values themselves."""

    __slots__ = ("children", "column", "keys", "line", "merged")

    def __init__(self, mark: Any) -> None:
        self.line: int = mark.line + 1
        self.column: int = mark.column + 1
        self.children: dict[str | int, Spot] | None = None
        self.keys: dict[str | int, tuple[int, int]] = {}
        self.merged: list[Spot] = []


class _Start:
    """The mark of a document that holds nothing."""

    line = column = 0


def find_spots(loader: Any, number: int) -> Spot:
    """The spots of document `number`. The text was loaded before; what follows it may still be
    broken."""
    seen = -1
    try:
        while not isinstance(event := loader.get_event(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                seen += 1
                root = _build(loader.get_event)
                if seen == number:
                    return root
    except YAMLError:
        pass
    finally:
        loader.dispose()
    return Spot(_Start)


def _build(next_event: Any) -> Spot:
    top = Spot(_Start)
    top.children = {}
    owner, is_mapping = top, False
    key: Any = None  # the event of the key that waits for its value
    stack: list[tuple[Spot, bool, Any]] = []
    anchors: dict[str, Spot] = {}
    names: dict[str, str] = {}  # what an alias stands for when it is a key
    while not isinstance(event := next_event(), DocumentEndEvent):
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            owner, is_mapping, key = stack.pop()
            continue
        anchor = event.anchor
        if isinstance(event, ScalarEvent) and anchor is not None:
            names[anchor] = event.value
        if is_mapping and key is None:
            key = event
            if anchor is not None and not isinstance(event, AliasEvent):
                anchors[anchor] = Spot(event.start_mark)
            continue
        if isinstance(event, AliasEvent):
            spot = anchors[anchor]
        else:
            spot = Spot(event.start_mark)
            if anchor is not None:
                anchors[anchor] = spot
        _add(owner, key, spot, names)
        key = None
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            spot.children = {}
            stack.append((owner, is_mapping, None))
            owner, is_mapping = spot, isinstance(event, MappingStartEvent)
    return top.children.get(0, Spot(_Start))


def _add(owner: Spot, key: Any, spot: Spot, names: dict[str, str]) -> None:
    assert owner.children is not None
    if key is None:
        owner.children[len(owner.children)] = spot
        return
    if isinstance(key, AliasEvent):
        name = names[str(key.anchor)]
    else:
        name = key.value
        if name == "<<" and not key.style:
            owner.merged.append(spot)
    owner.children[name] = spot
    owner.keys[name] = (key.start_mark.line + 1, key.start_mark.column + 1)


def step_to(root: Spot, path: Path, at_key: bool) -> tuple[int, int]:
    """Follow `path` as far as it leads; merged mappings are looked into as `<<` means them."""
    spot, place = root, (root.line, root.column)
    for step in path:
        owner = _owner(spot, step)
        if owner is None or owner.children is None:
            return spot.line, spot.column
        spot = owner.children[step]
        place = owner.keys.get(step, (spot.line, spot.column))
    return place if at_key else (spot.line, spot.column)


def _owner(spot: Spot, step: str | int) -> Spot | None:
    if spot.children is None:
        return None
    if step in spot.children:
        return spot
    for merged in spot.merged:
        parts = merged.children or {}
        for source in parts.values() if 0 in parts else (merged,):
            found = _owner(source, step)
            if found is not None:
                return found
    return None
