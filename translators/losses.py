"""Losses: what could not be said in the target dialect, where it came from, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Path
from alertmanager_configs.versions import LATEST, Version

What = Literal["dropped", "changed", "added", "notice"]

BELOW = ("|", ">", "<<")
"""How a text begins that stands on the lines below: a block scalar, a heredoc."""


class Loss(NamedTuple):
    """One thing that became of a translation. What was ``added``, and a ``notice``, about a service
    that is gone or going or about what a cluster adds, take nothing away from the meaning.

    ``where`` leads from the whole to the part: contact point, integration and setting when it
    ``is_of_contact_point``, else the part of the file that it is about. ``line`` is the line of the
    input it came from, 0 when there is none, and ``file`` its name when there are several. A secret
    that was left out as was asked for ``is_redaction``.
    """

    where: tuple[str, ...]
    what: What
    why: str
    line: int = 0
    is_of_contact_point: bool = False
    file: str = ""
    is_redaction: bool = False

    def __str__(self) -> str:
        file = f"{self.file}, " if self.file else ""
        line = f" ({file}line {self.line})" if self.line else ""
        return f"{' › '.join(self.where)}: {self.what}: {self.why}{line}"

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        steps = [*self.where, None, None][:3] if self.is_of_contact_point else [None] * 3
        return {
            **dict(zip(("contact_point", "integration", "setting"), steps, strict=True)),
            "where": list(self.where),
            "what": self.what,
            "why": self.why,
            "line": self.line or None,
            **({"file": self.file} if self.file else {}),
            **({"redacted": True} if self.is_redaction else {}),
        }


class Report:
    """Every loss of one translation, in the order of the input; ``version`` is the Alertmanager
    that is written for, ``kubernetes_version`` that of the AlertmanagerConfigs that are written, if
    one was asked for.
    """

    def __init__(
        self,
        document: Document | None = None,
        version: Version = LATEST,
        kubernetes_version: str = "",
    ) -> None:
        self.document = document
        self.version = version
        self.kubernetes_version = kubernetes_version
        self._found: list[tuple[Loss, Path | None]] = []

    def lose(
        self,
        where: tuple[str, ...],
        what: What,
        why: str,
        path: Path | None = None,
        *,
        is_of_contact_point: bool = False,
        is_redaction: bool = False,
        line_of_text: int = 0,
    ) -> None:
        """Write down a loss; ``path`` is the way to what was lost in the document that was read,
        and ``line_of_text`` the line within the text that stands there, from 1.
        """
        loss = Loss(where, what, why, line_of_text, is_of_contact_point, "", is_redaction)
        self._found.append((loss, path))

    def take(self, other: Report) -> None:
        """Take over what another report has found."""
        self._found += other._found

    def forget(self, path: Path) -> None:
        """Take back what was lost at ``path`` and below: it was not lost after all."""
        self._found = [
            each
            for each in self._found
            if each[0].what in ("added", "notice") or (each[1] or ())[: len(path)] != path
        ]

    def apart(self) -> Report:
        """An empty report on the same document, whose findings may be taken over."""
        return Report(self.document, self.version, self.kubernetes_version)

    def __iter__(self) -> Iterator[Loss]:
        lines: list[str] = []
        document = self.document
        origin = getattr(document, "origin", None)  # of several files
        for loss, path in self._found:
            if path is None or document is None:
                yield loss._replace(line=0)
                continue
            line, column = document.place(path)
            if loss.line:
                lines = lines or document.text.splitlines()
                begin = lines[line - 1][column - 1 :] if line <= len(lines) else ""
                line += loss.line if begin.startswith(BELOW) else 0
            file, line = origin(line) if origin else ("", line)
            where, what, why, _, is_of_contact_point, _, is_redaction = loss
            yield Loss(where, what, why, line, is_of_contact_point, file, is_redaction)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def is_lossy(self) -> bool:
        """Whether anything was dropped or changed: what ``--strict`` refuses."""
        return any(loss.what in ("dropped", "changed") for loss, _ in self._found)

    def __str__(self) -> str:
        return "".join(f"{loss}\n" for loss in self)
