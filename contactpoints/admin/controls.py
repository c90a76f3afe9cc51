"""Controls: what a form needs to know of an integration's settings, made from its declaration.

A control stands for one setting in Grafana's spelling, which is how the stored setup spells it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from contactpoints.admin.redaction import secure_keys
from contactpoints.fields import Choice, Duration, Field, Flag, GoDuration, Number, Template
from contactpoints.groups import JoinedWords, Part, Parts, TextMap, Tree, Words
from contactpoints.http_settings import HttpConfig
from contactpoints.integrations import by_lower_type

Kind = Literal[
    "line", "text", "secret", "flag", "choice", "number", "lines", "map", "tree", "group"
]
"""One line; text of several lines; what is never shown; yes or no; one of a few words; a whole
number; a list of texts, one a line; texts by name; anything, as YAML; several controls.
"""

WORDS = {
    word.lower(): word
    for word in ("URL", "API", "ID", "HTTP", "TLS", "HMAC", "ARN", "HTML", "QoS", "OAuth2", "TTL")
} | {"sigv4": "AWS signature (SigV4)"}


@dataclass(frozen=True)
class Control:
    """One setting. ``key`` is its key in the settings, or in the group that it is a part of."""

    key: str
    kind: Kind
    label: str
    help: str = ""
    is_required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None
    limit: int = 0
    """The most characters that the vendor takes; 0 when none is known."""
    parts: tuple[Control, ...] = field(default=())
    is_about_http: bool = False
    """It says how requests are made, and not what they say."""


@cache
def controls_of(kind: str) -> tuple[Control, ...]:
    """The controls of an integration's settings: required ones first, those of HTTP last. None for
    a type that there is not.
    """
    declared = by_lower_type().get(kind.lower())
    if declared is None:
        return ()
    found = _controls(declared.fields, frozenset(secure_keys(declared.type)))
    return tuple(sorted(found, key=lambda each: (not each.is_required, each.is_about_http)))


def _controls(
    fields: Mapping[str, Field], secure: Collection[str], before: str = ""
) -> Iterator[Control]:
    for name, one in fields.items():
        spelling = one.spelling("grafana")
        if not spelling.exists:
            continue
        dotted = before + spelling.name
        kind, choices = ("secret", ()) if dotted in secure else _kind_of(one)
        default = one.default("grafana")
        yield Control(
            key=spelling.name,
            kind=kind,
            label=one.label or label_of(name),
            help=one.help,
            is_required=one.required,
            choices=choices,
            default=default,
            limit=one.limit,
            parts=(
                tuple(_controls(one.parts, secure, f"{dotted}."))
                if kind == "group" and isinstance(one, Part)
                else ()
            ),
            is_about_http=isinstance(one, HttpConfig) or name == "tls_config",
        )


def _kind_of(one: Field) -> tuple[Kind, tuple[str, ...]]:
    kinds: tuple[tuple[type[Field], Kind], ...] = (
        (Flag, "flag"),
        (Number, "number"),
        (Duration, "line"),
        (GoDuration, "line"),
        (Parts, "tree"),
        (Part, "group"),
        (TextMap, "map"),
        (JoinedWords, "line"),
        (Words, "lines"),
        (Tree, "tree"),
        (Template, "text"),
    )
    if isinstance(one, Choice):
        values = one.spelling("grafana").values
        return "choice", tuple(values.get(each, each) for each in one.choices)
    return next((kind for known, kind in kinds if isinstance(one, known)), "line"), ()


def label_of(name: str) -> str:
    """A setting's name as people read it.

    >>> [label_of(name) for name in ("bot_token", "api_url", "class_", "sectiontitle")]
    ['Bot token', 'API URL', 'Class', 'Sectiontitle']
    """
    words = [WORDS.get(word, word) for word in re.split("_+", name.strip("_"))]
    said = " ".join(words)
    return said[:1].upper() + said[1:]
