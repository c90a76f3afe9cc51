"""A time limit for a whole exchange, whatever the peer does: hangs, or answers byte by byte.

A socket's own time limit is per read. Here every read gets what is left of the attempt's time.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from contactpoints.delivery.network import RefusedAddressError, check_address

_current = threading.local()

FAR = 10**9


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """What this thread exchanges inside has to be over at ``deadline`` (monotonic seconds)."""
    outer = getattr(_current, "deadline", None)
    _current.deadline = deadline if outer is None else min(outer, deadline)
    try:
        yield
    finally:
        _current.deadline = outer


def left() -> float:
    """Seconds that are left. :raises TimeoutError: when none are."""
    deadline: float | None = getattr(_current, "deadline", None)
    if deadline is None:
        return FAR
    rest = deadline - time.monotonic()
    if rest <= 0:
        raise TimeoutError("the time for this attempt is over")
    return rest


class DeadlineReader(io.RawIOBase):
    """Reads from a socket, each read within what is left of the time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def reader(sock: socket.socket) -> io.BufferedReader:
    """A buffered file over ``sock`` that keeps to the deadline."""
    return io.BufferedReader(DeadlineReader(sock))


def look_up(host: str, port: int) -> list[Any]:
    """The addresses of a name, as ``socket.getaddrinfo`` gives them, within the deadline: a
    resolver has time limits of its own, which are longer.
    """
    try:
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass  # a name
    asked: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            asked.set_result(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            asked.set_exception(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    return asked.result(left())


def connect(address: tuple[str, int], source: tuple[str, int] | None = None) -> socket.socket:
    """Connect within the deadline, which all addresses of a name share.

    :raises RefusedAddressError: when the name has no address but such that nothing is sent to. What
        was looked at is what is connected to: the name is looked up once.
    """
    host, port = address
    found = look_up(host, port)
    failure = OSError("the name has no address")
    allowed = []
    for each in found:
        try:
            check_address(str(each[4][0]))
        except RefusedAddressError as error:
            failure = error
        else:
            allowed.append(each)
    found = allowed
    for position, (family, kind, protocol, _, place) in enumerate(found):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left() / (len(found) - position))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if source:
                sock.bind(source)
            sock.connect(place)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure
