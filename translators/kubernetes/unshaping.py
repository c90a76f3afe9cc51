"""Settings of an object in Alertmanager's names and shapes, ready for its own readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.durations import DurationError, format_go_duration, parse_duration
from alertmanager_configs.durations import parse_go_duration as parse_go
from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import tag_of
from contactpoints.setup import did_you_mean
from translators.kubernetes.keys import Key, Shape
from translators.kubernetes.objects import Secrets
from translators.kubernetes.references import FromSecret, KnownSecret

EMPTY = '{{ "" }}'
"""A text that draws nothing: an empty one means "left out" to the operators."""

TYPES = {"!!int": "integer", "!!float": "number", "!!bool": "boolean", "!!seq": "array"}
TYPES |= {"!!map": "object", "!!null": "null", "!!str": "string", "!!timestamp": "string"}


@dataclass
class Unknown:
    """What an object says that its API does not have, and what has no place in a setup: kept, with
    the way to it.
    """

    found: list[tuple[Path, Any]] = field(default_factory=list)

    def keep(self, path: Path, value: Any) -> None:
        self.found.append((path, value))


@dataclass
class Unshaping:
    """Reads what one object says. ``namespace`` is where its Secrets are."""

    problems: Problems
    unknown: Unknown
    secrets: Secrets
    namespace: str = ""

    def settings(self, raw: Any, shape: Shape, path: Path) -> dict[str, Any]:
        """A mapping in Alertmanager's names; what is not known is kept aside."""
        found: dict[str, Any] = {}
        spelled: dict[str, tuple[str, Key, bool]] = {}
        for name, key in shape.items():
            spelled[key.name] = name, key, False
            for alias in key.aliases:
                spelled.setdefault(alias, (name, key, False))
            if key.plain:
                spelled[key.plain] = name, key, True
        for said, item in self.mapping(raw, path).items():
            place = (*path, said)
            if said not in spelled:
                self.unknown_key(place, item, spelled)
                continue
            name, key, is_plain = spelled[said]
            if item is None or (is_plain and name in found):  # the reference counts, when both are
                continue
            value = self.text(item, place) if is_plain else self.value(item, key, place)
            if value is not None and not self.says_nothing(value, key):
                found[name] = "" if value == EMPTY and key.default and key.is_template else value
        return found

    def says_nothing(self, value: Any, key: Key) -> bool:
        return key.kind == "text" and value == "" and not key.keeps_empty

    def unknown_key(self, path: Path, item: Any, known: Any) -> None:
        near = did_you_mean(str(path[-1]), known)
        self.problems.warn(path, f"unknown field {path[-1]!r}: the API server drops it{near}")
        self.unknown.keep(path, item)

    def value(self, raw: Any, key: Key, path: Path) -> Any:
        if key.kind in ("object", "objects"):
            if key.kind == "object":
                return self.settings(raw, key.parts, path)
            items = enumerate(self.items(raw, path))
            return [self.settings(item, key.parts, (*path, index)) for index, item in items]
        readers: dict[str, Callable[[Any, Path], Any]] = {
            "text": self.text,
            "number": self.number,
            "flag": self.flag,
            "texts": self.texts,
            "map": self.text_map,
            "tree": lambda raw, path: raw,
            "pairs": self.pairs,
            "duration": self.duration,
            "secret": self.reference,
            "either": self.either,
            "secrets": self.secret_lists,
            "headers": self.headers,
            "threading": self.threading,
        }
        return readers[key.kind](raw, path)

    def wrong(self, raw: Any, wanted: str, path: Path) -> None:
        kind = TYPES[tag_of(raw)]
        self.problems.error(path, f"must be of type {wanted}, not {kind}", "type")

    def mapping(self, raw: Any, path: Path) -> dict[str, Any]:
        if isinstance(raw, dict):
            return raw
        if raw is not None:
            self.wrong(raw, "object", path)
        return {}

    def items(self, raw: Any, path: Path) -> list[Any]:
        if isinstance(raw, list):
            return raw
        if raw is not None:
            self.wrong(raw, "array", path)
        return []

    def text(self, raw: Any, path: Path) -> str | None:
        if isinstance(raw, str) and TYPES[tag_of(raw)] == "string":
            return Quoted(raw)
        self.wrong(raw, "string", path)
        return None

    def number(self, raw: Any, path: Path) -> Any:
        if tag_of(raw) != "!!int":
            self.wrong(raw, "integer", path)
            return None
        return raw

    def flag(self, raw: Any, path: Path) -> Any:
        if tag_of(raw) != "!!bool":
            self.wrong(raw, "boolean", path)
            return None
        return raw

    def texts(self, raw: Any, path: Path) -> list[str]:
        items = enumerate(self.items(raw, path))
        found = [self.text(item, (*path, index)) for index, item in items]
        return [item for item in found if item is not None]

    def text_map(self, raw: Any, path: Path) -> dict[str, str]:
        items = self.mapping(raw, path).items()
        found = {key: self.text(item, (*path, key)) for key, item in items}
        return {key: item for key, item in found.items() if item is not None}

    def pairs(self, raw: Any, path: Path) -> dict[str, str]:
        found: dict[str, str] = {}
        known = ("key", "value")
        for index, item in enumerate(self.items(raw, path)):
            place = (*path, index)
            pair = self.mapping(item, place)
            for part in pair:
                if part not in known:
                    self.unknown_key((*place, part), pair[part], known)
            for part in known:
                if part not in pair:
                    self.problems.error(place, f"missing required field {part!r}", "type")
            texts = [self.text(pair[part], (*place, part)) for part in known if part in pair]
            if len(texts) < len(known) or texts[0] is None or texts[1] is None:
                continue
            key, value = texts[0], texts[1]
            if key in found:
                self.problems.warn(place, f"{key!r} is there twice: the last one counts")
            found[key] = value
        return found

    def duration(self, raw: Any, path: Path) -> str | None:
        """Go's spelling of one of Prometheus'."""
        text = self.text(raw, path)
        if not text:
            return None
        try:
            parse_go(text)
        except DurationError:
            try:
                return format_go_duration(parse_duration(text) * 1_000_000)
            except DurationError as error:
                self.problems.error(path, str(error))
                return None
        return text

    def reference(self, raw: Any, path: Path) -> FromSecret | KnownSecret | None:
        return self.refer(raw, "secret", path)

    def either(self, raw: Any, path: Path) -> FromSecret | KnownSecret | None:
        for kind in ("secret", "configMap"):
            if isinstance(raw, dict) and raw.get(kind) is not None:
                return self.refer(raw[kind], kind, (*path, kind))
        if raw:
            self.problems.error(path, "must name a secret or a configMap", "type")
        return None

    def refer(self, raw: Any, kind: Any, path: Path) -> FromSecret | KnownSecret | None:
        if not isinstance(raw, dict):
            self.problems.error(
                path, "must be a reference to a key of a Secret: {name: ..., key: ...}", "type"
            )
            return None
        name, key = (self.text(raw.get(part) or Quoted(""), (*path, part)) for part in NAME_AND_KEY)
        if not key:
            self.problems.error(path, "missing required field 'key'", "type")
            return None
        for part in raw:
            if part not in (*NAME_AND_KEY, "optional"):
                self.unknown_key((*path, part), raw[part], NAME_AND_KEY)
        optional = raw.get("optional") == "true"
        return self.secrets.resolved(FromSecret(name or "", key, kind, optional), self.namespace)

    def secret_list(self, raw: Any, path: Path) -> list[Any]:
        items = enumerate(self.items(raw, path))
        found = [self.reference(item, (*path, index)) for index, item in items]
        return [item for item in found if item is not None]

    def secret_lists(self, raw: Any, path: Path) -> dict[str, Any]:
        items = self.mapping(raw, path).items()
        return {key: self.secret_list(item, (*path, key)) for key, item in items}

    def headers(self, raw: Any, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, item in self.mapping(raw, path).items():
            found[name] = header = {}
            for part, value in self.mapping(item, (*path, name)).items():
                place = (*path, name, part)
                if part == "secrets":
                    header[part] = self.secret_list(value, place)
                elif part in ("values", "files"):
                    header[part] = self.texts(value, place)
                else:
                    self.unknown_key(place, value, ("values", "secrets", "files"))
        return found

    def threading(self, raw: Any, path: Path) -> dict[str, Any]:
        said = self.mapping(raw, path)
        for key in said:
            if key != "threadByDate":
                self.unknown_key((*path, key), said[key], ("threadByDate",))
        word = self.text(said.get("threadByDate") or Quoted(""), (*path, "threadByDate"))
        if word not in ("Daily", "None"):
            self.problems.error(path, "threadByDate must be Daily or None", "type")
            return {}
        return {"enabled": "true", "thread_by_date": Quoted(word.lower())}


NAME_AND_KEY = ("name", "key")
