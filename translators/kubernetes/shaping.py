"""Alertmanager's settings in the names and shapes of an object; what has no place there is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.durations import (
    DurationError,
    format_duration,
    parse_duration,
    parse_go_duration,
)
from alertmanager_configs.writing import Plain
from translators.kubernetes.keys import Key, Shape
from translators.kubernetes.names import Api
from translators.kubernetes.references import FromSecret, reference_of
from translators.kubernetes.unshaping import EMPTY
from translators.losses import What
from translators.variables import variable_name

Lose = Callable[[str, What, str], None]
"""Called for each loss: Alertmanager's name of the setting, what became of it, and why."""

FILE = "_file"
DAYS = ("Daily", "None")


@dataclass
class Vault:
    """The Secret that an object's references name, when its values were written into the text that
    was read.
    """

    name: str
    values: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    """Keys that references name already, with values that are not known."""

    def keep(self, value: str, *wanted: str) -> FromSecret:
        """A reference to a value: the same one for the same value."""
        if value not in self.keys:
            key = self.free(*wanted)
            self.values[key], self.keys[value] = value, key
        return FromSecret(self.name, self.keys[value])

    def miss(self, *wanted: str) -> FromSecret:
        """A reference to a value that is not known."""
        return FromSecret(self.name, self.free(*wanted))

    def free(self, *wanted: str) -> str:
        name = key = variable_name(*wanted)
        turn = 1
        while key in self.taken:
            turn += 1
            key = f"{name}_{turn}"
        self.taken.add(key)
        return key


