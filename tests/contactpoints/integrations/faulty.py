"""Peers that fail in every way, and the integrations of all pages made ready to be sent to them."""

from __future__ import annotations

import copy
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from contactpoints.base import Integration
from contactpoints.delivery.directory import Endpoint, endpoints_of
from contactpoints.delivery.http import Http, Reply
from contactpoints.fields import FromFile
from contactpoints.setup import ContactPoint
from tests.contactpoints.conftest import Certificate
from tests.contactpoints.integrations.test_pages import sources
from translators import read_text

ODD = '+"<&ö '  # what every way of writing a text has to change
PROXY = frozenset({"proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header"})
PEM = {"ca": "cert", "cert": "cert", "key": "key"}
NOT_HTTP = frozenset({"email", "mqtt"})


@dataclass
class Case:
    """One integration of a page, with secrets that are easily told from everything else."""

    name: str
    integration: Integration
    secrets: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name

    @property
    def is_http(self) -> bool:
        return self.integration.type not in NOT_HTTP

    @property
    def endpoint(self) -> Endpoint:
        (found,) = endpoints_of(ContactPoint("team", [self.integration]), {})
        return found


def cases(folder: Path, certificate: Certificate) -> list[Case]:
    """Every integration of every page in each family. Their files are put into ``folder``."""
    found: list[Case] = []
    for page, dialect, text in sources():
        reading = read_text(text, read=dialect)
        reading.problems.raise_if_any(page)
        for number, (_, integration) in enumerate(reading.setup.integrations()):
            case = Case(f"{page}-{integration.family}-{number}", integration)
            _Preparing(case, folder, certificate).do()
            if not integration.sends_nothing():
                found.append(case)
    return found


@dataclass
class _Preparing:
    case: Case
    folder: Path
    certificate: Certificate

    def do(self) -> None:
        integration = self.case.integration
        integration.values = self.prepared(integration.values)
        integration.inherited = self.prepared(integration.inherited)

    def prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        integration, found = self.case.integration, copy.deepcopy(dict(values))
        for name, value in list(found.items()):
            for path in integration.fields[name].secrets(value):
                if path and path[-1] not in PEM:
                    holder = value
                    for step in path[:-1]:
                        holder = holder[step]
                    holder[path[-1]] = self.secret(holder[path[-1]])
                elif not path:
                    value = self.secret(value)
            found[name] = self.real(value, name)
        return found

    def secret(self, said: Any) -> Any:
        """The secret made recognisable: an address in its path, a text at its end."""
        mark = f"s3cr3t{len(self.case.secrets)}-{self.case.name}"
        if not isinstance(said, str) or said == "https://slack.com/api/chat.postMessage":
            return said
        self.case.secrets.append(mark)
        if said.startswith("http"):
            parts = urlsplit(said)
            return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{mark}"))
        return f"{said}-{mark}{ODD.strip()}"

    def real(self, value: Any, name: str) -> Any:
        """``value`` with files that are there, good PEM, and no proxies."""
        if isinstance(value, dict):
            kept = {key: item for key, item in value.items() if key not in PROXY}
            return {key: self.real(item, str(key)) for key, item in kept.items()}
        if isinstance(value, list):
            return [self.real(item, name) for item in value]
        key = name.removesuffix("_file")
        if key in PEM and isinstance(value, str | FromFile):
            path = getattr(self.certificate, PEM[key])
            is_path = name.endswith("_file")
            return str(path) if is_path else path.read_text()
        if isinstance(value, FromFile):
            return FromFile(str(self.file(value.path, name)))
        if name.endswith("_file") or (isinstance(value, str) and value.startswith("/etc/")):
            return str(self.file(value, name))
        return False if name == "insecure_skip_verify" else value

    def file(self, path: str, name: str) -> Path:
        content = self.secret("in-a-file")
        if "url" in name:
            content = self.secret("https://files.example/hook")
        if name.startswith("chat_id"):
            content = "-1001234567890"
        file = self.folder / f"{self.case.name}{path.replace('/', '-')}"
        file.write_text(f"{content}\n")
        return file


