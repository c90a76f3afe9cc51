"""Hiding: secrets taken out of texts, in every way in which a target may echo them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

HIDDEN = "<secret>"
SHORTEST = 4  # characters; less than that is in every text
SHORTEST_PART = 6  # of an address
SHORTEST_STEP = 8  # of its path
KEPT_IN_URLS = "!#$%&'()*+,/:;=?@[]~"  # what a whole address keeps when it is quoted
PLAIN = re.compile(r"[\w.~-]*", re.ASCII)  # what is the same everywhere
GO_ESCAPES = str.maketrans({"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"})  # in Go's JSON


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every secret in it replaced, the longest first.

    >>> without_secrets("no token t0%26ken, try t0&ken", ["t0&ken"])
    'no token <secret>, try <secret>'
    """
    known = {form for secret in secrets if len(secret) >= SHORTEST for form in forms_of(secret)}
    for form in sorted(known, key=len, reverse=True):
        if len(form) >= SHORTEST:
            text = text.replace(form, HIDDEN)
    return text


def forms_of(secret: str) -> Iterator[str]:
    """A secret as it is, on one line, and as URLs, JSON, HTML, base64 and headers write it, one in
    the other.
    """
    yield secret
    yield " ".join(secret.split())
    content = secret.encode("utf-8", "replace")
    yield from (base64.b64encode(content).decode(), base64.urlsafe_b64encode(content).decode())
    yield base64.b64encode(content).decode().rstrip("=")
    if PLAIN.fullmatch(secret):
        return
    written = {secret, content.decode("latin-1"), quote_plus(content)}
    for safe in ("", "/", KEPT_IN_URLS):
        quoted = quote(content, safe=safe)
        written |= {quoted, quoted.replace("%20", "+")}
    for _ in range(2):  # JSON or HTML, and one in the other
        written |= {form for text in written for form in _escaped(text)}
    yield from written


def _escaped(text: str) -> Iterator[str]:
    for is_ascii in (True, False):
        said = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
        yield from (said, said.translate(GO_ESCAPES))
    escaped = html.escape(text)
    yield from (escaped, html.escape(text, quote=False))
    yield escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")  # as Go does


def parts_of_url(url: str) -> set[str]:
    """An address and those of its parts that an echo of it must not show."""
    try:
        parts = urlsplit(url)
        found = {url, parts.path, parts.query, unquote(parts.path), parts.password or ""}
        found.update(value for _, value in parse_qsl(parts.query))
    except ValueError:
        return {url}
    if parts.password:
        login = f"{unquote(parts.username or '')}:{unquote(parts.password)}".encode()
        found |= {unquote(parts.password), base64.b64encode(login).decode()}
    steps = parts.path.split("/")
    found.update(step for step in (*steps, *map(unquote, steps)) if len(step) >= SHORTEST_STEP)
    return {text for text in found if len(text) >= SHORTEST_PART}
