"""Body: the bytes of a request, never more than the limit, whatever the headers say."""

from __future__ import annotations

import zlib

from flask import Request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from contactpoints.notification import PayloadError
from contactpoints.payload import problem

PIECE = 64 * 1024
PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # the wbits of zlib
BROKEN = "the body ends too early or is not well framed"
DRAINED = 4  # times the limit that is read and thrown away, so that the answer is heard


def read_body(request: Request, limit: int) -> bytes:
    """The body, unpacked when it is packed.

    :raises RequestEntityTooLarge: when it is larger than ``limit`` bytes, packed or not.
    :raises PayloadError: when it cannot be unpacked.
    :raises BadRequest: when it does not come in whole.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    try:
        body = _read(request, limit)
    except HTTPException:
        raise
    except Exception:  # the server's own errors for a broken stream have no common name
        raise BadRequest(BROKEN) from None
    if encoding in ("", "identity"):
        return body
    if encoding not in PACKED:
        known = ", ".join(sorted(PACKED))
        raise PayloadError(
            [problem("", f"the encoding {encoding[:40]!r} is not understood; {known} are")]
        )
    return _unpacked(body, PACKED[encoding], limit)


def _read(request: Request, limit: int) -> bytes:
    stream = request.stream
    if request.content_length is not None and request.content_length <= PIECE:
        body = stream.read()
        if len(body) > limit:
            raise too_large(limit)
        return body
    pieces = []
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit * (1 + DRAINED):
            break
        if size <= limit:
            pieces.append(piece)
    if size > limit:
        raise too_large(limit)
    return b"".join(pieces)


def _unpacked(body: bytes, wbits: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise PayloadError([problem("", "the body cannot be unpacked")]) from None
    if len(found) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise PayloadError([problem("", "the packed body ends too early")])
    return found


def too_large(limit: int) -> RequestEntityTooLarge:
    """The answer to a body over the limit."""
    return RequestEntityTooLarge(f"the body is larger than {limit} bytes")
