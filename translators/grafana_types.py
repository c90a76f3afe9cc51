"""What Grafana takes a value for, and an integration read by its rules: text is text, a bool is
true or false, and some settings it does not look at.

Source: gopkg.in/yaml.v3 (resolve.go), encoding/json, and the ``Config`` of every receiver of
github.com/grafana/alerting, asked with every kind of value for every setting (August 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import tag_of
from contactpoints.base import Integration
from contactpoints.fields import Choice, Duration, Field, Flag, FromFile, Interpolated, Number, Text
from contactpoints.fields import Url as AnyUrl
from contactpoints.groups import Part, Parts, TextMap
from contactpoints.http_settings import HttpConfig
from contactpoints.setup import did_you_mean
from contactpoints.values import Within

Kind = Literal["nothing", "text", "a bool", "a number", "a list", "a mapping"]

BOOLS = {"true": True, "false": False}
ALSO_NUMBERS = {("telegram", "chatid"), ("pushover", "retry"), ("pushover", "expire")}
"""Texts that may stand as a number."""
MAPPINGS = {("jira", "fields"), ("pagerduty", "details")}
OF_TEXTS = {("pagerduty", "details")}
UNSEEN = {("oncall", "maxAlerts"), ("webhook", "maxAlerts")}
"""Numbers for which anything else counts as none."""
ANY_ADDRESS = {
    ("jira", "api_url"),
    ("kafka", "kafkaRestProxy"),
    ("mqtt", "brokerUrl"),
    ("pagerduty", "url"),
    ("prometheus-alertmanager", "url"),
    ("sensugo", "url"),
    ("slack", "url"),
    ("slack", "endpointUrl"),
    ("wecom", "url"),
    ("wecom", "endpointUrl"),
}
"""Addresses that need no scheme and no host until something is sent there."""

NO_ADDRESS = ("unsupported scheme", "missing host")


def kind_of(value: Any) -> Kind:
    """What a value of a document is to Grafana: only ``true`` and ``false`` are bools, so ``yes``
    and ``on`` are texts.
    """
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Quoted | Interpolated | FromFile):
        return "text"
    if value.lower() in BOOLS and value in (value.lower(), value.upper(), value.title()):
        return "a bool"
    return "a number" if tag_of(value) in ("!!int", "!!float") else "text"


def is_text(value: Any, path: Path, problems: Problems) -> bool:
    """Whether a value is a text or nothing; if not, that is said."""
    return _is("text", value, path, problems)


def is_bool(value: Any, path: Path, problems: Problems) -> bool:
    """Whether a value is a bool or nothing; if not, that is said."""
    return _is("a bool", value, path, problems)


def _is(wanted: Kind, value: Any, path: Path, problems: Problems) -> bool:
    kind = kind_of(value)
    if kind in ("nothing", wanted):
        return True
    quote = ": put it in quotes" if wanted == "text" and kind in ("a bool", "a number") else ""
    problems.error(path, f"must be {wanted}, not {kind}{quote}", "type")
    return False


def read_integration(
    settings: Mapping[str, Any],
    path: Path,
    problems: Problems,
    *,
    declared: type[Integration],
    quiet: bool,
    uid: str,
) -> Integration:
    """One integration of Grafana; ``path`` leads to its settings, ``quiet`` says that it tells
    nothing of what is resolved.
    """
    found = Problems()
    kept = {
        key: without_file(field_of(declared, key), item)
        for key, item in settings.items()
        if not _says_nothing(declared, key, item)
    }
    made = declared.read(
        kept,
        "grafana",
        path,
        found,
        send_resolved=False if quiet else None,
        uid=uid,
        any_case=True,
    )
    for problem in found.errors:
        key = str(problem.path[len(path)]) if len(problem.path) > len(path) else ""
        if is_unseen(declared, key, kept.get(key), problem.message):
            problems.warn(problem.path, f"{problem.message}; Grafana does not look at it")
            if (field := field_of(declared, key)) and field.setting not in made.values:
                made.extra[key] = kept[key]
        elif problem.at_key:
            _keep_unknown(made, kept, problem.path, path, problems)
        else:
            problems.extend([problem])
    problems.extend(found.warnings)
    told = {problem.path for problem in found.errors}
    for key, item in kept.items():
        field = field_of(declared, key)
        if field is not None and (*path, key) not in told:
            _check(declared.type, field, item, (*path, key), problems)
    for key in made.extra:
        if isinstance(key, Within) or field_of(declared, key):
            continue  # said already
        near = did_you_mean(key, declared.spelled["grafana"])
        message = f"unknown setting {key!r} of {declared.label}: Grafana ignores it{near}"
        problems.warn((*path, key), message)
    return made


def _keep_unknown(
    made: Integration, kept: Mapping[str, Any], where: Path, path: Path, problems: Problems
) -> None:
    """Keep a key within a setting that Grafana does not know."""
    head, *steps = where[len(path) :]
    item = kept[str(head)]
    for step in steps:
        item = item[step]
    field = field_of(type(made), str(head))
    name = field.spelling("grafana").name if field else str(head)
    made.extra[Within(name, *map(str, steps))] = item
    problems.warn(where, f"unknown key {steps[-1]!r} in {name}: Grafana ignores it")


def field_of(declared: type[Integration], key: str) -> Field | None:
    """The setting that a key of Grafana's means, in whatever case it is written."""
    spelled = declared.spelled["grafana"]
    found = spelled.get(key) or spelled.get(key.lower())
    return found[0] if found else None


