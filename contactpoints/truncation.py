"""Truncation: texts and bodies cut to what a vendor takes, in whole characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

ELLIPSIS = "…"


def cut_bytes(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, the last of them an ellipsis when something was cut.

    >>> cut_bytes("€uro", 5), cut_bytes("euro", 4)
    ('…', 'euro')
    """
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return text
    mark = ELLIPSIS if limit >= len(ELLIPSIS.encode()) else "." * limit
    return encoded[: limit - len(mark.encode())].decode("utf-8", "ignore") + mark


def fitted(make: Callable[[str], Any], text: str, limit: int) -> Any:
    """``make(text)``, with as much of ``text`` as keeps its JSON within ``limit`` bytes."""
    body = make(text)
    if size(body) <= limit:
        return body
    fits, most = 0, min(len(text), limit)
    while fits < most:
        middle = (fits + most + 1) // 2
        if size(make(text[:middle] + ELLIPSIS)) <= limit:
            fits = middle
        else:
            most = middle - 1
    return make(text[:fits] + ELLIPSIS)


def size(body: Any) -> int:
    """The bytes of ``body`` as JSON, written as requests are."""
    return len(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )
