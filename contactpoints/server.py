"""Server: gunicorn, told by the environment instead of a file, and a process that delivers.

Taking in and delivering are kept apart: each has an interpreter of its own, and so a processor.
"""

from __future__ import annotations

import mmap
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from contactpoints.delivery.bell import Bell
from contactpoints.delivery.service import Service
from contactpoints.environment import Environment
from contactpoints.log_lines import Lines
from contactpoints.patience import Worker
from contactpoints.web import EXTENSION

LOOK = 0.2  # seconds between looks of the process that delivers at whether it is to stop
KEEP_ALIVE = 75  # seconds; Alertmanager's client keeps connections for minutes


class Log(Logger):  # type: ignore[misc]
    """What gunicorn says, as the lines of the rest."""

    form = "logfmt"

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines(self.form))


class Process(Worker):
    """Takes requests in."""

    service: Service | None = None
    """What delivers here, in a process for that."""


class Delivering(Process):
    """Takes nothing in: delivers."""

    def load_wsgi(self) -> None:
        """Make what it runs."""
        self.service = self.app.load_service()

    def run(self) -> None:
        """Deliver until told to stop, or until the process that watches over it is gone."""
        assert self.service
        self.service.settle()
        self.service.start()
        self.app.bell.listen(self.service.worker.wake)
        while self.alive and self.is_parent_alive():
            self.notify()
            time.sleep(LOOK)


Made = TypeVar("Made")


class Server(BaseApplication):  # type: ignore[misc]
    """Runs ``make`` in every web process, and serves what it gives. In one more process what
    ``open_service`` gives delivers; without it nothing does.
    """

    is_late = False
    """Whether the process to come takes another one's place: the files may say something else now
    than what ``make`` was made with.
    """

    def __init__(
        self,
        environment: Environment,
        make: Callable[[], Flask],
        open_service: Callable[[], Service] | None = None,
    ) -> None:
        self.environment = environment
        self.make = make
        self.hung_up = mmap.mmap(-1, 1)  # shared: whether there was a SIGHUP at all
        self.open_service = open_service
        self.bell = Bell()
        super().__init__()

    def load_config(self) -> None:
        environment = self.environment
        settings: dict[str, Any] = {
            "bind": environment.bind,
            "workers": environment.processes + (self.open_service is not None),
            "worker_class": type("Process", (Process,), {"seconds": environment.request_time}),
            "threads": environment.threads,
            "keepalive": KEEP_ALIVE,
            "graceful_timeout": int(environment.grace) + 5,
            "loglevel": "warning" if environment.log_level == "info" else environment.log_level,
            "proc_name": "contactpoints",
            "logger_class": type("Log", (Log,), {"form": environment.log_format}),
            "control_socket_disable": True,
            "worker_exit": stopped,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:  # some are newer than the oldest gunicorn we run on
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """In a web process."""
        app = self._made(self.make, service_in)
        if self.open_service:
            service_in(app).outbox.woken = self.bell.ring
        return app

    def load_service(self) -> Service:
        """In the process that delivers."""
        assert self.open_service
        return self._made(self.open_service, lambda service: service)

    def _made(self, make: Callable[[], Made], service_of: Callable[[Made], Service]) -> Made:
        """A SIGHUP comes at any point of it, also before all is there: the files are read in a
        thread of its own.
        """
        told = threading.Event()
        signal.signal(signal.SIGHUP, lambda *_: told.set())
        made = make()
        reload = service_of(made).admin.reload_here

        def hear(*_: Any) -> None:
            threading.Thread(target=reload, name="reload", daemon=True).start()

        signal.signal(signal.SIGHUP, hear)
        if told.is_set() or self.is_late or self.hung_up[0]:
            reload()
        return made

    def run(self) -> None:
        Master(self).run()


class Master(Arbiter):  # type: ignore[misc]
    """Tells the web processes of a SIGHUP, where gunicorn's own would start others: those would not
    come up with a broken file, and that would end the service.
    """

    def handle_hup(self) -> None:
        self.app.hung_up[0] = 1  # for those that do not listen yet
        self.kill_workers(signal.SIGHUP)

    def spawn_worker(self) -> Any:
        self.app.is_late = self.worker_age >= self.num_workers
        # a class for each kind: what is said of a class is said of all its processes
        there = any(isinstance(process, Delivering) for process in self.WORKERS.values())
        wanted = self.app.open_service is not None and not there
        self.worker_class = Delivering if wanted else self.cfg.worker_class
        return super().spawn_worker()


def service_in(app: Flask) -> Service:
    """The service behind a web application."""
    service: Service = app.extensions[EXTENSION]
    return service


def stopped(_: Any, process: Any) -> None:
    """A process ends: so does what it had begun, decently."""
    app = getattr(process, "wsgi", None)
    if process.service:
        process.service.stop()
    elif isinstance(app, Flask) and EXTENSION in app.extensions:
        service_in(app).stop()
