"""Beside: the health and the metrics of a process that only delivers, on an address of its own."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from contactpoints.access.gate import Gate
from contactpoints.delivery.service import Service
from contactpoints.web import EXTENSION, guard, headers, health, metrics
from contactpoints.web.answers import handle_errors


class Quiet(WSGIRequestHandler):
    """Does not log that Prometheus came by."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


def listen(service: Service, bind: str) -> BaseWSGIServer:
    """Answer at ``bind`` (host:port) in threads of this process, until it ends. Metrics are for the
    same people as those of the service.

    :raises OSError: when nobody can listen there.
    :raises ValueError: when it is no such place.
    """
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"must be host:port, not {bind!r}")
    app = Flask("contactpoints", static_folder=None)
    app.extensions[EXTENSION] = service
    environment = replace(service.environment, bind=bind)
    guard.install(app, Gate(service.database, service.writer, environment, declares=False))
    headers.install(app)
    for part in (health, metrics):
        app.register_blueprint(part.blueprint)
    handle_errors(app)
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, int(port)), family=family) as place:
        # a socket that is open already: werkzeug ends the process when it cannot open one
        server = make_server(
            host, int(port), app, threaded=True, request_handler=Quiet, fd=place.fileno()
        )
    threading.Thread(target=server.serve_forever, name="beside", daemon=True).start()
    return server
