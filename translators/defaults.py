"""What a setting that is left out means otherwise in the other family."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from contactpoints.base import Integration
from contactpoints.spelling import Family
from translators.texts import is_text


@cache
def differing_defaults(
    declared: type[Integration], origin: Family, to: Family
) -> tuple[Sequence[tuple[str, Any]], Sequence[tuple[str, str]]]:
    """What a setting that is left out means otherwise in the other family: plain values to say
    (setting, value), and message texts (setting, how ``origin`` spells it).
    """
    plain, texts = [], []
    for name, field in declared.fields.items():
        if not (field.spelling(origin).exists and field.spelling(to).exists):
            continue
        ours, theirs = field.default(origin), field.default(to)
        if is_text(ours) or is_text(theirs):
            if ours and theirs:
                texts.append((name, field.spelling(origin).name))
        elif ours is not None and ours != theirs:
            plain.append((name, ours))
    return plain, texts
