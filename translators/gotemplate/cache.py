"""Compiled templates by content, in memory and on disk: a second process does not compile again."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import marshal
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from translators.gotemplate.compiled import Compiled, Place, Program


@lru_cache(maxsize=1)
def _version() -> bytes:
    """Everything that decides what a text compiles to: this package, Python and Jinja2."""
    parts = [importlib.util.MAGIC_NUMBER.hex(), jinja2.__version__]
    for path in sorted(Path(__file__).parent.glob("*.py")):
        stat = path.stat()
        parts.append(f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}")
    return "|".join(parts).encode()


@lru_cache(maxsize=1)
def directory() -> Path | None:
    """Where compiled templates are kept; None when there is no place that only this user can write.

    `CONTACTPOINTS_CACHE` names another directory; empty, it turns the cache off.
    """
    chosen = os.environ.get("CONTACTPOINTS_CACHE")
    if chosen == "":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME", "")
    if chosen is None and not base:
        return None
    root = Path(chosen) if chosen else Path(base)
    if chosen is None:
        if "XDG_CACHE_HOME" not in os.environ:
            root /= ".cache"
        root = root / "contactpoints" / "gotemplate"
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat = root.stat()
    except OSError:
        return None
    # The files hold code: never trust a directory that others can write to.
    if stat.st_uid != os.getuid() or stat.st_mode & 0o022:
        return None
    return root


def key_of(*parts: str) -> str:
    digest = hashlib.sha256(_version())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


_memory: dict[str, list[Program]] = {}
_MEMORY_LIMIT = 2000


def cached(
    parts: tuple[str, ...], make: Callable[[], list[Program]], *, keep: bool = True
) -> list[Program]:
    """The programs of the key, made when nobody has before. `keep` stores them on disk."""
    key = key_of(*parts)
    found = _memory.get(key)
    if found is not None:
        return found
    place = directory() if keep else None
    programs = _load(place / key) if place is not None else None
    if programs is None:
        programs = make()
        if place is not None:
            _save(place / key, programs)
    if len(_memory) >= _MEMORY_LIMIT:
        _memory.clear()
    _memory[key] = programs
    return programs


def _load(path: Path) -> list[Program] | None:
    try:
        rows: list[Any] = marshal.loads(path.read_bytes())
        return [
            Program(Compiled(name, parsed, text, [Place(*place) for place in places], empty), code)
            for (name, parsed, text), places, empty, code in rows
        ]
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _save(path: Path, programs: list[Program]) -> None:
    rows = [
        (
            tuple(p.compiled[:3]),
            [tuple(place) for place in p.compiled.places],
            p.compiled.empty,
            p.code,
        )
        for p in programs
    ]
    with contextlib.suppress(OSError, ValueError):
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(marshal.dumps(rows))
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
