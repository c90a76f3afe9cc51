"""Versions of Alertmanager: read, printed and compared."""

from __future__ import annotations

import re

Version = tuple[int, int, int]
"""Compares as versions do."""

LATEST: Version = (0, 34, 0)
"""The version whose rules hold when nobody names another."""

_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:[-+].*)?")


def parse_version(text: str) -> Version:
    """`0.28`, `0.28.1` or `v0.28.1-rc.0`. Raises ValueError for anything else."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a version: {text!r} (0.28 or 0.28.1 is one)")
    return int(match[1]), int(match[2]), int(match[3] or 0)


def format_version(version: Version) -> str:
    """`0.28.1`."""
    return ".".join(map(str, version))