class HttpToPeer(Http):
    """Sends everything to one peer, which finds in the path where it was meant to go."""

    here = threading.local()
    everywhere = ""

    def post(self, url: str, **more: Any) -> Reply:
        base = urlsplit(getattr(self.here, "base", "") or self.everywhere)
        parts = urlsplit(url)
        userinfo, at, host = parts.netloc.rpartition("@")
        path = f"{base.path}/{parts.scheme}/{host}{parts.path}"
        netloc = userinfo + at + base.netloc
        return super().post(
            urlunsplit((base.scheme, netloc, path, parts.query, parts.fragment)), **more
        )


def meant(path: str) -> str:
    """The path of a request as its target would see it: /run/https/host/path as /path."""
    return "/" + path.split("/", 4)[4] if path.count("/") > 3 else "/"


Talk = Callable[["Peer", socket.socket], None]


class Peer:
    """Takes connections and does with each what ``talk`` says. ``sent`` counts bytes."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.sent = self.taken = 0
        self.closing = False
        self.server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self.server.accept()
            except OSError:
                return
            self.taken += 1
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with sock, suppress(OSError):
            self.talk(self, sock)

    def send(self, sock: socket.socket, data: bytes) -> None:
        sock.sendall(data)
        self.sent += len(data)

    def close(self) -> None:
        self.closing = True
        self.server.close()


@contextmanager
def peer(talk: Talk) -> Iterator[Peer]:
    made = Peer(talk)
    try:
        yield made
    finally:
        made.close()


def silent(peer: Peer, sock: socket.socket) -> None:
    while sock.recv(65536):
        pass


def closing(peer: Peer, sock: socket.socket) -> None:
    sock.settimeout(0.05)
    with suppress(TimeoutError):
        sock.recv(65536)


def resetting(peer: Peer, sock: socket.socket) -> None:
    sock.settimeout(0.05)
    with suppress(TimeoutError):
        sock.recv(10)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def trickling(peer: Peer, sock: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
        peer.send(sock, bytes([byte]))
        time.sleep(0.05)


def endless(head: bytes, chunk: bytes = b"x" * 65536) -> Talk:
    """Says ``head`` and then ``chunk`` for ever."""

    def talk(peer: Peer, sock: socket.socket) -> None:
        sock.settimeout(2)
        with suppress(TimeoutError):
            sock.recv(65536)
        peer.send(sock, head)
        while not peer.closing:
            peer.send(sock, chunk)

    return talk


def odd(peer: Peer, sock: socket.socket) -> None:
    peer.send(sock, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")


def refused_address() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def pointed(case: Case, address: str, *, tls: bool = False) -> Mapping[str, Any]:
    """The settings that lead a mail or MQTT integration to ``address``, as they were before."""
    values = case.integration.values
    before = dict(values)
    if case.integration.type == "mqtt":
        values["broker_url"] = f"{'mqtts' if tls else 'tcp'}://{address}"
    elif case.integration.family == "alertmanager":
        values["smarthost"] = address
        values["require_tls"] = False
        values["force_implicit_tls"] = tls
    return before


def mail_server(stage: str, reply: str) -> Talk:
    """A mail server that takes everything until ``stage`` (a command, ``.`` for the end of a mail,
    or nothing for the greeting), which it answers with ``reply`` and all that it has heard.
    """

    def talk(peer: Peer, sock: socket.socket) -> None:
        heard: list[str] = []

        def say(command: str, good: str) -> None:
            bad = f"{reply} {' '.join(heard)[-700:]}"
            peer.send(sock, f"{bad if command == stage else good}\r\n".encode())

        lines = sock.makefile("rb")
        say("", "220 here")
        while line := lines.readline():
            text = line.decode().strip()
            heard.append(text)
            command = text.split(" ")[0].upper()
            if command == "EHLO":
                say(command, "250-here\r\n250 AUTH PLAIN LOGIN")
            elif command == "AUTH":
                say(command, "235 welcome")
            elif command == "DATA":
                say(command, "354 go on")
                if stage != "DATA":
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                    say(".", "250 taken")
            else:
                say(command, "250 good")

    return talk
