"""Starting: the service within a server that others started, such as gunicorn.

Where it listens is not said by our own variables then, but by the sockets of the process. A server
that loads us before it listens (gunicorn's ``--preload``) is looked at again in its children.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from flask import Flask

from contactpoints.access.opening import OpenToStrangersError, listening
from contactpoints.delivery.directory import UnknownContactPointError
from contactpoints.environment import Environment
from contactpoints.storage.sealing import SealingError
from contactpoints.web.guard import EXTENSION

HALT = 3  # with this status a process of gunicorn ends all of it: its Arbiter.WORKER_BOOT_ERROR


def environment_here() -> Environment:
    """The process's environment, with ``bind`` as it is."""
    environment = Environment.read()
    found = listening()
    return replace(environment, bind=",".join(found)) if found else environment


def or_end(make: Callable[[], Flask]) -> Flask:
    """What ``make`` makes, or an end of the process with a sentence."""
    try:
        app = make()
    except (OpenToStrangersError, SealingError, UnknownContactPointError) as error:
        _halt(error)
    if not listening():
        os.register_at_fork(after_in_child=lambda: _look_again(app))
    return app


def _look_again(app: Flask) -> None:
    found = listening()
    gate = app.extensions[EXTENSION]
    if not found or not gate.checker.may_be_open:
        return
    try:
        gate.listen(",".join(found))
    except OpenToStrangersError as error:
        _halt(error)


def _halt(error: Exception) -> NoReturn:
    sys.stderr.write(f"Error: {error}\n")
    sys.stderr.flush()
    os._exit(HALT)
