"""A load maker and a sink that cost little, so that what is measured is the service.

Both speak just enough HTTP/1.1, over plain sockets, with as few system calls as can be.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any


def payload(number: int, size: int = 2600) -> bytes:
    """Alertmanager's payload with 5 alerts, of about ``size`` bytes; its group is its own."""
    alerts = [
        {
            "status": "firing",
            "labels": {
                "alertname": "HighCPU",
                "instance": f"host-{item}.example:9100",
                "job": "node",
                "severity": "critical",
            },
            "annotations": {
                "summary": f"CPU of host-{item} is high",
                "description": "It has been above 90% for ten minutes; look at what runs there.",
            },
            "startsAt": "2026-11-21T16:09:52.422446169Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph?g0.expr=cpu&g0.tab=1",
            "fingerprint": f"{number * 5 + item:016x}",
        }
        for item in range(5)
    ]
    said = {
        "receiver": "ops",
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "HighCPU"},
        "commonLabels": {"alertname": "HighCPU", "job": "node", "severity": "critical"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "version": "4",
        "groupKey": f'{{}}:{{alertname="HighCPU", number="{number}"}}',
        "truncatedAlerts": 0,
    }
    body = json.dumps(said, separators=(",", ":"))
    said["commonAnnotations"] = {"runbook": "x" * max(0, size - len(body) - 13)}
    return json.dumps(said, separators=(",", ":")).encode()


def request(body: bytes, path: str = "/webhook") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def whole(data: bytes) -> int | None:
    """The size of the first message in ``data``, once all of it is there."""
    split = data.find(b"\r\n\r\n")
    if split < 0:
        return None
    head = data[:split].lower()
    at = head.find(b"content-length:")
    size = split + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
    return size if len(data) >= size else None


def load(
    port: int,
    connections: int,
    seconds: float,
    make: Callable[[int], bytes],
    rate: float = 0.0,
    most: int = 0,
) -> tuple[int, list[float], dict[int, int]]:
    """Post as fast as answers come, or ``rate`` a second in all; ``most`` times, if that is given.

    Gives how many were answered, the times to answer in seconds, and how often each status came.
    """
    selector = selectors.DefaultSelector()
    peers: list[dict[str, Any]] = []
    for _ in range(connections):
        peer = socket.create_connection(("127.0.0.1", port))
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        state: dict[str, Any] = {"socket": peer, "sent": 0.0, "got": b""}
        selector.register(peer, selectors.EVENT_READ, state)
        peers.append(state)
    number = 0
    times: list[float] = []
    statuses: dict[int, int] = {}
    begin = time.perf_counter()
    end = begin + seconds
    idle = list(peers)
    limit = most or sys.maxsize
    waiting = 0
    while True:
        now = time.perf_counter()
        if number == limit:
            end = now  # only answers are waited for
        if now >= end and not waiting:
            break
        while idle and now < end and number < min(limit, (now - begin) * rate if rate else limit):
            state = idle.pop(0)  # in turns, so that none is idle for long
            state["socket"].sendall(make(number))
            state["sent"] = time.perf_counter()
            number += 1
            waiting += 1
        pause = None
        if idle and rate and now < end:
            pause = max(0.0, begin + number / rate - now)
        elif now < end:
            pause = end - now
        for key, _ in selector.select(pause):
            state = key.data
            data = state["socket"].recv(65536)
            if not data:
                raise ConnectionError("the service closed a connection")
            data = state["got"] = state["got"] + data
            if whole(data) is None:
                continue
            state["got"] = b""
            times.append(time.perf_counter() - state["sent"])
            status = int(data[9:12])
            statuses[status] = statuses.get(status, 0) + 1
            waiting -= 1
            idle.append(state)
    for state in peers:
        state["socket"].close()
    return len(times), times, statuses


class FastSink:
    """Answers every request with 200 ok; counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.server.getsockname()[1]

    def took(self, message: bytes) -> None:
        """Called with each request, head and body; here nothing is done with it."""

    def run(self) -> None:
        """Serve until the server socket is closed."""
        selector = selectors.DefaultSelector()
        self.server.setblocking(False)
        selector.register(self.server, selectors.EVENT_READ, None)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        rest: dict[socket.socket, bytes] = {}
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    peer, _ = self.server.accept()
                    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    selector.register(peer, selectors.EVENT_READ, peer)
                    rest[peer] = b""
                    continue
                peer = key.data
                try:
                    data = peer.recv(262144)
                except OSError:
                    data = b""
                if not data:
                    selector.unregister(peer)
                    peer.close()
                    rest.pop(peer, None)
                    continue
                data = rest[peer] + data
                while (size := whole(data)) is not None:
                    self.took(data[:size])
                    data = data[size:]
                    self.count += 1
                    peer.sendall(answer)
                rest[peer] = data

    def start(self) -> FastSink:
        threading.Thread(target=self.run, daemon=True).start()
        return self
