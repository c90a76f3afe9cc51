"""Watching: the requests of an attempt and their answers, for people who test a contact point.

Nothing is kept unless somebody watches. No secret is in what is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

from contactpoints.delivery.hiding import without_secrets

MOST = 16 * 1024  # characters of a body that are shown
HIDDEN = "…"
SHOWN_HEADERS = frozenset({"content-type", "content-length", "accept", "user-agent"})
TOKENS = ("access_token", "refresh_token", "id_token")  # what OAuth2 servers answer with


@dataclass(frozen=True)
class Exchange:
    """One request with its answer, as it may be shown."""

    method: str
    address: str
    headers: tuple[tuple[str, str], ...]
    body: str
    status: int
    answer: str


_watched: ContextVar[list[Exchange] | None] = ContextVar("watched", default=None)


@contextmanager
def watching() -> Iterator[list[Exchange]]:
    """What is exchanged within the block, in this thread, is put into the list."""
    found: list[Exchange] = []
    token = _watched.set(found)
    try:
        yield found
    finally:
        _watched.reset(token)


def is_watched() -> bool:
    """Whether somebody wants to see the requests of this thread."""
    return _watched.get() is not None


def note(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    status: int,
    answer: str,
    secrets: Iterable[str],
) -> None:
    """Keep an exchange for whoever watches."""
    found = _watched.get()
    if found is None:
        return
    secrets = {*secrets, *_tokens(answer)}
    found.append(
        Exchange(
            method,
            _address(url, secrets),
            tuple((name, _header(name, value)) for name, value in headers.items()),
            _shown((body or b"").decode("utf-8", "replace"), secrets),
            status,
            _shown(answer, secrets),
        )
    )


def _tokens(answer: str) -> Iterator[str]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return
    for name in TOKENS if isinstance(said, dict) else ():
        if isinstance(said.get(name), str):
            yield said[name]


def _address(url: str, secrets: Iterable[str]) -> str:
    """Where a request went: a path or a query may be a secret of its own, so of them only what is
    surely none is shown.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    rest = without_secrets(parts.path, secrets)
    return f"{parts.scheme}://{host}{port}{rest}" + (f"?{HIDDEN}" if parts.query else "")


def _header(name: str, value: str) -> str:
    if name.lower() not in SHOWN_HEADERS:
        return HIDDEN
    return value.encode("latin-1").decode("utf-8", "replace")


def _shown(body: str, secrets: Iterable[str]) -> str:
    text = without_secrets(body, secrets)
    return text if len(text) <= MOST else text[:MOST] + HIDDEN
