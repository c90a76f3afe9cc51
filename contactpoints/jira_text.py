"""What an issue in Jira says: texts, documents, and fields of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import mismatch
from contactpoints.fields import Draw, Flag, InvalidError, Lose, Template
from contactpoints.groups import Tree, go_name
from contactpoints.spelling import Family, Spelling


class UpdatableText(Template):
    """A template, or since Alertmanager 0.30 a ``template`` with the switch ``enable_update``.

    Where it is drawn it is a text in either case.
    """

    def __init__(self, **marks: Any) -> None:
        super().__init__(grafana=Spelling(kind=Template()), **marks)

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        is_old = problems.version < OBJECTS_SINCE
        if family == "alertmanager" and isinstance(raw, list if not is_old else list | dict):
            wanted = "string" if is_old else go_name("jira.plain", problems.version)
            problems.error(path, mismatch(raw, wanted), "type")
            return None
        return super().decode(raw, family, path, problems)

    def parse(self, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return super().parse(raw)
        found: dict[str, Any] = {}
        for key, value in raw.items():
            if key not in KINDS:
                raise InvalidError(f"field {key} not found in type jira.plain", (key,), "type")
            if value is not None:
                found[key] = KINDS[key].parse(value)
        return found

    def render(self, value: Any, draw: Draw) -> Any:
        return draw(self.text(value), self)

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        inside: Path = ("template",) if isinstance(value, dict) else ()
        for path, text in super().templates(self.text(value)):
            yield (*inside, *path), text

    def text(self, value: str | Mapping[str, Any]) -> str:
        """The template, whichever way it was said."""
        if isinstance(value, str):
            return value
        return str(value.get("template", self.default("alertmanager")))


OBJECTS_SINCE = (0, 30, 0)
KINDS = {"template": Template(), "enable_update": Flag()}


def is_json(text: str) -> bool:
    """Whether ``text`` is JSON, by Go's rules: no NaN, no Infinity."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def document(text: str) -> dict[str, Any]:
    """A text in Atlassian's document format.

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    words = {"type": "text", "text": text} if text else {"type": "text"}
    return {
        "version": 1,
        "type": "doc",
        "content": [{"type": "paragraph", "content": [words]}],
    }


def grafana_fields(written: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    """Grafana takes a text that is JSON for what it says, and draws no text inside a structure."""
    found: dict[str, Any] = {}
    for name, value in written.items():
        if isinstance(value, str):
            found[name] = json.loads(value) if is_json(value) else drawn[name]
        else:
            found[name] = Tree().render(value, lambda text, _: text)
    return found


def for_alertmanager(fields: dict[str, Any]) -> dict[str, Any]:
    """Grafana's fields: what a text says as JSON is said as YAML."""
    return {
        name: json.loads(value) if isinstance(value, str) and is_json(value) else value
        for name, value in fields.items()
    }


def for_grafana(fields: dict[str, Any], lose: Lose) -> dict[str, Any]:
    """Alertmanager's fields: a text that is JSON by chance is said as a JSON text."""
    found = {}
    for name, value in fields.items():
        if isinstance(value, Quoted) and is_json(value):
            found[name] = Quoted(json.dumps(value, ensure_ascii=False))
        else:
            found[name] = value
        if not isinstance(value, str) and any(Tree().templates(value)):
            lose(f"custom_fields.{name}", "changed", "Grafana draws no template in a structure")
    return found
