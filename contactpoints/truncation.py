"""Truncation: texts and bodies cut to what a vendor takes, in whole characters."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

ELLIPSIS = "…"
ROOM = 100  # characters: in less there is no place to say what was left out


class Drawn(str):
    """A drawn text that can tell how many alerts a beginning of it leaves out.

    ``measure(n)`` is how long the text is with only the first ``n`` of ``alerts`` alerts.
    """

    alerts: int
    measure: Callable[[int], int]

    def __new__(cls, text: str, alerts: int, measure: Callable[[int], int]) -> Drawn:
        made = super().__new__(cls, text)
        made.alerts, made.measure = alerts, measure
        return made

    @cached_property
    def length(self) -> Callable[[int], int]:
        """``measure``, asked once for each number; made only when something has to be cut."""
        return cache(self.measure)

    def left_out(self, kept: int) -> int:
        """How many alerts the first ``kept`` characters say nothing of; 0 for a text that does not
        list them, which one line never does.
        """
        if "\n" not in self or self.alerts < 2 or self.length(1) >= len(self):
            return 0
        told, most = 0, self.alerts - 1
        while told < most:
            middle = (told + most + 1) // 2
            if self.length(middle) <= kept:
                told = middle
            else:
                most = middle - 1
        return self.alerts - told - 1  # the next one has begun


def end_of(text: str, room: int) -> str:
    """What a text ends with that is cut to ``room`` characters: an ellipsis, and the number of the
    alerts that are left out, where there is place for it and they are known.
    """
    if isinstance(text, Drawn) and room >= ROOM and (count := text.left_out(room)):
        return f"{ELLIPSIS}\n({count} of {text.alerts} alerts left out)"
    return ELLIPSIS


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters; what is cut ends as :func:`end_of` says.

    >>> cut("abcdef", 4)
    'abc…'
    """
    if len(text) <= limit:
        return text
    end = end_of(text, limit) if limit > 3 else ""
    return text[: limit - len(end)] + end


def cut_bytes(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, the last of them an ellipsis when something was cut.

    >>> cut_bytes("€uro", 5), cut_bytes("euro", 4)
    ('…', 'euro')
    """
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return text
    whole = len(encoded[:limit].decode("utf-8", "ignore"))
    end = end_of(text, whole) if limit >= len(ELLIPSIS.encode()) else "." * limit
    return encoded[: limit - len(end.encode())].decode("utf-8", "ignore") + end


def fitted(make: Callable[[str], Any], text: str, limit: int) -> Any:
    """``make(text)``, with as much of ``text`` as keeps its JSON within ``limit`` bytes."""
    body = make(text)
    if size(body) <= limit:
        return body
    end = end_of(text, ROOM)  # the longest it can be
    fits, most = 0, min(len(text), limit)
    while fits < most:
        middle = (fits + most + 1) // 2
        if size(make(text[:middle] + end)) <= limit:
            fits = middle
        else:
            most = middle - 1
    return make(text[:fits] + end_of(text, fits))


def size(body: Any) -> int:
    """The bytes of ``body`` as JSON, written as requests are."""
    return len(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )
