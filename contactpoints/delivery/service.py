"""Service: outbox, worker and storage of one process, put together."""

from __future__ import annotations

import atexit
import gc
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from contactpoints.delivery.attempt import Sender
from contactpoints.delivery.carrier import Carrier
from contactpoints.delivery.directory import Directory
from contactpoints.delivery.network import refuse_private
from contactpoints.delivery.outbox import Outbox
from contactpoints.delivery.remembering import PostedInDatabase
from contactpoints.delivery.rendering import Renderer, Verbatim
from contactpoints.delivery.targets import Targets
from contactpoints.delivery.worker import Limits, Worker
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.storage.database import Database
from contactpoints.storage.upkeep import touch
from contactpoints.storage.writer import Writer

if TYPE_CHECKING:
    from contactpoints.admin.administration import Admin

COLLECT = (20_000, 20, 50)
"""When the garbage collector looks: a request and a delivery make some hundred objects each, hardly
ever with cycles.
"""


class Service:
    """What the web side accepts into and reads from, and what delivers when ``start`` is called.

    ``admin``, where there is one, puts itself here: it knows the setup and lets another one run.
    """

    admin: Admin
    companion: Admin | None = None
    """The same, or None for a service that runs on what it was given and nothing else."""

    def __init__(
        self,
        setup: Setup,
        environment: Environment | None = None,
        renderer: Renderer | None = None,
        *,
        is_whole: bool = True,
    ) -> None:
        """``is_whole``: no stored setup is added to ``setup`` before anything is taken in."""
        env = self.environment = environment or Environment()
        refuse_private(env.private_targets == "refuse", env.allowed_targets)
        self.database = Database(env.database_url, max_pages=env.sqlite_max_pages)
        self.writer = Writer(self.database)
        first = setup if is_whole else Setup(setup.family)
        self.directory = Directory(first, env.fallback if is_whole else (), env.rates)
        self.renderer = renderer or Verbatim()
        self.refresh: Callable[[], bool] = lambda: False
        self.outbox = Outbox(self.directory, self.writer, env.time_to_live, env.duplicates_window)
        self.outbox.refresh = self._refresh
        self.worker = self._new_worker()
        self._started = self._stopped = False
        self._lock = threading.Lock()
        os.register_at_fork(after_in_child=_after_fork_of(weakref.ref(self)))

    def _new_worker(self) -> Worker:
        env = self.environment
        targets = Targets(env.target_senders, self.directory.rates())
        posted = PostedInDatabase(self.writer)
        sender = Sender(self.renderer, env.time_limit, env.late_after, posted)
        carrier = Carrier(
            self.writer, self.directory, sender, targets, env.supersede, self._refresh
        )
        limits = Limits(env.senders, env.history, env.audit)
        worker = Worker(self.writer, carrier, targets, limits)
        self.outbox.woken = worker.wake
        return worker

    def adopt(self, directory: Directory) -> None:
        """Let another setup run: from here on every notification and every attempt goes by it."""
        self.directory = self.outbox.directory = self.worker.carrier.directory = directory
        self.worker.targets.rates = directory.rates()

    def _refresh(self) -> bool:
        return self.refresh()

    def settle(self) -> None:
        """Everything is loaded, and stays; from now on there is much to do.

        The garbage collector need not look at it all again, which was a third of the work of a
        delivery, and what is written is written by a process of its own.
        """
        self.writer.apart = True
        self.writer.put(touch, time.time())
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)

    def start(self) -> None:
        """Begin to deliver, and end decently with the process."""
        self._started = True
        self.worker.start()
        if self.companion:
            self.companion.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let attempts under way end, hand the rest back, store everything."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
        atexit.unregister(self.stop)
        if self.companion:
            self.companion.stop()
        if self._started:
            self.worker.stop(self.environment.grace)
        self.writer.stop()
        self.database.close()

    def check(self) -> None:
        """:raises StorageError: when nothing can be stored at present."""
        self.writer.submit(touch, time.time(), wait=5.0)

    def _after_fork(self) -> None:
        """Threads and connections stayed with the parent process."""
        self._lock = threading.Lock()
        self.database.after_fork()
        self.writer.after_fork()
        if self.companion:
            self.companion.after_fork()
        if self._started and not self._stopped:
            self.worker = self._new_worker()
            self.worker.start()


def _after_fork_of(reference: weakref.ref[Service]) -> Callable[[], None]:
    def call() -> None:
        if service := reference():
            service._after_fork()

    return call
