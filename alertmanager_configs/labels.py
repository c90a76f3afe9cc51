"""Which names labels may have, and how Alertmanager prints a set of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from .quoting import go_quote
from .versions import Version

Mode = Literal["fallback", "classic", "utf8"]
"""How matchers and label names are read: `fallback` is the default of Alertmanager since 0.27,
`classic` its --enable-feature=classic-mode and the only way before, `utf8` its utf8-strict-mode."""

_FIRST_WITH_FALLBACK: Version = (0, 27, 0)
_CLASSIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def default_mode(version: Version) -> Mode:
    """How a version of Alertmanager reads matchers unless told otherwise."""
    return "fallback" if version >= _FIRST_WITH_FALLBACK else "classic"


def is_classic_name(name: str) -> bool:
    """A label name as Prometheus had them before UTF-8 names."""
    return _CLASSIC_NAME.fullmatch(name) is not None


def is_label_name(name: str, mode: Mode = "fallback") -> bool:
    """A label name in group_by, equal and labels; match and match_re only ever take classic
    ones."""
    return is_classic_name(name) if mode == "classic" else name != ""


def format_labels(labels: Mapping[str, str]) -> str:
    """A label set as in a group key: `{a="b", c="d"}`, names sorted, values quoted as Go does."""
    return "{" + ", ".join(f"{name}={go_quote(labels[name])}" for name in sorted(labels)) + "}"
