"""The few operations of net/url that Grafana's links need."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from translators.gotemplate.errors import GoError
from translators.gotemplate.escaping import query
from translators.gotemplate.quoting import from_bytes, quote, to_bytes


def parse_query(text: str) -> dict[str, list[str]]:
    """URL.Query: what cannot be decoded is left out."""
    values: dict[str, list[str]] = {}
    for part in text.split("&"):
        if not part or ";" in part:
            continue
        name, _, value = part.partition("=")
        try:
            values.setdefault(_decoded(name), []).append(_decoded(value))
        except ValueError:
            continue
    return values


def _decoded(text: str) -> str:
    pieces = text.split("%")
    if any(len(p) < 2 or not set(p[:2]) <= set("0123456789abcdefABCDEF") for p in pieces[1:]):
        raise ValueError("invalid URL escape")
    return from_bytes(unquote_to_bytes(to_bytes(text.replace("+", " "))))


def encode_query(values: dict[str, list[str]]) -> str:
    """Values.Encode: sorted by name."""
    return "&".join(
        f"{query(name)}={query(value)}"
        for name in sorted(values, key=to_bytes)
        for value in values[name]
    )


def split(url: str) -> tuple[str, str, str]:
    """(before the query, query, fragment with its #). GoError when Go would not parse it."""
    if any(c < " " or c == "\x7f" for c in url):
        raise GoError("net/url: invalid control character in URL")
    head, mark, fragment = url.partition("#")
    base, _, question = head.partition("?")
    pieces = base.split("%")
    for piece in pieces[1:]:
        if len(piece) < 2 or not set(piece[:2]) <= set("0123456789abcdefABCDEF"):
            raise GoError(f"invalid URL escape {quote('%' + piece[:2])}")
    if ":" in base.split("/")[0]:
        scheme = base.partition(":")[0]
        if not scheme:
            raise GoError("missing protocol scheme")
        if not scheme[0].isalpha():
            raise GoError("first path segment in URL cannot contain colon")
    return base, question, mark + fragment if fragment else ""


def set_parameter(url: str, name: str, value: str) -> str:
    """The URL with one query parameter set (and the others in order of their names)."""
    base, question, fragment = split(url)
    values = parse_query(question)
    values[name] = [value]
    return f"{base}?{encode_query(values)}{fragment}"


def join_path(base: str, path: str) -> str:
    """URL.JoinPath for a clean path such as /d/uid."""
    return base.rstrip("/") + "/" + path.lstrip("/")
