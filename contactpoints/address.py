"""Addresses: a path put behind the one of a vendor's API, as a user wrote it."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit


def below(url: str, path: str, **query: str) -> str:
    """``path`` behind the path of ``url``, with one slash between them; its query stays.

    >>> below("https://api.example.com/v2/?a=1", "alerts/close", by="alias")
    'https://api.example.com/v2/alerts/close?a=1&by=alias'
    """
    parts = urlsplit(url)
    more = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}", query=more))
