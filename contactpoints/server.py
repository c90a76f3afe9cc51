"""Server: gunicorn, told by the environment instead of a file."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from contactpoints.environment import Environment
from contactpoints.log_lines import Lines
from contactpoints.patience import Worker
from contactpoints.web import EXTENSION

KEEP_ALIVE = 75  # seconds; Alertmanager's client keeps connections for minutes


class Log(Logger):  # type: ignore[misc]
    """What gunicorn says, as the lines of the rest."""

    form = "logfmt"

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines(self.form))


class Server(BaseApplication):  # type: ignore[misc]
    """Runs ``make`` in every web process, and serves what it gives."""

    is_late = False
    """Whether the process to come takes another one's place: the files may say something else now
    than what ``make`` was made with.
    """

    def __init__(self, environment: Environment, make: Callable[[], Flask]) -> None:
        self.environment = environment
        self.make = make
        super().__init__()

    def load_config(self) -> None:
        environment = self.environment
        settings: dict[str, Any] = {
            "bind": environment.bind,
            "workers": environment.processes,
            "worker_class": type("Worker", (Worker,), {"seconds": environment.request_time}),
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
        """In a web process. A SIGHUP comes at any point of it, also before all is there: the files
        are read in a thread of its own.
        """
        told = threading.Event()
        signal.signal(signal.SIGHUP, lambda *_: told.set())
        app = self.make()
        reload = app.extensions[EXTENSION].admin.reload_here

        def hear(*_: Any) -> None:
            threading.Thread(target=reload, name="reload", daemon=True).start()

        signal.signal(signal.SIGHUP, hear)
        if told.is_set() or self.is_late:
            reload()
        return app

    def run(self) -> None:
        Master(self).run()


class Master(Arbiter):  # type: ignore[misc]
    """Tells the web processes of a SIGHUP, where gunicorn's own would start others: those would not
    come up with a broken file, and that would end the service.
    """

    def handle_hup(self) -> None:
        self.kill_workers(signal.SIGHUP)

    def spawn_worker(self) -> Any:
        self.app.is_late = self.worker_age >= self.num_workers
        return super().spawn_worker()


def stopped(_: Any, worker: Any) -> None:
    """A web process ends: so do its deliveries, decently."""
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask) and EXTENSION in app.extensions:
        app.extensions[EXTENSION].stop()
