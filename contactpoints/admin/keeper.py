"""Keeper: the stored setup. Every change is one transaction, and leaves a version that reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from alertmanager_configs.problems import SetupError, format_path
from contactpoints.admin.languages import Languages
from contactpoints.admin.references import renamed_contact_points
from contactpoints.admin.refusals import ConflictError, InvalidError, MissingError
from contactpoints.copying import copied
from contactpoints.setup import Setup
from contactpoints.storage import setups
from contactpoints.storage.audits import Entry
from contactpoints.storage.sealing import Keyring
from contactpoints.storage.writer import Writer

TRIES = 3  # of a change, when other processes are faster
CONFLICT = "alerting.notifications.conflict"
Answer = TypeVar("Answer")
Document = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """One version of the stored setup. Nobody changes ``document``; number 0 is before the first.

    See :mod:`contactpoints.admin.languages` for what a document is.
    """

    number: int
    made_at: float = 0.0
    author: str = ""
    note: str = ""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)  # it holds secrets


@dataclass
class Keeper:
    """Reads and changes the stored setup.

    ``check`` looks at what would run, and raises :class:`Refused` when it may not; ``changed`` is
    told of a version that this process has stored, with what it means; ``of_files`` are the names
    of contact points that files say.
    """

    writer: Writer
    keyring: Keyring
    languages: Languages
    check: Callable[[Document, Setup], None] = field(default=lambda document, setup: None)
    changed: Callable[[Stored, Setup], None] = field(default=lambda stored, setup: None)
    of_files: Callable[[], Container[str]] = field(default=lambda: ())

    def __post_init__(self) -> None:
        self._current = Stored(0)
        self.after_fork()

    def after_fork(self) -> None:
        """Locks may have been held by threads that stayed with the parent process."""
        self._changing = threading.Lock()

    def current(self) -> Stored:
        """The newest version; its document is read only when it is new to this process.

        :raises StorageError: when it cannot be read, or not be opened.
        """
        known = self._current
        with self.writer.database.reading() as connection:
            number, _ = setups.newest(connection)
            if number == known.number:
                return known
            found = setups.read(connection) if number else None
        self._current = self._opened(found) if found else Stored(0)
        return self._current

    def change(
        self,
        edit: Callable[[Document], Answer],
        *,
        author: str,
        note: str,
        expected: int | None = None,
        audit: Entry | None = None,
    ) -> tuple[Answer, Stored]:
        """Let ``edit`` change a copy of the document and store that as the next version.

        ``edit`` may be called again, with a newer document, when another process was faster.
        ``expected`` is the number that the caller has seen. A document that stays the same makes no
        version. ``audit`` is what the audit log says of it.

        :raises Refused: by ``edit``, or when the outcome is not valid, or is too late.
        :raises StorageError: when it cannot be stored.
        """
        with self._changing:
            for _ in range(TRIES):
                before = self.current()
                if expected is not None and expected != before.number:
                    raise ConflictError(
                        f"the setup has changed: it is at version {before.number}, not {expected}",
                        CONFLICT,
                    )
                document: Document = copied(before.document)
                answer = edit(document)
                if document == before.document:
                    return answer, before
                if stored := self._store(before, document, author, note, audit):
                    return answer, stored
        raise ConflictError("others are changing the setup at the same time; try again", CONFLICT)

    def _store(
        self, before: Stored, document: Document, author: str, note: str, audit: Entry | None
    ) -> Stored | None:
        setup = self._read(document)
        self.check(document, setup)
        now = time.time()
        entry = replace(audit, at=now) if audit else Entry(now, author, action=note)
        # Nothing but the first version may make a key: the others were sealed with one.
        sealed = self.keyring.seal(make=before.number == 0).close(document)
        renamed = renamed_contact_points(before.document, document, self.of_files())
        new = setups.New(before.number, now, author, note, sealed, entry, renamed)
        if not self.writer.submit(setups.append, new):
            return None
        stored = self._current = Stored(before.number + 1, now, author, note, document)
        self.changed(stored, setup)
        return stored

    def _read(self, document: Document) -> Setup:
        try:
            return self.languages.read(document)
        except SetupError as error:
            errors = [
                {"path": format_path(each.path), "message": each.message} for each in error.problems
            ]
            said = "; ".join(dict.fromkeys(each["message"] for each in errors[:3]))
            raise InvalidError(f"invalid object specification: {said}", "", errors) from None

    def _opened(self, found: tuple[setups.Version, bytes]) -> Stored:
        version, sealed = found
        document = self.keyring.seal(make=False).open(sealed)
        return Stored(version.number, version.made_at, version.author, version.note, document)

    def history(self, limit: int = 20, before: int | None = None) -> list[setups.Version]:
        """The versions that are kept, the latest first, without their documents."""
        with self.writer.database.reading() as connection:
            return setups.find(connection, limit, before)

    def version(self, number: int) -> Stored:
        """One version. :raises MissingError: when it is not kept."""
        if number == 0:
            return Stored(0)
        with self.writer.database.reading() as connection:
            found = setups.read(connection, number)
        if found is None:
            raise MissingError(f"version {number} of the setup is not kept")
        return self._opened(found)

    def restore(
        self,
        number: int,
        author: str,
        *,
        expected: int | None = None,
        audit: Entry | None = None,
    ) -> Stored:
        """Make the document of an earlier version the newest one; what came between stays in the
        history.
        """
        old = self.version(number)

        def edit(document: Document) -> None:
            document.clear()
            document.update(copied(old.document))

        note = f"restored version {number}"
        return self.change(edit, author=author, note=note, expected=expected, audit=audit)[1]

    def differences(self, a: int, b: int) -> list[str]:
        """What two versions mean otherwise, a line each."""
        return self.languages.diff(self.version(a).document, self.version(b).document)