def _name(declared: type[Integration], key: str) -> tuple[str, str]:
    field = field_of(declared, key)
    return declared.type, field.spelling("grafana").name if field else key


def is_unseen(declared: type[Integration], key: str, item: Any, message: str) -> bool:
    """Whether Grafana does not look at what is wrong with a value."""
    name = _name(declared, key)
    is_address = name in ANY_ADDRESS and kind_of(item) == "text"
    return name in UNSEEN or (is_address and any(said in message for said in NO_ADDRESS))


def without_file(field: Field | None, item: Any) -> Any:
    """A value with ``$__file{…}`` left as it is written where it is no secret, and so has no place
    of its own in any other dialect.
    """
    if isinstance(item, FromFile) and not (field and (field.is_secret or field.file)):
        return Interpolated(f"$__file{{{item.path}}}")
    if isinstance(field, Part) and isinstance(item, Mapping):
        by_name = {part.spelling("grafana").name: part for part in field.parts.values()}
        return {key: without_file(by_name.get(key), inner) for key, inner in item.items()}
    return item


def _says_nothing(declared: type[Integration], key: str, item: Any) -> bool:
    """Whether an empty text is the same as none, where only certain texts are taken."""
    field = field_of(declared, key)
    return item == "" and isinstance(field, Choice | Duration | AnyUrl) and not field.required


def _check(kind: str, field: Field, item: Any, path: Path, problems: Problems) -> None:
    """Say what is of the wrong kind in a value that could be read all the same."""
    name = (kind, field.spelling("grafana").name)
    if isinstance(field, HttpConfig) or name in UNSEEN:
        return
    if isinstance(field, Parts):
        for index, entry in enumerate(item if isinstance(item, list) else ()):
            _check_parts(kind, field, entry, (*path, index), problems)
    elif isinstance(field, Part):
        _check_parts(kind, field, item, path, problems)
    elif isinstance(field, TextMap) and isinstance(item, Mapping):
        for key, text in item.items():
            is_text(text, (*path, key), problems)
    elif name in MAPPINGS:
        if not isinstance(item, Mapping | Interpolated):
            problems.error(path, f"must be a mapping, not {kind_of(item)}", "type")
        elif name in OF_TEXTS:
            for key, text in item.items() if isinstance(item, Mapping) else ():
                is_text(text, (*path, key), problems)
    elif isinstance(field, Flag):
        is_bool(item, path, problems)
    elif isinstance(field, Number) or isinstance(field.spelling("grafana").kind, Number):
        if kind_of(item) == "a number" and tag_of(item) == "!!float":
            problems.error(path, "must be a whole number", "type")
    elif isinstance(field, Text) and (name not in ALSO_NUMBERS or kind_of(item) != "a number"):
        is_text(item, path, problems)


def _check_parts(kind: str, field: Part, entry: Any, path: Path, problems: Problems) -> None:
    by_name = {part.spelling("grafana").name: part for part in field.parts.values()}
    for key, item in entry.items() if isinstance(entry, Mapping) else ():
        if key in by_name:
            _check(kind, by_name[key], item, (*path, key), problems)
