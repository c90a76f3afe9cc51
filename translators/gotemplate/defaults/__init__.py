"""The default templates of both families: theirs in what they print, ours in how they say it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

_FILES = {
    "alertmanager": ("common.tmpl", "email.tmpl", "alertmanager.tmpl"),
    "grafana": ("common.tmpl", "email.tmpl", "grafana.tmpl"),
}


@lru_cache(maxsize=4)
def default_sources(family: Literal["alertmanager", "grafana"]) -> Mapping[str, str]:
    """File name → text of a family's default set, in the order in which they are read."""
    here = Path(__file__).parent
    return MappingProxyType(
        {name: (here / name).read_text(encoding="utf-8") for name in _FILES[family]}
    )
