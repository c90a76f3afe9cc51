"""Names of files that come from elsewhere: a template may be called anything."""

from __future__ import annotations

import re
from collections.abc import Iterable

DEVICES = frozenset(
    [
        "CON",
        "PRN",
        "AUX",
        "NUL",
        *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789"),
    ]
)
"""What Windows takes for a device, whatever the ending.
https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff/\\:*?"<>|\[\]]'
)
"""What separates steps of a path or means something in a glob, and what a terminal hides."""

LONGEST = 255  # bytes, of file systems
CUT = 50  # characters that are left of a longer one, each of at most four bytes


def why_unsafe(name: str) -> str:
    """Why a name is no plain file name within the folder that it is written to; "" when it is."""
    if not name or name.startswith("."):
        return "it is empty" if not name else "it begins with a dot"
    if found := UNSAFE.search(name):
        return f"it has {found[0]!r} in it"
    if name.endswith((".", " ")) or name.startswith(" "):
        return "it ends in a dot, or begins or ends with a space"
    if name.partition(".")[0].strip().upper() in DEVICES:
        return "it is the name of a device"
    return "it is too long" if len(name.encode()) > LONGEST else ""


def plain_names(wanted: Iterable[str], ending: str) -> dict[str, str]:
    """A plain file name for each, with ``ending``, no two the same: itself where it is one already.

    >>> plain_names(["ops.tmpl", "../ops", "a/b", "a_b"], ".tmpl")
    {'ops.tmpl': 'ops.tmpl', '../ops': '__ops.tmpl', 'a/b': 'a_b.tmpl', 'a_b': 'a_b_2.tmpl'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(wanted):
        stem = UNSAFE.sub("_", name.removesuffix(ending)).strip(" ")
        if len(stem.encode()) > LONGEST - 4 * len(ending):
            stem = stem[:CUT]
        stem = f"_{stem.lstrip('.')}" if stem.startswith(".") or not stem else stem
        if why_unsafe(stem + ending):
            stem = f"_{stem}"
        made, turn = stem, 1
        while made.casefold() in taken:
            turn += 1
            made = f"{stem}_{turn}"
        taken.add(made.casefold())
        found[name] = made + ending
    return found
