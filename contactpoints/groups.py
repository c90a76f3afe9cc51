"""Settings made of other settings: lists, maps, repeated groups and free structures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.reading import read_text_map, read_texts
from alertmanager_configs.scalars import as_bool, as_float, as_int, mismatch, tag_of
from alertmanager_configs.versions import Version, parse_version
from alertmanager_configs.writing import as_written
from contactpoints.fields import Draw, Field, Interpolated, InvalidError, Schema, Text
from contactpoints.spelling import Family


class Words(Field):
    """Several words. Grafana's file says them as one text with commas, Alertmanager's as a list."""

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "grafana":
            return super().decode(raw, family, path, problems)
        return _whole(read_texts, raw, path, problems)

    def parse(self, raw: Any) -> list[str]:
        if isinstance(raw, list):
            return [str(item) for item in raw if item is not None]
        if isinstance(raw, dict):
            raise InvalidError("cannot unmarshal !!map into []string")
        return [word for part in str(raw).split(",") if (word := part.strip())]


class JoinedWords(Words):
    """Several words that a dialect says as one text with commas; drawn word by word."""

    is_template = True

    def parse(self, raw: Any) -> list[str]:
        if isinstance(raw, list):
            raise InvalidError("must be one text with commas between the words, not a list")
        return super().parse(raw)

    def write(self, value: Any, family: Family) -> Any:
        return ",".join(value)

    def render(self, value: Any, draw: Draw) -> Any:
        return [draw(word, self) for word in value]

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        for index, word in enumerate(value):
            if "{{" in word:
                yield (index,), word


class Texts(JoinedWords):
    """A list of templates in both families."""

    def parse(self, raw: Any) -> list[str]:
        if not isinstance(raw, list):
            raise InvalidError("must be a list of texts", kind="type")
        return [_text(item) for item in raw if item is not None]

    def write(self, value: Any, family: Family) -> Any:
        return value


class TextMap(Field):
    """Names and texts; the texts may be templates (``templated``) or secrets (``secret``)."""

    def __init__(self, *, templated: bool = False, secret: bool = False, **marks: Any) -> None:
        super().__init__(**marks)
        self.is_template = templated
        self.is_secret = secret

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "grafana":
            return super().decode(raw, family, path, problems)
        return _whole(read_text_map, raw, path, problems)

    def parse(self, raw: Any) -> dict[str, str]:
        if not isinstance(raw, dict):
            raise InvalidError("must be a mapping of names to texts")
        found = {}
        for key, value in raw.items():
            if isinstance(value, dict | list):
                raise InvalidError("must be text", (key,))
            found[key] = "" if value is None else _text(value)
        return found

    def render(self, value: Any, draw: Draw) -> Any:
        if not self.is_template:
            return value
        return {key: draw(text, self) for key, text in value.items()}

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        for key, text in value.items() if self.is_template else ():
            if "{{" in text:
                yield (key,), text


def _whole(read: Any, raw: Any, path: Path, problems: Problems) -> Any:
    """What ``read`` gives, or ``None`` when anything in it is of a wrong type."""
    before = problems.type_errors
    value = read(raw, path, problems)
    return value if problems.type_errors == before else None


def _text(value: Any) -> str:
    return value if isinstance(value, Interpolated) else str(Text().parse(value))


class Tree(Field):
    """Any structure; every text in it is a template (Alertmanager's ``details``, ``payload``).

    With ``go`` it must be a mapping. ``texts_until`` is the version of Alertmanager before which
    it was one of texts.
    """

    is_template = True
    go = ""

    def __init__(self, *, texts_until: str = "", **marks: Any) -> None:
        super().__init__(**marks)
        self.texts_until = parse_version(texts_until) if texts_until else None

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "alertmanager":
            if self.texts_until and problems.version < self.texts_until:
                return _whole(read_text_map, raw, path, problems)
            if self.go and not isinstance(raw, dict):
                problems.error(path, mismatch(raw, self.go), "type")
                return None
        return super().decode(raw, family, path, problems)

    def parse(self, raw: Any) -> Any:
        return raw

    def write(self, value: Any, family: Family) -> Any:
        return as_written(value)

    def render(self, value: Any, draw: Draw) -> Any:
        if isinstance(value, str):
            return draw(value, self) if "{{" in value else typed(value)
        if isinstance(value, dict):
            return {key: self.render(item, draw) for key, item in value.items()}
        if isinstance(value, list):
            return [self.render(item, draw) for item in value]
        return value

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        if isinstance(value, str) and "{{" in value:
            yield (), value
        pairs = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        for key, item in pairs:
            for path, text in self.templates(item):
                yield (key, *path), text


def typed(text: str) -> Any:
    """The number or bool that a plain scalar is; text stays text."""
    tag = tag_of(text)
    if tag == "!!bool":
        return as_bool(text)
    if tag == "!!int":
        return as_int(text)
    return as_float(text) if tag == "!!float" else str(text)


class Part(Field):
    """A group of settings within a setting, such as ``confirm`` of a Slack action.

    ``what`` names it in errors; at least one of ``one_of`` must be there, beside every required
    part. ``go`` is the Go type of one group, with ``*`` before it when it may be null.
    """

    go = "config.plain"

    def __init__(
        self, schema: type[Schema], *, what: str = "", one_of: Sequence[str] = (), **marks: Any
    ) -> None:
        super().__init__(**marks)
        self.what = what
        self.one_of = one_of
        self.parts = schema.declared
        for name, part in self.parts.items():
            part.bind(name)

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        before = problems.type_errors
        go_type = self.object_type(problems)
        if not isinstance(raw, dict):
            problems.error(path, mismatch(raw, go_type), "type")
            return None
        spelled = {part.spelling(family).name: (name, part) for name, part in self.parts.items()}
        values = {}
        for key, item in raw.items():
            name, part = spelled.get(key, ("", None))
            if part is None or is_newer(part.spelling(family).since, family, problems):
                problems.unknown_key((*path, key), go_type)
            elif item is not None:
                values[name] = part.read(item, family, (*path, key), problems)
        missing = [
            name for name, part in self.parts.items() if part.required and not values.get(name)
        ]
        if self.one_of and not any(values.get(name) for name in self.one_of):
            missing.append(" or ".join(self.one_of))
        for name in missing:
            problems.error(path, f"missing {name} in {self.what} configuration", since=before)
        return {name: value for name, value in values.items() if value is not None}

    def object_type(self, problems: Problems) -> str:
        """What Alertmanager calls one group in messages: objects with checks lose their names."""
        name = go_name(self.go, problems.version).removeprefix("*")
        has_checks = self.one_of or any(part.required for part in self.parts.values())
        return name.partition(".")[0] + ".plain" if has_checks else name

    def write(self, value: Any, family: Family) -> Any:
        return {
            part.spelling(family).name: part.write(value[name], family)
            for name, part in self.parts.items()
            if name in value and part.spelling(family).exists
        }

    def parse(self, raw: Any) -> Any:
        problems = Problems()
        value = self.read(raw, "grafana", (), problems)
        for problem in problems.errors:
            raise InvalidError(problem.message, problem.path, problem.kind)
        return value

    def render(self, value: Any, draw: Draw) -> Any:
        return {name: self.parts[name].render(item, draw) for name, item in value.items()}

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        for name, item in value.items():
            for path, text in self.parts[name].templates(item):
                yield (name, *path), text

    def secrets(self, value: Any) -> Iterator[Path]:
        for name, item in value.items():
            for path in self.parts[name].secrets(item):
                yield (name, *path)


class Parts(Part):
    """A list of such groups, such as the fields of a Slack message."""

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if not isinstance(raw, list):
            problems.error(path, mismatch(raw, f"[]{go_name(self.go, problems.version)}"), "type")
            return None
        found = []
        for index, item in enumerate(raw):
            if item is None and family == "alertmanager":
                value: Any = None if self.go.startswith("*") else {}
            else:
                value = super().read(item, family, (*path, index), problems)
            if value is not None:
                found.append(value)
        return found

    def write(self, value: Any, family: Family) -> Any:
        return [super(Parts, self).write(item, family) for item in value]

    def render(self, value: Any, draw: Draw) -> Any:
        return [super(Parts, self).render(item, draw) for item in value]

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        for index, item in enumerate(value):
            for path, text in super().templates(item):
                yield (index, *path), text

    def secrets(self, value: Any) -> Iterator[Path]:
        for index, item in enumerate(value):
            for path in super().secrets(item):
                yield (index, *path)


ANYTHING = "map[string]interface {}"
"""The Go type of a mapping of anything, as Alertmanager's messages have it."""


def go_name(go_type: str, version: Version) -> str:
    """A Go type of Alertmanager 0.34 as the version that is asked about called it."""
    package, dot, name = go_type.removeprefix("*").partition(".")
    if version < PACKAGES_SINCE.get(package, (0, 0, 0)):
        package = "config"
    return ("*" if go_type.startswith("*") else "") + package + dot + name


PACKAGES_SINCE = {
    **dict.fromkeys(("discord", "incidentio", "jira", "mattermost"), (0, 33, 0)),
    **dict.fromkeys(("msteams", "msteamsv2", "webhook"), (0, 33, 0)),
    **dict.fromkeys(("opsgenie", "pagerduty", "telegram"), (0, 34, 0)),
}
"""Go packages of Alertmanager that were a part of its package ``config`` before."""


def is_newer(since: str, family: Family, problems: Problems) -> bool:
    """Whether Alertmanager's version that is asked about does not know yet what came ``since``."""
    return bool(since) and family == "alertmanager" and parse_version(since) > problems.version
