"""The line between two processes: what is said comes in whole, however long it is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from contactpoints.storage.line import PIECE, Line


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    one, other = socket.socketpair()
    line = Line(one)
    yield line, other
    line.close()
    other.close()


@pytest.mark.parametrize("size", [0, 1, PIECE - 4, PIECE, 10 * PIECE + 1])
def test_what_is_said_is_heard_whole(ends: tuple[Line, socket.socket], size: int) -> None:
    line, other = ends
    said = bytes(range(256)) * (size // 256 + 1)
    speaker = threading.Thread(target=Line(other).say, args=(said[:size],))
    speaker.start()
    assert line.hear() == said[:size]
    speaker.join()


def test_what_comes_in_byte_by_byte_is_heard_whole(ends: tuple[Line, socket.socket]) -> None:
    line, other = ends
    assert not line.has_news()

    def speak() -> None:
        for byte in b"\0\0\0\x05hello":
            other.send(bytes([byte]))

    speaker = threading.Thread(target=speak)
    speaker.start()
    assert line.hear() == b"hello"
    speaker.join()


@pytest.mark.parametrize("begun", [b"", b"\0\0", b"\0\0\0\x05hell"])
def test_whoever_is_gone_says_no_more(ends: tuple[Line, socket.socket], begun: bytes) -> None:
    line, other = ends
    other.send(begun)
    other.close()
    assert line.has_news()
    with pytest.raises(EOFError):
        line.hear()
