"""Records what a client sends and is answered, and plays it again.

As a program: records one life of ``terraform/everything.tf`` into ``terraform/recorded.json``.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.contactpoints.clients.terraforming import FILES, PROVIDER, Terraform

RECORDED = FILES / "recorded.json"
WITHOUT = "X-Disable-Provenance"
TIMEOUT = 60
Exchange = dict[str, Any]


@contextmanager
def recorder(url: str, found: list[Exchange]) -> Iterator[str]:
    """An address whose requests go on to ``url``; each is put into ``found``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {key: value for key, value in self.headers.items() if key != "Host"}
            with requests.request(
                self.command, url + self.path, data=body, headers=headers, timeout=TIMEOUT
            ) as answer:
                content = answer.content
                kind = answer.headers.get("Content-Type")
            found.append(
                {
                    "method": self.command,
                    "path": self.path,
                    "without_provenance": WITHOUT in self.headers,
                    "body": json.loads(body) if body else None,
                    "status": answer.status_code,
                    "answer": json.loads(content) if content else None,
                }
            )
            self.send_response(answer.status_code)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pack(found: list[Exchange], **about: str) -> dict[str, Any]:
    """What is stored: each object of an answer once, and where it is answered its number."""
    objects: list[Any] = []

    def number(item: Any) -> int:
        if item not in objects:
            objects.append(item)
        return objects.index(item)

    exchanges = []
    for exchange in found:
        answer = exchange["answer"]
        packed: Any = [number(each) for each in answer] if isinstance(answer, list) else None
        if isinstance(answer, dict):
            packed = number(answer)
        exchanges.append({**exchange, "answer": packed})
    return {**about, "objects": objects, "exchanges": exchanges}


def unpack(stored: dict[str, Any]) -> list[Exchange]:
    """The exchanges that were packed."""
    objects = stored["objects"]

    def answer(packed: int | list[int] | None) -> Any:
        if isinstance(packed, list):
            return [objects[each] for each in packed]
        return None if packed is None else objects[packed]

    return [{**each, "answer": answer(each["answer"])} for each in stored["exchanges"]]


def play(found: list[Exchange], url: str, headers: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    """Send every request again. Gives what was answered and what is answered now: status and body.
    The uids of now stand in place of those of then.
    """
    uids: dict[str, str] = {}

    def renamed(value: Any) -> Any:
        text = json.dumps(value)
        for old, new in uids.items():
            text = text.replace(old, new)
        return json.loads(text)

    for then in found:
        more = {WITHOUT: "disabled"} if then["without_provenance"] else {}
        body = renamed(then["body"])
        now = requests.request(
            then["method"],
            url + renamed(then["path"]),
            json=body,
            headers={**headers, **more},
            timeout=TIMEOUT,
        )
        answer = now.json() if now.content else None
        if then["method"] == "POST" and isinstance(answer, dict) and "uid" in answer:
            uids[then["answer"]["uid"]] = answer["uid"]
        yield (
            (then["status"], in_order(renamed(then["answer"]))),
            (
                now.status_code,
                in_order(answer),
            ),
        )


def in_order(answer: Any) -> Any:
    """An answer without versions; rows in the order of their uids, which are drawn by lot."""
    if isinstance(answer, list):
        return sorted(
            (in_order(each) for each in answer),
            key=lambda row: (row.get("uid") or "", row.get("name") or ""),
        )
    if isinstance(answer, dict):
        return {key: value for key, value in answer.items() if key != "version"}
    return answer


def live(terraform: Terraform) -> None:
    """Make everything, look at it, change it, rename, and take it away, one after the other."""
    one = "-parallelism=1"
    changed, renamed = ("-var=changed=true", one), ("-var=name=second name/ü", "-var=changed=true")
    terraform.apply(one)
    assert terraform.plan(one) == (0, [])
    terraform.apply(*changed)
    terraform.apply(*renamed, one)
    terraform.apply(*renamed, one, command="destroy")


def main() -> None:
    """Record against a service of its own."""
    from tests.contactpoints.clients.conftest import EMPTY, TOKEN
    from tests.contactpoints.process import Process

    binary = os.environ[PROVIDER]
    version = os.environ.get("TERRAFORM_PROVIDER_GRAFANA_VERSION", "")
    if not version:
        asked = subprocess.run(["go", "version", "-m", binary], capture_output=True, text=True)
        version = next(line.split()[2] for line in asked.stdout.splitlines() if "\tmod\t" in line)
    with tempfile.TemporaryDirectory() as name:
        service = Process(Path(name) / "run", EMPTY, ADMIN_TOKEN=TOKEN, PROCESSES=1)
        found: list[Exchange] = []
        try:
            service.start().ready()
            with recorder(service.url, found) as url:
                live(Terraform(Path(name) / "terraform", url, TOKEN, "http://sink.example"))
        finally:
            service.kill()
    stored = pack(found, provider=f"terraform-provider-grafana {version}")
    lines = json.dumps(stored, ensure_ascii=False, indent=None, separators=(",", ":"))
    RECORDED.write_text(lines.replace('},{"', '},\n{"') + "\n")


if __name__ == "__main__":
    main()
