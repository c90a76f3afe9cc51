"""Line: one end of a socket to another process, on which each says whole things in turn."""

from __future__ import annotations

import select
import socket
import struct

LENGTH = struct.Struct("!I")  # of what follows
PIECE = 64 * 1024  # bytes: nearly everything comes in with one system call


class Line:
    """Takes ``own``, a stream socket. For one thread.

    In a busy process each system call is a wait for all other threads, so there are few.
    """

    def __init__(self, own: socket.socket) -> None:
        self._socket = own

    def say(self, data: bytes) -> None:
        """:raises OSError: when the other end is gone."""
        self._socket.sendall(LENGTH.pack(len(data)) + data)

    def hear(self) -> bytes:
        """The next thing that the other one says, which says no more before it is answered.

        :raises EOFError: when the other end is gone.
        """
        data = self._more(PIECE)
        while len(data) < LENGTH.size:
            data += self._more(PIECE)
        missing = LENGTH.size + LENGTH.unpack_from(data)[0] - len(data)
        pieces = [data[LENGTH.size :]]
        while missing:
            pieces.append(self._more(missing))
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def has_news(self) -> bool:
        """Whether the other one has begun to say something, or is gone."""
        ear = select.poll()
        ear.register(self._socket, select.POLLIN)
        return bool(ear.poll(0))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _more(self, most: int) -> bytes:
        if not (data := self._socket.recv(most)):
            raise EOFError
        return data
