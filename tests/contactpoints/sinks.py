"""Peers that tests send to for real: an HTTP server that answers as told and remembers."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What to say. First wait ``delay``; ``trickle`` is seconds between bytes."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trickle: float = 0.0
    drop: bool = False


class Sink:
    """An HTTP server on 127.0.0.1. ``answers`` are used up one by one, then ``answer`` holds."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.answer: Answer | Callable[[Received], Answer] = Answer()
        self._changed = threading.Condition()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the client went away, as some tests want
                    super().handle()

            def serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                got = Received(self.command, self.path, dict(self.headers), body, time.time())
                self.give(sink.take(got))

            do_POST = do_PUT = do_GET = serve  # noqa: N815

            def give(self, answer: Answer) -> None:
                time.sleep(answer.delay)
                if answer.drop:
                    self.close_connection = True
                    return
                head = f"HTTP/1.1 {answer.status} X\r\nContent-Length: {len(answer.body)}\r\n"
                head += "".join(f"{k}: {v}\r\n" for k, v in answer.headers.items())
                whole = head.encode() + b"\r\n" + answer.body
                if not answer.trickle:
                    self.wfile.write(whole)
                    return
                for byte in whole:
                    time.sleep(answer.trickle)
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                """TLS failures are what some tests want."""

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def take(self, got: Received) -> Answer:
        with self._changed:
            answer = self.answers.pop(0) if self.answers else self.answer
            self.received.append(got)
            self._changed.notify_all()
        return answer if isinstance(answer, Answer) else answer(got)

    def wait(self, count: int, seconds: float = 10.0) -> list[Received]:
        """What came in, once it is ``count`` requests."""
        with self._changed:
            done = self._changed.wait_for(lambda: len(self.received) >= count, seconds)
        assert done, f"{len(self.received)} of {count} requests came in"
        return list(self.received)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
