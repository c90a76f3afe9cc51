"""What the commands read: files, folders, globs and standard input."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

SUFFIXES = (".yml", ".yaml", ".json", ".tf")
"""What a folder is looked through for."""
MANY = 20  # files; with more there is a progress bar
LARGEST = 256 * 1024 * 1024  # bytes of one file


class Input(NamedTuple):
    """One file: its name for messages, its text, and the folder that it stands in. ``is_found``
    says that nobody named it: it was in a folder.
    """

    name: str
    text: bytes
    folder: Path
    is_found: bool = False


def read_inputs(names: Sequence[str], *, bar: bool = True) -> list[Input]:
    """Every file that is meant; with a progress bar on a terminal when they are many.

    :raises click.UsageError: when one cannot be read, or a folder or a glob has none.
    """
    paths = list(_found(names))
    if bar and len(paths) > MANY and sys.stderr.isatty():
        with click.progressbar(paths, label="Reading", file=sys.stderr) as shown:
            return [_read(*each) for each in shown]
    return [_read(*each) for each in paths]


def _found(names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    for name in names:
        path = Path(name)
        if name != "-" and path.is_dir():
            files = sorted(each for each in path.rglob("*") if _is_wanted(each, path))
            if not files:
                raise click.UsageError(f"{name}: no file with {', '.join(SUFFIXES)} is in it")
            yield from ((str(file), True) for file in files)
        elif any(sign in name for sign in "*?[") and not path.exists():
            matching = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - may be absolute
            if not matching:
                raise click.UsageError(f"{name}: no file is called so")
            yield from ((file, False) for file in matching if Path(file).is_file())
        else:
            yield name, False


def _is_wanted(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in SUFFIXES and path.is_file()


def _read(name: str, is_found: bool) -> Input:
    if name == "-":
        return Input("<stdin>", sys.stdin.buffer.read(), Path())
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST:
            raise click.UsageError(f"{name}: larger than {LARGEST} bytes")
        return Input(name, path.read_bytes(), path.parent, is_found)
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}") from None
