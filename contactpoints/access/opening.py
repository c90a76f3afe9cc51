"""Opening: a service that nobody was given access to is open, but only to its own machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import stat
from functools import lru_cache
from pathlib import Path


class OpenToStrangersError(Exception):
    """The service would listen for everybody, and everybody could do everything."""

    def __init__(self, bind: str) -> None:
        super().__init__(
            f"nobody was given access yet, so the service may listen on this machine only, not on "
            f"{bind}. Give somebody access first: run `contactpoints token create NAME --role "
            "admin` or `contactpoints user create NAME --role admin` on the same database, or set "
            "CONTACTPOINTS_ADMIN_PASSWORD_FILE or CONTACTPOINTS_ADMIN_TOKEN_FILE; or listen on "
            "127.0.0.1."
        )


def is_local_bind(bind: str) -> bool:
    """Whether only this machine can reach what listens so (several with commas).

    >>> [is_local_bind(b) for b in ("127.0.0.1:9095", "[::1]:80", "unix:/run/c.sock", "localhost")]
    [True, True, True, True]
    >>> [is_local_bind(b) for b in (":9095", "0.0.0.0:9095", "[::]:80", "127.0.0.1:1,10.0.0.1:1")]
    [False, False, False, False]
    """
    return all(_is_local(part.strip()) for part in bind.split(",") if part.strip())


def _is_local(bind: str) -> bool:
    if bind.startswith("unix:"):
        return True
    if bind.startswith("fd://"):
        return bind[5:].isdecimal() and is_local_socket(int(bind[5:]))
    return is_local_host(host_of(bind.removeprefix("tcp://")))


def host_of(said: str) -> str:
    """The host without its port, as a bind or a Host header says both.

    >>> host_of("[::1]:80"), host_of("a.test:80"), host_of("a.test")
    ('::1', 'a.test', 'a.test')
    """
    return said[1:].partition("]")[0] if said.startswith("[") else said.partition(":")[0]


@lru_cache(256)
def is_local_host(host: str) -> bool:
    """Whether a host, as a bind or a URL says it, is this machine, seen from itself.

    >>> [is_local_host(h) for h in ("localhost", "127.9.9.9", "[::1]", "::ffff:7f00:1", "a.test")]
    [True, True, True, True, False]
    """
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_local_socket(number: int) -> bool:
    """Whether only this machine can reach the listening socket with this file descriptor."""
    name = _name(number)
    return name is not None and is_local_bind(name)


def listening() -> list[str]:
    """What this process listens on, as a bind says it: a server has told us nothing else."""
    folder = Path("/proc/self/fd")
    try:
        numbers = [int(entry.name) for entry in folder.iterdir()]
    except OSError:
        return []
    return sorted({name for number in numbers if (name := _name(number))})


def _name(number: int) -> str | None:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        with socket.socket(fileno=os.dup(number)) as copy:
            if not copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return None
            if copy.family == socket.AF_UNIX:
                return "unix:"
            host, port = copy.getsockname()[:2]
    except OSError:
        return None
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
