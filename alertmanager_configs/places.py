"""Where the values of a document stand: a second pass over its events, made only when somebody
asks."""

from __future__ import annotations

from typing import Any

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)

from .problems import Path


class Spot:
    """The place of a collection and of all that is in it, shaped like the values themselves.

    A scalar is only its place, line and column in one number: there are many.
    """

    __slots__ = ("children", "keys", "merged", "place")

    def __init__(self, place: int, is_mapping: bool) -> None:
        self.place = place
        self.children: dict[str | int, Spot | int] = {}
        self.keys: dict[str | int, int] | None = {} if is_mapping else None
        self.merged: list[Spot] = []


_SHIFT = 32  # the line stands above the column


def find_spots(loader: Any, number: int) -> Spot | int:
    """The place of document `number`.

    The text was loaded before; what follows the document may still be broken.
    """
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
    return 0


def _build(next_event: Any) -> Spot | int:
    scalar, no_key = ScalarEvent, object()
    owner = top = Spot(0, False)
    children, keys = top.children, top.keys
    key: Any = no_key  # in a mapping, the name of the key that waits for its value
    stack: list[Spot] = []
    anchors: dict[str, Any] = {}
    node: Any
    names: dict[str, str] = {}  # what an alias stands for when it is a key
    while True:
        event = next_event()
        kind = event.__class__
        if kind is scalar:
            mark = event.start_mark
            node = mark.line << _SHIFT | mark.column
            if event.anchor is not None:
                anchors[event.anchor], names[event.anchor] = node, event.value
            if keys is not None and key is no_key:
                key = event.value
                keys[key] = node
                if key == "<<" and not event.style:
                    key = _MERGE
                continue
        elif kind is AliasEvent:
            if keys is not None and key is no_key:
                key = names[event.anchor]
                mark = event.start_mark
                keys[key] = mark.line << _SHIFT | mark.column
                continue
            node = anchors[event.anchor]
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            mark = event.start_mark
            node = Spot(mark.line << _SHIFT | mark.column, kind is MappingStartEvent)
            if event.anchor is not None:
                anchors[event.anchor] = node
        elif kind is DocumentEndEvent:
            return top.children.get(0, 0)
        else:  # the end of a collection
            owner = stack.pop()
            children, keys = owner.children, owner.keys
            continue
        if keys is None:
            children[len(children)] = node
        elif key is _MERGE:
            children["<<"] = node
            owner.merged.append(node)
        else:
            children[key] = node
        key = no_key
        if node.__class__ is Spot and kind is not AliasEvent:
            stack.append(owner)
            owner = node
            children, keys = owner.children, owner.keys


_MERGE: Any = object()  # the key `<<`


def step_to(root: Spot | int, path: Path, at_key: bool) -> tuple[int, int]:
    """Line and column, from 1, of what `path` leads to, or of the last that it leads to.

    Merged mappings are looked into as `<<` means them.
    """
    node = root
    place = _place(node)
    for step in path:
        owner = _owner(node, step)
        if owner is None:
            place = _place(node)
            break
        node = owner.children[step]
        place = owner.keys[step] if at_key and owner.keys is not None else _place(node)
    return (place >> _SHIFT) + 1, (place & (1 << _SHIFT) - 1) + 1


def _place(node: Spot | int) -> int:
    return node.place if isinstance(node, Spot) else node


def _owner(node: Spot | int, step: str | int) -> Spot | None:
    if not isinstance(node, Spot):
        return None
    if step in node.children:
        return node
    for merged in node.merged:
        parts = [merged] if merged.keys is not None else list(merged.children.values())
        for part in parts:
            found = _owner(part, step)
            if found is not None:
                return found
    return None
