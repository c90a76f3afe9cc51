"""URLs as Go parses them, refused in Go's words.

Source: https://pkg.go.dev/net/url#Parse, of Go 1.26, and the rule for http and https URLs of
Alertmanager. A URL may be a secret: `UrlError.reason` says what is wrong without showing it.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

from .quoting import go_quote

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_USER_INFO = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_PORT = re.compile(r"(?::[0-9]*)?")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
# What a host cannot have: an escape, but of % or of what is not ASCII, and most signs.
_HOST_STOP = re.compile(r"%(?!25|[89a-fA-F][0-9a-fA-F])|[\x00-\x20#/?@\\^`{|}\x7f]")


class UrlError(ValueError):
    """Not a URL that is wanted. `reason` does not show the URL, the text of the error may."""

    def __init__(self, reason: str, url: str | None = None) -> None:
        super().__init__(reason if url is None else f"parse {go_quote(url)}: {reason}")
        self.reason = reason


class Url(NamedTuple):
    """The parts that matter to those who check URLs."""

    scheme: str
    user: str
    host: str  # with the port


@lru_cache(maxsize=8192)
def check_http_url(text: str) -> None:
    """Raises UrlError unless `text` is an http or https URL with a host."""
    url = parse_url(text)
    if url.scheme not in ("http", "https"):
        raise UrlError(f"unsupported scheme {go_quote(url.scheme)} for URL")
    if not url.host:
        raise UrlError("missing host for URL")


def parse_url(text: str) -> Url:
    """The parts of anything that Go takes for a URL. Raises UrlError."""
    before, _, fragment = text.partition("#")
    try:
        url = _parse(before)
    except UrlError as error:
        raise UrlError(error.reason, before) from None
    if bad := _BAD_ESCAPE.search(fragment):
        raise UrlError(_bad_escape(fragment, bad.start()), text)
    return url


def _parse(text: str) -> Url:
    if _CONTROL.search(text):
        raise UrlError("net/url: invalid control character in URL")
    if text.startswith(":"):
        raise UrlError("missing protocol scheme")
    match = _SCHEME.match(text)
    scheme = match[0][:-1].lower() if match else ""
    rest = text[match.end() :] if match else text
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, "", "")
        if ":" in rest.partition("/")[0]:
            raise UrlError("first path segment in URL cannot contain colon")
    user = host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        user, at, host = authority.rpartition("@")
        _check_host(scheme, host)
        if at:
            _check_user(user)
    if bad := _BAD_ESCAPE.search(rest):
        raise UrlError(_bad_escape(rest, bad.start()))
    return Url(scheme, user, host)


def _bad_escape(text: str, start: int) -> str:
    octets = text[start : start + 3].encode()[:3]  # Go cuts between bytes
    return f"invalid URL escape {go_quote(octets.decode(errors='surrogateescape'))}"


def _check_user(user: str) -> None:
    if not _USER_INFO.fullmatch(user):
        raise UrlError("net/url: invalid userinfo")
    for part in user.split(":", 1):
        if bad := _BAD_ESCAPE.search(part):
            raise UrlError(_bad_escape(part, bad.start()))


def _check_host(scheme: str, host: str) -> None:
    bracket = host.rfind("[")
    if bracket > 0:
        raise UrlError("invalid IP-literal")
    if bracket == 0:
        _check_literal(host)
        return
    if ":" in host:
        strict = scheme in ("http", "https")
        port = host[host.find(":") if strict else host.rfind(":") :]
        if not _PORT.fullmatch(port):
            raise UrlError(f"invalid port {go_quote(port)} after host")
    _check_characters(host)


def _check_literal(host: str) -> None:
    end = host.rfind("]")
    if end < 0:
        raise UrlError("missing ']' in host")
    port = host[end + 1 :]
    if not _PORT.fullmatch(port):
        raise UrlError(f"invalid port {go_quote(port)} after host")
    name, zone, _ = host[1:end].partition("%25")
    _check_characters(name)
    try:
        address = ipaddress.ip_address(name + ("%x" if zone else ""))
    except ValueError:
        raise UrlError("invalid host: not an IP address") from None
    if address.version == 4:
        raise UrlError("invalid IP-literal")


def _check_characters(host: str) -> None:
    stop = _HOST_STOP.search(host)
    if stop is None:
        return
    if stop[0] == "%":
        raise UrlError(_bad_escape(host, stop.start()))
    raise UrlError(f"invalid character {go_quote(stop[0])} in host name")
