"""Connection: urllib3's connections, with the deadline under them, and with less work to do.

A request goes out in one piece. The headers of its answer are read without Python's parser of mail,
which would take as long as all the rest of an exchange.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
from collections.abc import Mapping
from typing import Any

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from contactpoints.delivery.deadline import connect, left, reader

# As in http.client, which says what is wrong with more:
LONGEST = 65536  # bytes of a line
MOST_LINES = 100  # of a head, with the empty one

# https://www.rfc-editor.org/rfc/rfc9110#section-5.1
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*)\r\n")
FOLD = re.compile(r"[ \t]*\r\n[ \t]+")


def head_of(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """The head of a request. Of two headers whose names differ in case only, the later counts.

    :raises ValueError: when a header would be more than one line.
    """
    lines = {"": f"{method} {target} HTTP/1.1"}
    for name, value in headers.items():
        lines[name.lower()] = f"{name}: {value}"
    head = "\r\n".join(lines.values())
    if not head.count("\r") == head.count("\n") == len(lines) - 1:
        raise ValueError("a header has more than one line")
    return head.encode("latin-1") + b"\r\n\r\n"


def headers_of(file: Any) -> HTTPHeaderDict:
    """The headers that an answer begins with, as http.client reads them.

    :raises http.client.HTTPException: when they are too many or too long.
    """
    lines: list[bytes] = []
    while len(lines) <= MOST_LINES:
        line = file.readline(LONGEST + 1)
        lines.append(line)
        if line in (b"\r\n", b"\n", b"") or len(line) > LONGEST:
            break
    found = HTTPHeaderDict()
    if len(lines) <= MOST_LINES and lines[-1] == b"\r\n":
        fields = [FIELD.fullmatch(str(line, "latin-1")) for line in lines[:-1]]
        if None not in fields:
            for field in filter(None, fields):
                found.add(field[1], field[2])
            return found
    odd = http.client.parse_headers(io.BytesIO(b"".join(lines)))
    for name, value in odd.items():
        found.add(name, FOLD.sub(" ", value))
    return found


class _Within:
    """What http.client asks for a file to read from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return reader(self._sock)


class _Answer(http.client.HTTPResponse):
    """An answer as http.client reads it, within the deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(_Within(sock), *args, **options)  # type: ignore[arg-type]

    def begin(self: Any) -> None:
        """Read all up to the body.

        :raises http.client.HTTPException: when it is no answer.
        """
        version, status, reason = self._read_status()
        while status == http.client.CONTINUE:
            headers_of(self.fp)
            version, status, reason = self._read_status()
        if not version.startswith("HTTP/1.") and version != "HTTP/0.9":
            raise http.client.UnknownProtocol(version)
        self.version = 10 if version in ("HTTP/1.0", "HTTP/0.9") else 11
        self.code = self.status = status
        self.reason = reason.strip()
        self.headers = self.msg = headers_of(self.fp)
        self.chunked = self._first("transfer-encoding").lower() == "chunked"
        self.chunk_left = None
        self.length = None if self.chunked else _length(self._first("content-length"))
        if status in (204, 304) or status < 200 or self._method == "HEAD":
            self.length = 0
        is_open_ended = not self.chunked and self.length is None
        self.will_close = is_open_ended or self._check_close()

    def _first(self: Any, name: str) -> Any:
        return next(iter(self.headers.getlist(name)), "")


def _length(text: str) -> int | None:
    try:
        length = int(text)
    except ValueError:
        return None
    return length if length >= 0 else None


class _Connecting:
    """Puts the deadline under urllib3's connections."""

    response_class = _Answer

    def request(
        self: Any,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> None:
        """Send a request, its head and its body as one: each would be a packet of its own."""
        if self.sock is not None:
            self.sock.settimeout(left())
        self._method = method
        self.send(head_of(method, url, headers or {}) + (body or b""))

    def getresponse(self: Any) -> HTTPResponse:
        """The answer, its body unread."""
        answer: Any = _Answer(self.sock, method=self._method)
        try:
            answer.begin()
            response = HTTPResponse(
                answer,
                headers=answer.headers,
                status=answer.status,
                version=answer.version,
                reason=answer.reason,
                preload_content=False,
                original_response=answer,
                request_method=self._method,
            )
        except BaseException:
            answer.close()
            raise
        if answer.will_close:  # the answer keeps the socket open until it is read
            self.close()
        return response

    def _new_conn(self: Any) -> socket.socket:
        try:
            return connect((self._dns_host, self.port), self.source_address)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the connection was not made in time") from error
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error


class _HTTPConnection(_Connecting, HTTPConnection):  # type: ignore[misc]
    pass


class _HTTPSConnection(_Connecting, HTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connect. That nothing is verified was the operator's choice: no warning each time."""
        if conn.is_closed:
            conn.connect()


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
