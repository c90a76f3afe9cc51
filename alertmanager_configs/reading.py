"""Values of a document as what a setting needs, with a problem for every one that is something
else.

Every function takes the value, its path and the collector, and returns something usable whatever
it was given. Null counts as not written. The messages are those of the YAML library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .durations import DurationError, parse_duration
from .labels import Mode, is_classic_name
from .loading import Value
from .matchers import Matcher, MatcherError, read_matchers
from .patterns import PatternError, check_pattern
from .problems import Path, Problems
from .quoting import go_quote
from .scalars import WrongTypeError, as_bool, mismatch
from .versions import Version

SECRET = "config.plain"
"""What Alertmanager calls a secret text in its messages."""

DOUBTS = {
    "incompatible": "only the classic grammar of matchers reads this; with the next one write {}",
    "disagreement": "both grammars of matchers read this, but not as the same; it is taken as {}",
}


Readers = Mapping[str, tuple[str, Callable[[Value, Path, Problems], Any]]]
"""The keys of an object: its attribute, and how that is read."""


def known_readers(readers: Readers, since: Mapping[str, Version], version: Version) -> Readers:
    """Those of the keys that a version of Alertmanager knows; `since` says which came later."""
    return {key: each for key, each in readers.items() if since.get(key, version) <= version}


def read_keys(
    made: Any,
    value: Mapping[str, Value],
    path: Path,
    problems: Problems,
    readers: Readers,
    go_type: str,
) -> None:
    """Read a mapping into the attributes of `made`, key by key; what it has no reader for goes to
    its `extra`, and to `problems` as not found in `go_type`."""
    for key, item in value.items():
        place = (*path, key)
        if key in readers:
            name, read = readers[key]
            setattr(made, name, read(item, place, problems))
        else:
            problems.unknown_key(place, go_type)
            made.extra[key] = item


def read_text(value: Value, path: Path, problems: Problems, go_type: str = "string") -> str:
    """Any scalar as text, "" for null; `go_type` as Alertmanager calls the wanted type."""
    if isinstance(value, str):
        return value
    if value is not None:
        problems.error(path, mismatch(value, go_type), "type")
    return ""


def read_secret(value: Value, path: Path, problems: Problems) -> str:
    """A text that is a secret: Alertmanager has a type of its own for it."""
    return read_text(value, path, problems, SECRET)


def read_flag(value: Value, path: Path, problems: Problems) -> bool:
    """A bool, False for null."""
    try:
        return as_bool(value)
    except WrongTypeError as error:
        problems.error(path, str(error), "type")
        return False


def read_mapping(value: Value, path: Path, problems: Problems, go_type: str) -> dict[str, Value]:
    """A mapping, {} for null; `go_type` as Alertmanager calls it."""
    if isinstance(value, dict):
        return value
    if value is not None:
        problems.error(path, mismatch(value, go_type), "type")
    return {}


def read_items(value: Value, path: Path, problems: Problems, go_type: str) -> list[Value]:
    """A list, [] for null; `go_type` as Alertmanager calls it."""
    if isinstance(value, list):
        return value
    if value is not None:
        problems.error(path, mismatch(value, go_type), "type")
    return []


def read_texts(value: Value, path: Path, problems: Problems) -> list[str]:
    """A list of texts."""
    items = read_items(value, path, problems, "[]string")
    return [read_text(item, (*path, place), problems) for place, item in enumerate(items)]


def read_secrets(value: Value, path: Path, problems: Problems) -> list[str]:
    """A list of texts that are secrets."""
    items = read_items(value, path, problems, "[]config.Secret")
    return [read_secret(item, (*path, place), problems) for place, item in enumerate(items)]


def read_text_map(
    value: Value, path: Path, problems: Problems, go_type: str = "map[string]string"
) -> dict[str, str]:
    """A mapping from text to text."""
    items = read_mapping(value, path, problems, go_type)
    return {key: read_text(item, (*path, key), problems) for key, item in items.items()}


def read_duration(value: Value, path: Path, problems: Problems) -> str | None:
    """A Prometheus duration as written, once it is known to be one; None for null or a bad one."""
    if value is None:
        return None
    before = problems.type_errors
    text = read_text(value, path, problems)
    if problems.type_errors > before:
        return None
    try:
        parse_duration(text)
    except DurationError as error:
        problems.error(path, str(error))
        return None
    return text


def read_matcher_list(
    value: Value, path: Path, problems: Problems, mode: Mode = "fallback"
) -> list[Matcher]:
    """A list of texts, each with any number of matchers, in the order they were written."""
    found: list[Matcher] = []
    before = problems.type_errors
    for place, text in enumerate(read_texts(value, path, problems)):
        try:
            matchers, doubt = read_matchers(text, mode)
        except MatcherError as error:
            problems.error((*path, place), str(error), since=before)
            continue
        if doubt:
            meant = ",".join(map(str, matchers))
            problems.warn((*path, place), DOUBTS[doubt].format(meant))
        found += matchers
    return found


def read_patterns(
    value: Value, path: Path, problems: Problems, go_type: str = "common.plain"
) -> dict[str, str]:
    """`match_re` and its kin: regular expressions by label name, the deprecated way to match."""
    items = read_mapping(value, path, problems, go_type)
    before = problems.type_errors
    found: dict[str, str] = {}
    for name, item in items.items():
        found[name] = read_text(item, (*path, name), problems)
        try:
            check_pattern(found[name])
        except PatternError as error:
            problems.error((*path, name), str(error))
    for name, item in items.items():
        check_classic_name(name, (*path, name), problems, before)
        if item is None:
            problems.error(
                (*path, name), f"invalid regexp value for {go_quote(name)}", since=before
            )
    return found


def check_classic_name(name: str, path: Path, problems: Problems, since: int) -> None:
    """The names in match, match_re and their kin are never UTF-8 ones."""
    if not is_classic_name(name):
        problems.error(path, f"invalid label name {go_quote(name)}", since=since)
