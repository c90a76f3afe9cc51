"""The escapers that html/template adds to each action."""

from __future__ import annotations

from translators.gotemplate.functions import Function

ESCAPERS: dict[str, Function] = {}
