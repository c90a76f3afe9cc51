"""Running: what this process delivers with: files over the stored setup, and news of either."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from alertmanager_configs.problems import SetupError
from contactpoints.admin.combining import Checked, dangling, fallbacks, together
from contactpoints.admin.keeper import Document, Keeper, Stored
from contactpoints.admin.languages import Languages
from contactpoints.admin.refusals import ConflictError, InvalidError
from contactpoints.delivery.directory import Directory, UnknownContactPointError
from contactpoints.delivery.service import Service
from contactpoints.setup import Setup
from contactpoints.storage import setups
from contactpoints.storage.database import StorageError
from contactpoints.storage.sealing import SealingError

log = logging.getLogger(__name__)

ReadFiles = Callable[[], Setup]


class Running:
    """``files`` is what the configuration files said at the start; ``read_files`` reads them again.

    ``generation`` counts how often the files were read.
    """

    def __init__(
        self,
        service: Service,
        keeper: Keeper,
        languages: Languages,
        files: Setup,
        read_files: ReadFiles,
    ) -> None:
        self.service, self.keeper, self.languages = service, keeper, languages
        self.files, self.read_files = files, read_files
        self.setup = files
        self.stored = Stored(0)
        self.generation = 0
        self._problems: dict[str, str] = {}
        self._checked: Checked | None = None
        self._is_out = False  # the database cannot be read, and that was said
        self._read = Setup("grafana")
        self._reloads = 0
        self.after_fork()

    @property
    def problems(self) -> list[str]:
        """What keeps the newest files or the newest stored setup from running; what ran before runs
        on.
        """
        return list(self._problems.values())

    def after_fork(self) -> None:
        """Locks may have been held by threads that stayed with the parent process."""
        self._lock = threading.RLock()

    def begin(self) -> None:
        """Take the stored setup in. When it cannot be read, the files run alone.

        :raises SealingError: when it cannot be opened.
        :raises UnknownContactPointError: when a fallback is nowhere.
        :raises ValueError: when a rate limit is none.
        """
        try:
            _, self._reloads = self._newest()
            stored = self.keeper.current()
            read = self.languages.read(stored.document) if stored.number else self._read
        except SealingError:
            raise
        except (StorageError, SetupError) as error:
            log.error("stored_setup=not_read error=%r", str(error))
            self._problems["stored"] = f"the stored setup is not in use: {error}"
            self._adopt(self.files, self.stored, self._read, is_whole=False)
        else:
            self._adopt(self.files, stored, read)

    def changed(self, stored: Stored, setup: Setup) -> None:
        """This process has stored a version: it runs from now on."""
        with self._lock:
            if stored.number > self.stored.number:
                checked, self._checked = self._checked, None
                if checked and checked.is_of(stored.document, self.files):
                    self.service.adopt(checked.directory)
                    self.stored, self._read, self.setup = stored, setup, checked.whole
                else:
                    self._adopt(self.files, stored, setup)
                self._problems.pop("stored", None)

    def check(self, document: Document, setup: Setup) -> None:
        """Whether a document may be stored: nothing may break that was whole.

        :raises Refused: when it would.
        """
        self.notice()
        whole = together(self.files, setup)
        missing = dangling(whole, document) - dangling(self.setup, self.stored.document)
        if missing:
            errors = [
                {"path": where, "message": f"{where} {name!r} does not exist"}
                for where, name in sorted(missing)
            ]
            raise InvalidError(f"invalid object specification: {errors[0]['message']}", "", errors)
        try:
            directory = self._directory(whole, document)
            self._checked = Checked(document, self.files, whole, directory)
        except UnknownContactPointError as error:
            raise ConflictError(
                f"contact point {error.name!r} is a fallback of others, and would be gone",
                "alerting.notifications.contact-points.referenced",
            ) from None
        except Exception as error:  # a template that parses nowhere: the dialects say which
            raise InvalidError(f"invalid object specification: {error}") from None

    def notice(self) -> bool:
        """Take in what another process has stored, and read the files again when one was asked to.

        Whether another setup runs now. Nothing is raised: what ran before runs on.
        """
        try:
            number, reloads = self._newest()
            self._is_out = False
            if number == self.stored.number and reloads == self._reloads:
                return False
            with self._lock:
                return self._take(number, reloads)
        except StorageError as error:
            if not self._is_out:
                log.warning("stored_setup=not_read error=%r", str(error))
            self._is_out = True
        return False

    def _take(self, number: int, reloads: int) -> bool:
        moved = False
        if reloads != self._reloads:
            self._reloads = reloads
            try:
                self.reload()
                moved = True
            except Exception as error:
                log.error("reload=refused error=%r", str(error))
        if number != self.stored.number:
            stored = self.keeper.current()
            try:
                self._adopt(self.files, stored, self.languages.read(stored.document))
                self._problems.pop("stored", None)
                moved = True
                log.info("setup=%d runs", stored.number)
            except Exception as error:
                self.stored = stored  # looked at once
                log.error("setup=%d runs=no error=%r", stored.number, str(error))
                self._problems["stored"] = f"version {stored.number} is not in use: {error}"
        return moved

    def reload(self) -> None:
        """Read the files again. When anything is wrong with them, nothing changes.

        :raises Exception: what reading them raises, with everything that is wrong and where.
        :raises UnknownContactPointError: when a fallback would be gone.
        """
        try:
            files = self.read_files()
            with self._lock:
                self._adopt(files, self.stored, self._read)
        except Exception as error:
            self._problems["files"] = f"the files could not be read again: {error}"
            raise
        self.generation += 1
        self._problems.pop("files", None)
        log.info("reload=done files=%d", len(self.service.environment.config))

    def tell_others(self) -> None:
        """Let all processes on this database read their files again, within a second or so."""
        self.service.writer.submit(setups.signal, setups.RELOADED)
        with self._lock:
            _, self._reloads = self._newest()

    def _newest(self) -> tuple[int, int]:
        with self.service.database.reading() as connection:
            return setups.newest(connection)

    def _adopt(self, files: Setup, stored: Stored, read: Setup, *, is_whole: bool = True) -> None:
        whole = together(files, read)
        self.service.adopt(self._directory(whole, stored.document, is_whole=is_whole))
        self.files, self.stored, self._read, self.setup = files, stored, read, whole

    def _directory(
        self, whole: Setup, document: Mapping[str, Any], *, is_whole: bool = True
    ) -> Directory:
        """``is_whole``: nothing is missing, so a fallback that is nowhere is a mistake."""
        environment = self.service.environment
        return Directory(
            whole,
            (*fallbacks(document), *environment.fallback) if is_whole else (),
            environment.rates,
            self.languages.renderer(whole),
            self.service.directory,
        )
