"""YAML that keeps text as text and remembers where each value stood."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import DocumentStartEvent, StreamEndEvent

from .building import MAX_DEPTH, Quoted, Value, build
from .pausing import collection_paused
from .places import Spot, find_place, line_and_column, line_starts
from .problems import Path, Problem, SetupError
from .syntax import RefusedError, decode, describe_failure

__all__ = ["MAX_DEPTH", "Document", "Quoted", "Value", "load", "load_all"]

Loader: Any = getattr(yaml, "CLoader", yaml.Loader)  # libyaml where PyYAML was built with it


@dataclass(slots=True)
class Document:
    """One YAML document: its values, its text, and the name of the file for messages.

    `duplicates` has a problem of kind "type" for every repeated key; `data` holds the last value.
    `merged` has one for every key that a mapping says and merges (`<<`) as well, when it was loaded
    as Alertmanager loads.
    Aliased values are the same objects wherever they are used: do not change them in place.
    """

    data: Value
    text: str
    name: str = ""
    duplicates: list[Problem] = field(default_factory=list)
    merged: list[Problem] = field(default_factory=list)
    _spots: Spot = None
    _lines: Sequence[int] = ()

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its key with `at_key`.

        A path that leads nowhere gives the nearest parent that exists.
        """
        if self._spots is None:  # what was not loaded here, but is YAML as well
            self._spots = _spots_of(self.text)
        if not self._lines:
            self._lines = line_starts(self.text)
        return line_and_column(find_place(self._spots, path, at_key), self._lines)


def load(text: str | bytes, name: str = "", *, as_alertmanager: bool = False) -> Document:
    """The first document of `text`; what follows it is not even looked at, as in Alertmanager.

    Raises SetupError, with the place, for anything that is not YAML, is nested deeper than
    MAX_DEPTH, has a list or mapping as a key, or repeats too much through aliases. JSON is YAML,
    but for one thing: Go's YAML does not take the surrogate pairs (`\\ud83d\\ude42`) of JSON, so
    neither does this; see `json_text.load_json`. With `as_alertmanager`, `<<` means what it means
    there: what stands later in a mapping wins.
    """
    decoded = decode(text, name)
    documents = _documents(decoded, name, as_alertmanager)
    try:
        return next(documents, None) or Document(None, decoded, name)
    finally:
        documents.close()


def load_all(text: str | bytes, name: str = "") -> list[Document]:
    """All documents of `text`, as Kubernetes keeps several objects in one file.

    An empty one has data None. Raises SetupError as `load` does.
    """
    return list(_documents(decode(text, name), name))


def _spots_of(text: str) -> Spot:
    try:
        return load(text)._spots or 0
    except SetupError:
        return 0


def _documents(
    text: str, name: str, as_alertmanager: bool = False
) -> Generator[Document, None, None]:
    try:
        loader = Loader(text)
        try:
            while not isinstance(event := loader.get_event(), StreamEndEvent):
                if isinstance(event, DocumentStartEvent):
                    duplicates: list[Problem] = []
                    merged: list[Problem] = []
                    with collection_paused():
                        data, spots = build(
                            loader.get_event, duplicates, merged if as_alertmanager else None
                        )
                    yield Document(data, text, name, duplicates, merged, spots)
        finally:
            loader.dispose()
    except (yaml.YAMLError, RefusedError, UnicodeEncodeError) as error:
        raise SetupError([describe_failure(error, text)], name) from None
