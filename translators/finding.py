"""Where the template files that a text names are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from translators.dialect import Find


def among(files: Mapping[str, str]) -> Find:
    """Finds template files in a mapping: by the whole name, or by the last part of the glob."""

    def find(pattern: str) -> Iterable[tuple[str, str]]:
        last = PurePath(pattern).name
        return [
            (name, text)
            for name, text in files.items()
            if fnmatchcase(name, pattern) or fnmatchcase(name, last)
        ]

    return find


def beside(folder: Path) -> Find:
    """Finds template files where Alertmanager does: a relative glob starts at the configuration's
    folder.
    """

    def find(pattern: str) -> Iterable[tuple[str, str]]:
        pattern = str(pattern)  # pathlib takes no subclass of it
        whole = PurePath(pattern)
        root, relative = (
            (Path(whole.anchor), str(whole.relative_to(whole.anchor)))
            if whole.is_absolute()
            else (folder, pattern)
        )
        try:
            found = sorted(path for path in root.glob(relative) if path.is_file())
            return [(path.name, path.read_bytes().decode("utf-8", "replace")) for path in found]
        except (ValueError, NotImplementedError, OSError):
            return []

    return find
