"""A place to send to while trying things out: it takes every request, and prints what came."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import click

MOST = 1 << 20  # bytes of one body that are read


class Handler(BaseHTTPRequestHandler):
    """Answers as the vendors do that look at the body: Slack wants "ok"."""

    protocol_version = "HTTP/1.1"

    def take(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), MOST)
        body = self.rfile.read(length).decode("utf-8", "replace")
        with suppress(ValueError):
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        sys.stdout.write(f"--- message: {self.command} {self.path}\n{body}\n")
        sys.stdout.flush()
        answer = b"ok"
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = take  # noqa: N815 (the names are http.server's)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what came is printed already."""


@click.command()
@click.option("--bind", default="127.0.0.1:9096", metavar="HOST:PORT", show_default=True)
def sink(bind: str) -> None:
    """Take every HTTP request and print it: a target to try contact points with.

    Example: contactpoints sink --bind 127.0.0.1:9096
    """
    host, _, port = bind.rpartition(":")
    with ThreadingHTTPServer((host or "127.0.0.1", int(port)), Handler) as server:
        click.echo(f"printing what is sent to http://{bind}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
