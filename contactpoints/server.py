"""Server: gunicorn, told by the environment instead of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from contactpoints.environment import Environment
from contactpoints.log_lines import Lines
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

    def __init__(self, environment: Environment, make: Callable[[], Flask]) -> None:
        self.environment = environment
        self.make = make
        super().__init__()

    def load_config(self) -> None:
        environment = self.environment
        settings: dict[str, Any] = {
            "bind": environment.bind,
            "workers": environment.processes,
            "worker_class": "gthread",
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
        return self.make()


def stopped(_: Any, worker: Any) -> None:
    """A web process ends: so do its deliveries, decently."""
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask) and EXTENSION in app.extensions:
        app.extensions[EXTENSION].stop()
