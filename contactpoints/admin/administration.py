"""Administration: the parts that keep, run and show the setup, put together for one service."""

from __future__ import annotations

import logging
import os
import threading

from contactpoints.admin.external import External
from contactpoints.admin.keeper import Keeper
from contactpoints.admin.languages import Languages, Parts
from contactpoints.admin.running import ReadFiles, Running
from contactpoints.admin.status import ContactPointStatus, Status
from contactpoints.admin.view import View, view_of
from contactpoints.delivery.service import Service
from contactpoints.setup import Setup
from contactpoints.storage.database import StorageError
from contactpoints.storage.sealing import Keyring, SealingError

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between looks for what other processes have stored


class Admin:
    """Belongs to ``service``, and puts itself there as ``service.admin``.

    ``files`` is what the configuration files say; ``read_files`` reads them again.

    :raises SealingError: when what is stored cannot be opened.
    :raises UnknownContactPointError: when a fallback is neither in a file nor stored.
    """

    def __init__(
        self, service: Service, languages: Languages, files: Setup, read_files: ReadFiles
    ) -> None:
        environment = service.environment
        self.service, self.languages = service, languages
        self.keyring = Keyring(
            environment.secret_key, environment.secret_key_file, service.database.path
        )
        self.keeper = Keeper(service.writer, self.keyring, languages)
        self.running = Running(service, self.keeper, languages, files, read_files)
        self.keeper.check, self.keeper.changed = self.running.check, self.running.changed
        self.keeper.of_files = lambda: {each.name for each in self.running.files.contact_points}
        self.external = External(environment, self.keeper, languages)
        self._status = Status(service.writer)
        self._view: View | None = None
        self._parts: tuple[object, Parts] | None = None
        self._stop = threading.Event()
        self._watcher = 0  # the process whose thread watches
        self._thread: threading.Thread | None = None
        service.admin = service.companion = self
        self.running.begin()
        service.refresh = self.running.notice

    def view(self) -> View:
        """Everything there is now, also what another process has stored a moment ago.

        :raises StorageError: when it cannot be read.
        """
        stored = self.keeper.current()
        running = self.running
        if stored.number != running.stored.number:
            running.notice()
        kept, problems = self._view, running.problems
        if (
            kept is None
            or kept.number != stored.number
            or kept.setup is not running.setup
            or kept.problems != problems
        ):
            parts = self._files()
            kept = view_of(stored, parts, running.generation, running.setup, list(problems))
            self._view = kept
        return kept

    def status(self, names: list[str] | None = None) -> list[ContactPointStatus]:
        """How the last attempt of every integration went, or of the contact points ``names``.

        :raises StorageError: when it cannot be read.
        """
        return self._status.of(self.view(), names)

    def _files(self) -> Parts:
        files = self.running.files
        kept = self._parts
        if kept is None or kept[0] is not files:
            kept = self._parts = (files, self.languages.rows(files))
        return kept[1]

    def reload(self) -> None:
        """Read the files again, here and in all processes on this database; all or nothing here.

        :raises Exception: what reading them raises, with everything that is wrong and where.
        """
        self.running.reload()
        self.running.tell_others()

    def reload_here(self) -> None:
        """As :meth:`reload`, for a signal to this process: what is wrong is logged."""
        try:
            self.running.reload()
        except Exception as error:
            log.error("reload=refused error=%r", str(error))

    def start(self) -> None:
        """Watch for what other processes store, until :meth:`stop`."""
        if self._watcher == os.getpid():
            return
        self._watcher = os.getpid()
        self._stop = threading.Event()
        if self.running.stored.number == 0 and self.service.database.is_sqlite:
            try:
                self.keyring.seal()
            except SealingError as error:
                log.warning("key=none error=%r", str(error))
        self._thread = threading.Thread(target=self._watch, name="setup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more. A look that is under way ends first: it reads from the database."""
        self._stop.set()
        if self._thread and self._watcher == os.getpid():
            self._thread.join(10.0)

    def after_fork(self) -> None:
        """Threads and locks stayed with the parent process."""
        self.keeper.after_fork()
        self.running.after_fork()
        if self._watcher and not self._stop.is_set():
            self.start()

    def _watch(self) -> None:
        stop = self._stop
        while not stop.wait(LOOK):
            try:
                self.running.notice()
                self._status.fold()
            except StorageError:
                log.debug("watching=later")
            except Exception:
                log.exception("watching=failed")
