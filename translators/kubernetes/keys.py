"""Keys of objects: what each is called and what kind of value it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "text",  # a string
    "number",
    "flag",
    "texts",  # a list of strings
    "map",  # names and strings
    "tree",  # anything
    "pairs",  # names and strings, as a list of {key, value}
    "duration",  # Go's grammar in Alertmanager's file, Prometheus' in the object
    "secret",  # a reference {name, key} to a Secret
    "either",  # {secret: reference} or {configMap: reference}
    "secrets",  # names, each with a list of references
    "headers",  # names, each with {values, secrets, files}
    "object",
    "objects",  # a list of them
    "threading",  # of a mail: {threadByDate}, which is enabled by being there
]


@dataclass(frozen=True)
class Key:
    """One key of an object. ``plain`` is its twin that takes the value as it stands, not as a
    reference; ``aliases`` are other names that are read. ``default`` is what Alertmanager does when
    it is left out; ``keeps_empty`` tells that the operator passes an empty text on; ``is_address``
    that only a web address is taken, no template; ``required`` that the object is refused without
    it; ``choices`` are all that it takes.
    """

    name: str
    kind: Kind = "text"
    parts: Mapping[str, Key] = field(default_factory=dict)
    plain: str = ""
    aliases: tuple[str, ...] = ()
    default: Any = None
    is_template: bool = False
    keeps_empty: bool = False
    is_address: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()


Shape = Mapping[str, Key]
"""The keys of an object, by Alertmanager's names."""
