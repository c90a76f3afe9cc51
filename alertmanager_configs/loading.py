"""YAML that keeps text as text and remembers where each value stood.

Values are built straight from the parser's events: the usual composer and constructor cost eight
times as much, turn `17:00` into 1020 and forget where things were.
"""

from __future__ import annotations

import base64
import binascii
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import yaml
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
)

from .pausing import collection_paused
from .places import find_spots, step_to
from .problems import Path, Problem, SetupError
from .syntax import RefusedError, decode, describe_failure

Loader: Any = getattr(yaml, "CLoader", yaml.Loader)  # libyaml where PyYAML was built with it

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


@dataclass(slots=True)
class Document:
    """One YAML document: its values, its text, and the name of the file for messages.

    `duplicates` has a problem of kind "type" for every repeated key; `data` holds the last value.
    Aliased values are the same objects wherever they are used: do not change them in place.
    """

    data: Value
    text: str
    name: str = ""
    duplicates: list[Problem] = field(default_factory=list)
    number: int = 0
    _places: Any = None

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its key with `at_key`.

        A path that leads nowhere gives the nearest parent that exists. The first call goes over the
        text again.
        """
        if self._places is None:
            with collection_paused():
                self._places = find_spots(Loader(self.text), self.number)
        return step_to(self._places, path, at_key)


def load(text: str | bytes, name: str = "") -> Document:
    """The first document of `text`; what follows it is not even looked at, as in Alertmanager.

    Raises SetupError, with the place, for anything that is not YAML, is nested deeper than
    MAX_DEPTH, has a list or mapping as a key, or repeats too much through aliases. JSON is YAML,
    but for one thing: Go's YAML does not take the surrogate pairs (`\\ud83d\\ude42`) of JSON, so
    neither does this; see `json_text.load_json`.
    """
    decoded = decode(text, name)
    documents = _documents(decoded, name)
    try:
        return next(documents, None) or Document(None, decoded, name)
    finally:
        documents.close()


def load_all(text: str | bytes, name: str = "") -> list[Document]:
    """All documents of `text`, as Kubernetes keeps several objects in one file.

    An empty one has data None. Raises SetupError as `load` does.
    """
    return list(_documents(decode(text, name), name))


def _documents(text: str, name: str) -> Generator[Document, None, None]:
    try:
        loader = Loader(text)
        try:
            number = 0
            while not isinstance(event := loader.get_event(), StreamEndEvent):
                if isinstance(event, DocumentStartEvent):
                    document = Document(None, text, name, number=number)
                    repeated: list[tuple[Path, int, int]] = []
                    with collection_paused():
                        document.data = _build(loader.get_event, repeated)
                    document.duplicates = [_duplicate(*found) for found in repeated]
                    yield document
                    number += 1
        finally:
            loader.dispose()
    except (yaml.YAMLError, RefusedError, UnicodeEncodeError) as error:
        raise SetupError([describe_failure(error, text)], name) from None


_KEY_IS_NOT_TEXT: dict[Any, str] = {
    SequenceStartEvent: "cannot unmarshal !!seq into string",
    MappingStartEvent: "cannot unmarshal !!map into string",
}
_NO_KEY: Any = object()  # in a mapping: the next scalar is a key


def _build(next_event: Any, repeated: list[tuple[Path, int, int]]) -> Value:
    """The value of one document, from its events; `repeated` collects paths and places of repeated
    keys."""
    scalar, mapping_start, mapping_end = ScalarEvent, MappingStartEvent, MappingEndEvent
    no_key, quoted, nulls, intern = _NO_KEY, Quoted, NULLS, sys.intern
    root: list[Any] = []
    container: Any = root
    key: Any = None  # in a list: None
    stack: list[tuple[Any, Any, str | None, int]] = []
    anchors: dict[str, tuple[Any, int]] = {}
    merges: dict[int, list[Any]] = {}
    count = aliased = 0
    while True:
        event = next_event()
        kind = event.__class__
        if kind is scalar:
            count += 1
            value = event.value
            if key is no_key:
                if event.anchor is not None:
                    anchors[event.anchor] = (value, 1)
                if value == "<<" and not event.style:
                    key = _MERGE
                    continue
                if value in container:
                    at = event.start_mark
                    repeated.append((_path(stack, container, value), at.line + 1, at.column + 1))
                key = intern(value)
                continue
            if event.tag is not None:
                value = _tagged(event)
            elif event.style:
                value = quoted(value)
            elif value in nulls:
                value = None
            if event.anchor is not None:
                anchors[event.anchor] = (value, 1)
        elif kind is mapping_start or kind is SequenceStartEvent:
            count += 1
            if key is no_key:
                raise RefusedError(_KEY_IS_NOT_TEXT[kind], event)
            if len(stack) >= MAX_DEPTH:
                raise RefusedError(f"exceeded max depth of {MAX_DEPTH}", event)
            stack.append((container, key, event.anchor, count))
            if event.anchor is not None:
                anchors[event.anchor] = (_NO_KEY, 0)
            container, key = ({}, no_key) if kind is mapping_start else ([], None)
            continue
        elif kind is mapping_end or kind is SequenceEndEvent:
            value = container
            if merges and id(value) in merges:
                _merge(value, merges.pop(id(value)), event)
            container, key, anchor, start = stack.pop()
            if anchor is not None:
                anchors[anchor] = (value, count - start + 1)
        elif kind is AliasEvent:
            if event.anchor not in anchors:
                raise RefusedError(f"unknown anchor '{event.anchor}' referenced", event)
            value, size = anchors[event.anchor]
            if value is _NO_KEY:
                raise RefusedError(f"anchor '{event.anchor}' value contains itself", event)
            aliased += size
            count += size
            if aliased > MAX_ALIASED + 10 * (count - aliased):
                raise RefusedError("document contains excessive aliasing", event)
            if key is no_key:
                if not isinstance(value, str):
                    opened = SequenceStartEvent if isinstance(value, list) else mapping_start
                    raise RefusedError(_KEY_IS_NOT_TEXT[opened], event)
                key = value
                continue
        elif kind is DocumentEndEvent:
            return root[0] if root else None
        else:
            continue
        if key is None:
            container.append(value)
        elif key is _MERGE:
            merges.setdefault(id(container), []).append(value)
            key = no_key
        else:
            container[key] = value
            key = no_key


_MERGE: Any = object()  # the key `<<`


def _merge(mapping: dict[str, Value], sources: list[Any], event: Any) -> None:
    """Add what `<<` brings: keys that stand in the mapping win, then earlier sources."""
    for source in sources:
        for part in source if isinstance(source, list) else [source]:
            if not isinstance(part, dict):
                raise RefusedError("map merge requires map or sequence of maps as the value", event)
            for key, value in part.items():
                mapping.setdefault(key, value)


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


def _path(stack: list[tuple[Any, Any, str | None, int]], container: Any, key: str) -> Path:
    steps: list[str | int] = []
    for outer, outer_key, _, _ in stack[1:]:
        step = len(outer) if isinstance(outer, list) else outer_key
        steps.append("<<" if step is _MERGE else step)
    return (*steps, key)


def _duplicate(path: Path, line: int, column: int) -> Problem:
    message = f'key "{path[-1]}" already set in map'
    return Problem(message, path, line, column, "type", at_key=True)
