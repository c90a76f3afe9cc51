"""base64encode and base64decode: Go's URLEncoding, padded, with Go's errors."""

from __future__ import annotations

import base64
import re

from translators.gotemplate.errors import GoError
from translators.gotemplate.quoting import from_bytes, to_bytes


def encode(text: str) -> str:
    return base64.urlsafe_b64encode(to_bytes(text)).decode()


def decode(text: str) -> str:
    """base64.URLEncoding.DecodeString; the error names the byte Go stumbles over."""
    data = to_bytes(text)
    fault = _base64_fault(data)
    if fault is not None:
        raise GoError(f"illegal base64 data at input byte {fault}")
    return from_bytes(base64.urlsafe_b64decode(data.replace(b"\r", b"").replace(b"\n", b"")))


_BASE64 = re.compile(rb"[-_0-9A-Za-z]")


def _base64_fault(data: bytes) -> int | None:
    """Where the data stops being padded base64; line breaks are skipped wherever they are."""
    filled = 0
    for place, byte in enumerate(data):
        if byte in b"\r\n":
            continue
        if _BASE64.match(data, place):
            filled = (filled + 1) % 4
            continue
        if byte != ord("=") or filled < 2:
            return place
        rest = [(at, b) for at, b in enumerate(data[place + 1 :], place + 1) if b not in b"\r\n"]
        if filled == 2:
            if not rest:
                return len(data)
            if rest[0][1] != ord("="):
                return rest[0][0]
            del rest[0]
        return rest[0][0] if rest else None
    return len(data) - filled if filled else None
