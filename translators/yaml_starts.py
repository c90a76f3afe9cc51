"""Whether a text starts as YAML or JSON does: files of other kinds have YAML inside as well."""

from __future__ import annotations

import re

FIRST = re.compile(
    r"\ufeff?(?:[ \t]*(?:#[^\n]*|%[^\n]*|---[^\n]*)?\r?\n)*"
    r"(?:---[ \t]+)?(?:[ \t]*\{|['\"]?[\w.$/-]+['\"]?[ \t]*:(?:\s|$))"
)


def is_mapping(text: str) -> bool:
    """Whether the first thing that a text says is a key, or a brace.

    >>> is_mapping("# a comment\\n---\\nkind: List\\n"), is_mapping('resource "a" "b" {\\n}')
    (True, False)
    """
    return FIRST.match(text) is not None