@dataclass
class Shaping:
    """Writes the settings of one integration. ``wanted`` names its secrets, ``is_home`` tells that
    plain values came from an object and may stay plain.
    """

    api: Api
    vault: Vault
    lose: Lose
    wanted: tuple[str, ...] = ()
    is_home: bool = False

    def settings(self, said: Mapping[str, Any], shape: Shape, path: str = "") -> dict[str, Any]:
        """A mapping in the API's names, in Alertmanager's order."""
        found: dict[str, Any] = {}
        for name, item in said.items():
            key = shape.get(name)
            twin = shape.get(name.removesuffix(FILE)) if name.endswith(FILE) else None
            place = f"{path}.{name}" if path else name
            if not path and key is None:
                place = name.removesuffix(FILE)  # a setting that stands in a file
            if key is not None:
                for known, value in self.entry(item, key, place):
                    found[known] = value
            elif twin is not None and twin.kind in ("secret", "either"):
                wanted = place.removesuffix(FILE).split(".")
                reference = self.vault.miss(*self.wanted, *wanted)
                why = f"it stands in the file {item}; it is written as {reference}"
                self.lose(place, "changed", why)
                found[twin.name] = refer(reference, twin)
            else:
                self.lose(place, "dropped", f"{self.api.kind} has no such field")
        return found

    def entry(self, value: Any, key: Key, path: str) -> Iterator[tuple[str, Any]]:
        """The key and what it says; nothing when it cannot be said."""
        if key.kind in ("secret", "either"):
            if self.is_home and key.plain and reference_of(value) is None:
                yield key.plain, str(value)
            elif value not in (None, ""):
                yield key.name, refer(self.secret(value, path), key)
            return
        written = self.value(value, key, path)
        if written is not None:
            yield key.name, written

    def secret(self, value: Any, path: str) -> FromSecret:
        return reference_of(value) or self.vault.keep(str(value), *self.wanted, *path.split("."))

    def value(self, value: Any, key: Key, path: str) -> Any:
        if isinstance(value, FromSecret):
            self.lose(path, "dropped", f"{value.why}, and {self.api.kind} takes it only as text")
            return None
        if key.kind == "object":
            return self.part(value, key.parts, path)
        if key.kind == "objects":
            parts = [self.part(item, key.parts, path) for item in value]
            return [part for part in parts if part is not None] or None
        if key.kind in ("text", "duration"):
            return self.text(value, key, path)
        writers: dict[str, Callable[[Any, str], Any]] = {
            "map": self.texts_of,
            "pairs": self.pairs,
            "secrets": lambda value, path: {
                name: [self.refer(item, f"{path}.{name}") for item in items]
                for name, items in value.items()
            },
            "headers": self.headers,
            "threading": self.threading,
        }
        return writers[key.kind](value, path) if key.kind in writers else value

    def part(self, said: Mapping[str, Any], shape: Shape, path: str) -> dict[str, Any] | None:
        """An object within another; ``None`` when it lacks what it must have."""
        written = self.settings(said, shape, path)
        if missing := fill_in(written, shape):
            self.lose(path, "dropped", f"{self.api.kind} needs {' and '.join(missing)} there")
            return None
        return written

    def refer(self, value: Any, path: str) -> dict[str, Any]:
        return self.secret(value, path).as_dict()

    def text(self, value: Any, key: Key, path: str) -> str | None:
        if not isinstance(value, str) or isinstance(value, Plain):
            self.lose(path, "dropped", f"{self.api.kind} takes a text here, not a structure")
            return None
        if value == "" and not key.keeps_empty:
            if key.default and key.is_template:
                return EMPTY
            if key.default:
                self.lose(path, "dropped", "an empty text is the same as none to the operator")
            return None
        if key.is_address and not value.startswith(("http://", "https://")):
            self.lose(path, "dropped", f"{self.api.kind} takes an address here, no template")
            return None
        if key.choices and value not in key.choices:
            why = f"{self.api.kind} takes only {', '.join(key.choices)}"
            self.lose(path, "dropped", why)
            return None
        return self.duration(value, path) if key.kind == "duration" else value

    def duration(self, text: str, path: str) -> str | None:
        """A duration of Go's grammar in that of Prometheus."""
        try:
            parse_duration(text)
            return text
        except DurationError:
            pass
        try:
            nanoseconds = int(text) if text.isdigit() else parse_go_duration(text)
        except DurationError:
            nanoseconds = -1
        if nanoseconds < 0 or nanoseconds % 1_000_000:
            self.lose(path, "dropped", f"{self.api.kind} counts in whole milliseconds")
            return None
        return format_duration(nanoseconds // 1_000_000)

    def texts_of(self, value: Mapping[str, Any], path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, item in value.items():
            if isinstance(item, dict | list):
                why = f"{self.api.kind} has only texts here, no structures"
                self.lose(f"{path}.{name}", "dropped", why)
                continue
            if not isinstance(item, str) or isinstance(item, Plain):
                self.lose(f"{path}.{name}", "changed", f"{self.api.kind} has it as text")
            found[name] = str(item)
        return found

    def pairs(self, value: Mapping[str, Any], path: str) -> list[dict[str, str]]:
        texts = self.texts_of(value, path)
        return [{"key": name, "value": text} for name, text in texts.items()]

    def headers(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        return {
            name: {
                part: [self.refer(item, f"{path}.{name}") for item in items]
                if part == "secrets"
                else items
                for part, items in header.items()
            }
            for name, header in value.items()
        }

    def threading(self, value: Mapping[str, Any], path: str) -> dict[str, str] | None:
        day = str(value.get("thread_by_date", "")).capitalize()
        if not value.get("enabled") or day not in DAYS:
            why = f"{self.api.kind} has threading only where it is enabled, by {' or '.join(DAYS)}"
            self.lose(path, "dropped", why)
            return None
        return {"threadByDate": day}


def fill_in(config: dict[str, Any], shape: Shape) -> list[str]:
    """Say the defaults of what must be said; gives the names of what is missing."""
    missing = []
    for key in shape.values():
        if key.required and key.name not in config and key.plain not in config:
            if key.default:
                config[key.name] = key.default
            else:
                missing.append(key.name)
    return missing


def refer(reference: FromSecret, key: Key) -> dict[str, Any]:
    """A reference as ``key`` wants it."""
    said = reference.as_dict()
    return {reference.kind: said} if key.kind == "either" else said
